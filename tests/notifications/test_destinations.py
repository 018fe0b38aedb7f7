"""Messages arrive: at a real mail server, at a real web server, through Airflow's own hooks."""

from __future__ import annotations

import json
import sys
from urllib.parse import parse_qsl

import pytest

from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.notifications import (
    Destination,
    ToMail,
    ToNotifier,
    ToPagerDuty,
    ToSlack,
    ToTeams,
    ToWebhook,
    html_mail,
    plain_mail,
    slack_blocks,
    teams_card,
    webhook_body,
)
from airflow_mlmonitor.notifications.digest_letter import digest_title
from airflow_mlmonitor.pages.digest_page import DigestPage
from tests.listening import Listener, Mailbox, html_of, text_of
from tests.notifications.examples import news
from tests.report.pages_made import finding, task_page

pytestmark = pytest.mark.filterwarnings("ignore", "error:::airflow_mlmonitor")

DIGEST: DigestPage = {
    "since": "2026-11-18T08:00:00+00:00",
    "until": "2026-11-19T08:00:00+00:00",
    "day_words": "Thu 19 Nov 2026",
    "headline": "Nothing is open, and every monitor ran",
    "opened": [],
    "continuing": [],
    "over": [],
    "budgets": [{"model": "flight_delay", "used": 1.0, "goal": 2.0, "words": "1 of 2 alerts in 30 days"}],
    "late": [],
    "models": 3,
    "quiet": 3,
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_mlmonitor.notifications.http_post.PAUSE", 0.01)


def test_a_mail_is_plain_text_or_html_to_choose_from(mailbox: Mailbox):
    ToMail("ana@example.com, ml@example.com").tell(news())
    (mail,), (to,) = mailbox.mails, mailbox.to
    assert to == ["ana@example.com", "ml@example.com"]
    assert mail["From"] == "mlmonitor@example.com"
    assert mail["Subject"] == "[failed] flight_delay: weather is missing on every EWR flight (36.0% of rows)"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail).rstrip("\n") == plain_mail(news())
    assert html_of(mail).strip() == html_mail(news())


def test_mails_about_one_incident_are_one_thread(mailbox: Mailbox):
    for occasion in ("opened", "resolved"):
        ToMail(["ana@example.com"]).tell(news(occasion=occasion))
    ToMail("ana@example.com").tell(news(incident=7))
    first, last, other = (mail["References"] for mail in mailbox.mails)
    assert first == last == "<mlmonitor-incident-142@mlmonitor.invalid>"
    assert other == "<mlmonitor-incident-7@mlmonitor.invalid>"
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 3


def test_a_mail_that_cannot_be_sent_says_what_to_do(mailbox: Mailbox, monkeypatch, dead_port):
    mailbox.refuses = True
    with pytest.raises(NotDelivered, match="connection 'smtp_default' did not take the mail .*554"):
        ToMail("ana@example.com").tell(news())
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEAD", mailbox.connection.replace(str(mailbox.port), str(dead_port))
    )
    with pytest.raises(NotDelivered, match="'smtp_dead'.*check its host, port"):
        ToMail("ana@example.com", conn_id="smtp_dead").tell(news())
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_BARE", '{"conn_type": "smtp", "host": "127.0.0.1"}')
    with pytest.raises(
        ConfigurationError, match="no sender: write from_email into the extra of .*'smtp_bare'"
    ):
        ToMail("ana@example.com", conn_id="smtp_bare").tell(news())
    with pytest.raises(ConfigurationError, match="nobody to send to"):
        ToMail(" ").tell(news())


def test_a_webhook_is_posted_with_the_headers_and_the_login_of_its_connection(
    listener: Listener, monkeypatch
):
    extra = {"headers": {"X-Team": "ml"}}
    given = listener.connection(login="ml", password="letmein", extra=extra)  # noqa: S106
    monkeypatch.setenv("AIRFLOW_CONN_HOOKS", given)
    ToWebhook("hooks", path="/alerts").tell(news())
    ((path, headers, body),) = listener.requests
    assert path == "/alerts"
    assert headers["X-Team"] == "ml"
    assert headers["Authorization"] == "Basic bWw6bGV0bWVpbg=="
    assert headers["Idempotency-Key"] == "mlmonitor-incident-142-opened-scheduled__2026-11-19T03:00:00+00:00"
    assert body == json.loads(json.dumps(webhook_body(news())))


