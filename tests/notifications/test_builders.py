"""What each channel is sent of the same news."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from airflow_mlmonitor.notifications import (
    html_mail,
    pagerduty_event,
    plain_mail,
    slack_blocks,
    subject_line,
    teams_card,
    webhook_body,
)
from airflow_mlmonitor.notifications.block_kit import slack_text
from airflow_mlmonitor.notifications.news import Fact
from tests.notifications.examples import news

TAB = (
    "http://localhost:8080/dags/flights/runs/scheduled__2026-11-19T03%3A00%3A00%2B00%3A00/tasks/skew/"
    "plugin/mlmonitor_task"
)
EVIL = "<script>alert(1)</script> <!channel> *x* {{ conn.password }}"


def test_plain_mail_is_labels_and_what_they_say_in_columns():
    assert (
        plain_mail(news(links=news().links[:2]))
        == f"""\
Weather is missing on every EWR flight (36.0% of rows).

Value      36.0% (rows without temp)
Expected   0–10.6% (90 runs; highest before: 14.8%, 27 Aug)
Since      new in this run
With it    dewp, humid, wind_dir, wind_speed, precip, pressure, visib: same
           rows
           prediction: 0.030, expected 0.10–0.23
Likely     the weather join found no EWR rows (0 of 24 hours)
Next       reload EWR weather, then clear load_weather and downstream

Also 2 findings: carrier has a new value; age creeps up.

Open what broke   {TAB}
Acknowledge       http://localhost:8080/plugin/mlmonitor/incident/142
At a terminal     mlmonitor ack 142