@pytest.mark.usefixtures("quick")
def test_a_server_that_is_busy_is_asked_once_more(listener: Listener):
    listener.answers = [(503, "busy"), (200, "ok")]
    ToWebhook("hooks").tell(news())
    assert len(listener.requests) == 2


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("status", "tries", "fix"), [(404, 1, "check its address"), (500, 2, "not taken")])
def test_a_refusal_names_the_connection_and_the_fix_and_never_the_address(
    listener, monkeypatch, status, tries, fix
):
    listener.answers = [(status, "no such hook")]
    monkeypatch.setenv(
        "AIRFLOW_CONN_CHAT", json.dumps({"conn_type": "http", "password": f"{listener.url}/s3cret"})
    )
    with pytest.raises(NotDelivered) as refused:
        ToTeams("chat").tell(news())
    assert len(listener.requests) == tries
    assert f"'chat' answered {status}: " in str(refused.value)
    assert fix in str(refused.value)
    assert "no such hook" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.usefixtures("quick")
def test_where_nobody_listens_it_says_so(monkeypatch, dead_port):
    address = json.dumps({"conn_type": "http", "password": f"http://127.0.0.1:{dead_port}/s3cret"})
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", address)
    with pytest.raises(NotDelivered, match="Nobody answers at the address in the connection 'chat'") as lost:
        ToTeams("chat").tell(news())
    assert "s3cret" not in str(lost.value)
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", '{"conn_type": "http"}')
    with pytest.raises(ConfigurationError, match="'chat' has no address"):
        ToTeams("chat").tell(news())
    with pytest.raises(ConfigurationError, match="'nowhere' is not defined in Airflow"):
        ToTeams("nowhere").tell(news())


def test_teams_gets_a_card_at_the_address_that_is_the_password(listener: Listener, monkeypatch):
    monkeypatch.setenv(
        "AIRFLOW_CONN_CHAT", json.dumps({"conn_type": "http", "password": f"{listener.url}/flow"})
    )
    ToTeams("chat").tell(news())
    assert (listener.paths, listener.bodies) == (["/flow"], [teams_card(news())])


def test_pagerduty_gets_its_key_from_the_password(listener: Listener, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_PAGER", listener.connection("pagerduty_events", password="k3y"))  # noqa: S106
    for occasion in ("opened", "resolved"):
        ToPagerDuty("pager").tell(news(occasion=occasion))
    assert listener.paths == ["/v2/enqueue"] * 2
    assert [(body["routing_key"], body["event_action"]) for body in listener.bodies] == [
        ("k3y", "trigger"),
        ("k3y", "resolve"),
    ]
    monkeypatch.setenv("AIRFLOW_CONN_PAGER", listener.connection("pagerduty_events"))
    with pytest.raises(
        ConfigurationError, match="'pager' has no password: write PagerDuty's integration key"
    ):
        ToPagerDuty("pager").tell(news())


def test_slack_gets_blocks_through_an_incoming_webhook(listener: Listener, monkeypatch):
    monkeypatch.setenv(
        "AIRFLOW_CONN_SLACK_ML",
        json.dumps({"conn_type": "slackwebhook", "password": f"{listener.url}/services/x"}),
    )
    listener.answers = [(200, "ok")]
    ToSlack("slack_ml").tell(news())
    assert listener.paths == ["/services/x"]
    assert listener.bodies[0]["blocks"] == slack_blocks(news())
    assert listener.bodies[0]["text"].startswith("✕ failed: flight_delay: weather is missing")


def test_slack_gets_blocks_through_an_app(listener: Listener, monkeypatch):
    extra = {"base_url": f"{listener.url}/api/"}
    monkeypatch.setenv(
        "AIRFLOW_CONN_SLACK_APP", json.dumps({"conn_type": "slack", "password": "xoxb-1", "extra": extra})
    )
    listener.answers = [(200, {"ok": True, "channel": "C1", "ts": "1.2"})]
    ToSlack("slack_app", channel="#ml-alerts").tell(news())
    assert listener.paths == ["/api/chat.postMessage"]
    assert (listener.bodies[0]["channel"], listener.bodies[0]["blocks"]) == (
        "#ml-alerts",
        slack_blocks(news()),
    )
    listener.answers = [(200, {"ok": False, "error": "not_in_channel"})]
    with pytest.raises(NotDelivered, match="not_in_channel.*a member of the channel"):
        ToSlack("slack_app", channel="#ml-alerts").tell(news())
    with pytest.raises(ConfigurationError, match="needs a channel"):
        ToSlack("slack_app").tell(news())


def test_slack_gets_the_chart_as_a_reply_and_goes_without_it_where_it_may_not(
    listener: Listener, monkeypatch, caplog
):
    extra = {"base_url": f"{listener.url}/api/"}
    given = {"conn_type": "slack", "password": "xoxb-1", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_APP", json.dumps(given))
    answers = {
        "/api/chat.postMessage": {"ok": True, "channel": "C1", "ts": "1.2"},
        "/api/files.getUploadURLExternal": {
            "ok": True,
            "upload_url": f"{listener.url}/upload",
            "file_id": "F1",
        },
        "/upload": "OK",
        "/api/files.completeUploadExternal": {"ok": True, "files": [{"id": "F1"}]},
    }
    listener.answers = [(200, lambda path: answers[path])]
    ToSlack("slack_app", channel="#ml-alerts").tell(news(finding=finding()))
    assert listener.paths == list(answers)
    assert listener.bodies[2].startswith(b"\x89PNG")
    told = dict(parse_qsl(listener.bodies[3].decode()))
    assert (told["channel_id"], told["thread_ts"]) == ("C1", "1.2")
    answers["/api/files.getUploadURLExternal"] = {"ok": False, "error": "missing_scope"}
    ToSlack("slack_app", channel="#ml-alerts").tell(news(finding=finding()))
    assert "The app needs the scope files:write" in caplog.text


def test_a_mail_shows_its_chart_and_has_its_page_attached(mailbox: Mailbox):
    ToMail("ana@example.com").tell(news(finding=finding(), page=task_page()))
    ToMail("ana@example.com", attach=False).tell(news(finding=finding(), page=task_page()))
    mail, bare = mailbox.mails
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["image/png"].get_content().startswith(b"\x89PNG")
    assert (parts["image/png"]["Content-ID"], parts["image/png"].get_content_disposition()) == (
        "<chart>",
        "inline",
    )
    assert 'src="cid:chart"' in html_of(mail)
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("report.html", "text/html")
    assert "<html" in attached.get_content()
    assert list(bare.iter_attachments()) == []


def test_without_slacks_provider_it_names_the_package(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_ML", '{"conn_type": "slackwebhook", "password": "x"}')
    monkeypatch.setitem(sys.modules, "airflow.providers.slack", None)
    with pytest.raises(ConfigurationError, match="pip install apache-airflow-providers-slack"):
        ToSlack("slack_ml").tell(news())


def test_any_notifier_will_do_and_texts_of_data_are_no_templates(mailbox: Mailbox):
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = ToNotifier(
        lambda told: SmtpNotifier(to="ana@example.com", subject=told.title, html_content=html_mail(told))
    )
    to.tell(news(title="{{ 6 * 7 }} is missing"))
    assert mailbox.subjects == ["{{ 6 * 7 }} is missing"]


def test_every_destination_of_people_takes_a_digest(mailbox: Mailbox, listener: Listener, monkeypatch):
    monkeypatch.setenv(
        "AIRFLOW_CONN_SLACK_ML",
        json.dumps({"conn_type": "slackwebhook", "password": f"{listener.url}/slack"}),
    )
    listener.answers = [(200, "ok")]
    people: list[Destination] = [ToMail("a@b.c"), ToSlack("slack_ml"), ToTeams("hooks"), ToWebhook("hooks")]
    for destination in people:
        destination.tell_digest(DIGEST)
    assert mailbox.subjects == [f"[digest] {digest_title(DIGEST)}"]
    assert "flight_delay   1 of 2 alerts in 30 days" in text_of(mailbox.mails[0])
    assert ["1 of 2 alerts in 30 days" in json.dumps(body) for body in listener.bodies] == [True] * 3
    with pytest.raises(NotImplementedError, match="ToPagerDuty takes no digest; give DigestOperator ToMail"):
        ToPagerDuty("hooks").tell_digest(DIGEST)