You get this because incident 142 opened. Next message: when it gets twice
as bad, after 7 days, or at the end."""
    )


@pytest.mark.parametrize(
    ("occasion", "status", "begun"),
    [
        ("opened", "fail", "[failed]"),
        ("opened", "warn", "[warning]"),
        ("opened", "broken", "[could not check]"),
        ("escalated", "fail", "[failed, worse]"),
        ("reminded", "warn", "[warning, still open]"),
        ("reopened", "fail", "[failed, back]"),
        ("resolved", "fail", "[resolved]"),
        ("late", "fail", "[late]"),
    ],
)
def test_the_subject_begins_with_what_happened(occasion, status, begun):
    assert subject_line(news(occasion=occasion, status=status)) == (
        f"{begun} flight_delay: weather is missing on every EWR flight (36.0% of rows)"
    )


def test_a_subject_is_one_short_line_whatever_a_column_is_called():
    said = subject_line(news(title="x\r\nBcc: everybody@example.com " + "y" * 500))
    assert len(said) <= 150
    assert "\n" not in said
    assert "\r" not in said


def test_slack_says_it_in_a_bold_line_and_its_buttons_are_links():
    section, context, actions = slack_blocks(news())
    assert section["text"]["text"].splitlines()[:3] == [
        "*✕ flight_delay: weather is missing on every EWR flight (36.0% of rows)*",
        "36.0% (rows without temp); expected 0–10.6% (90 runs; highest before: 14.8%, 27 Aug); new in this run.",
        (
            "*With it:* dewp, humid, wind_dir, wind_speed, precip, pressure, visib: same rows; "
            "prediction: 0.030, expected 0.10–0.23"
        ),
    ]
    assert "`load_weather`" in section["text"]["text"]
    assert context["elements"][0]["text"].startswith("Also 2 findings: carrier has a new value")
    assert [(button["text"]["text"], button["url"]) for button in actions["elements"]][:2] == [
        ("Open what broke", TAB),
        ("Acknowledge", "http://localhost:8080/plugin/mlmonitor/incident/142"),
    ]
    assert len({button["action_id"] for button in actions["elements"]}) == 3


def test_slack_takes_a_message_with_very_long_texts():
    facts = tuple(Fact(label=f"Fact {number}", lines=("word " * 400,)) for number in range(30))
    blocks = slack_blocks(news(facts=facts, also="also " * 1000))
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks if block["type"] == "section")
    assert all(len(block["elements"][0]["text"]) <= 3000 for block in blocks if block["type"] == "context")


def test_what_is_over_is_said_with_another_mark():
    over = news(occasion="resolved", facts=(Fact(label="Open", lines=("2 runs with findings",)),))
    assert slack_text(over) == (
        "✓ resolved: flight_delay: weather is missing on every EWR flight (36.0% of rows)"
    )
    assert "mlmonitor ack" not in plain_mail(over)
    assert plain_mail(over).endswith("incident 142 is over. No more messages unless it comes\nback.")


def test_pagerduty_keeps_one_alert_for_one_incident():
    events = [
        pagerduty_event(news(occasion=name), "key")
        for name in ("opened", "escalated", "acknowledged", "resolved")
    ]
    assert [event["event_action"] for event in events] == ["trigger", "trigger", "acknowledge", "resolve"]
    assert {event["dedup_key"] for event in events} == {"mlmonitor-incident-142"}
    payload = events[0]["payload"]
    assert (payload["severity"], payload["source"], payload["component"], payload["group"]) == (
        "critical",
        "flight_delay/skew",
        "skew",
        "flight_delay",
    )
    assert payload["custom_details"]["Likely"] == "the weather join found no EWR rows (0 of 24 hours)"
    assert events[0]["links"][0] == {"href": TAB, "text": "Open what broke"}


@pytest.mark.parametrize(
    ("status", "severity"), [("fail", "critical"), ("broken", "error"), ("warn", "warning")]
)
def test_a_status_has_its_severity(status, severity):
    assert pagerduty_event(news(status=status), "key")["payload"]["severity"] == severity


def test_what_belongs_to_no_incident_has_a_key_of_its_task():
    failed = pagerduty_event(news(incident=None, occasion="failed"), "key")
    assert failed["dedup_key"] == "mlmonitor-failed-flights-scheduled__2026-11-19T03:00:00+00:00-skew"


def test_a_teams_card_has_its_facts_and_links():
    (attachment,) = teams_card(news())["attachments"]
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["body"][0] == {
        "type": "TextBlock",
        "text": "✕ Failed",
        "wrap": True,
        "color": "attention",
        "weight": "bolder",
    }
    facts = next(block for block in card["body"] if block["type"] == "FactSet")["facts"]
    assert facts[0] == {"title": "Value", "value": "36.0% (rows without temp)"}
    assert card["actions"][0] == {"type": "Action.OpenUrl", "title": "Open what broke", "url": TAB}
    assert len(json.dumps(teams_card(news()))) < 28_000


def test_a_webhook_has_everything_as_plain_json():
    body = json.loads(json.dumps(webhook_body(news()), allow_nan=False))
    assert (body["version"], body["event"], body["status"], body["incident"]) == (1, "opened", "fail", 142)
    assert body["task"] == {
        "dag_id": "flights",
        "run_id": "scheduled__2026-11-19T03:00:00+00:00",
        "task_id": "skew",
        "map_index": -1,
    }
    assert body["facts"]["Since"] == ["new in this run"]
    assert body["links"]["Open what broke"] == TAB


class Tags(HTMLParser):
    """The tags of a document, and whether each is closed."""

    VOID = ("meta", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_mail_is_sound_and_says_the_same_as_the_plain_one():
    page, parser = html_mail(news(), chart=True), Tags()
    parser.feed(page)
    assert parser.open == []
    assert 'src="cid:chart"' in page
    assert TAB in page
    for fact in news().facts:
        for line in fact.lines:
            assert line.replace("`", "") in page.replace("<code>", "").replace("</code>", "")
    assert "cid:" not in html_mail(news())


def test_what_comes_from_data_is_text_everywhere():
    evil = news(title=EVIL, facts=(Fact(label="Value", lines=(EVIL,)),), also=EVIL, note=EVIL, subject=EVIL)
    parser = Tags()
    parser.feed(html_mail(evil))
    assert "script" not in parser.seen
    said = json.dumps(slack_blocks(evil))
    assert "<script>" not in said
    assert "<!channel>" not in said
    card = json.dumps(teams_card(evil))
    assert "\\\\*x\\\\*" in card
