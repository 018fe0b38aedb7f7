"""Days of real runs, and exactly the messages that people want of them: by mail, by webhook, to a pager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import check
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Judge, Judgement, Status, Verdict
from airflow_mlmonitor.notifications import (
    MLMonitorNotifier,
    Route,
    ToMail,
    ToPagerDuty,
    ToWebhook,
)
from airflow_mlmonitor.operators import DigestOperator, MonitorOperator
from tests.listening import Listener, Mailbox, html_of, text_of

NUMBERS = count()

FARES = {1: 90, 2: 150, 3: 150, 4: 900, 5: 900, 6: 90, 7: 90, 8: 150}
"""The dearest fare of each day, of which 100 are allowed."""


@check
def highest(now):
    """The fare of the richest passenger."""
    return now["fare"].max


@dataclass(frozen=True, kw_only=True)
class Allowed(Judge):
    """Allows fares up to 100, and calls the double of what it last told twice as severe."""

    status: Status = Status.FAIL

    def judge(self, metrics, history, window=None):
        return Judgement(verdicts=[self._of(metric) for metric in metrics])

    def _of(self, metric):
        if metric.value <= 100:
            return Verdict(metric=metric, status=Status.OK, upper=100.0)
        said = f"highest is {metric.value:g}; expected at most 100"
        return Verdict(metric=metric, status=self.status, upper=100.0, severity=metric.value / 100, why=said)


@pytest.fixture
def fares(tmp_path: Path) -> Files:
    for day, top in FARES.items():
        (tmp_path / f"2013-02-0{day}.csv").write_text("fare\n" + "".join(f"{row}.5\n" for row in (1, 2, top)))
    return Files(f"{tmp_path}/{{{{ window.label }}}}.csv")


@pytest.fixture
def pager(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setenv("AIRFLOW_CONN_PAGER", listener.connection("pagerduty_events", password="k3y"))  # noqa: S106
    return listener


def dag_of(source: Files, status: str = "fail", *, model: str = "fares", **kwargs: Any) -> DAG:
    with DAG(
        f"fares_{next(NUMBERS)}",
        schedule="@daily",
        start_date=after(0),
        default_args={"owner": "ana"},
    ) as dag:
        MonitorOperator(
            task_id="look",
            model=model,
            source=source,
            checks=[highest],
            judge=Allowed(status=Status(status)),
            **kwargs,
        )
    return dag


def after(day: int) -> datetime:
    return datetime(2013, 2, 1, tzinfo=UTC) + timedelta(days=day)


def told_always(tell: Any) -> dict[str, Any]:
    return {"on_failure_callback": tell, "on_warn_callback": tell}


def test_an_incident_is_told_when_it_opens_worsens_ends_and_never_in_between(
    run_dag, store, fares, mailbox: Mailbox
):
    dag = dag_of(fares, **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    counts = []
    for day in FARES:
        run_dag(dag, "scheduled", after(day))
        counts.append(len(mailbox.mails))
    assert [begun(subject) for subject in mailbox.subjects] == [
        "[failed] fares:",
        "[failed, worse] fares:",
        "[resolved] fares:",
        "[failed, back] fares:",
    ]
    assert counts == [0, 1, 1, 2, 2, 2, 3, 4]
    first, worse, over, back = mailbox.mails
    assert {mail["References"] for mail in mailbox.mails} == {"<mlmonitor-incident-1@mlmonitor.invalid>"}
    assert "incident 1 is back" in text_of(back)
    assert "You get this because incident 1 opened." in text_of(first)
    assert "mlmonitor ack 1" in text_of(first)
    assert "2 runs" not in text_of(first)
    assert "incident 1 is twice as bad as when it was last told" in " ".join(text_of(worse).split())
    assert "Open   4 runs with findings, Sat 2 Feb 2013 to Tue 5 Feb 2013" in text_of(over)
    assert "with the run of Thu 7 Feb 2013" in text_of(over)


def begun(subject: str) -> str:
    return subject.partition(":")[0] + ":"


def test_a_mail_shows_what_the_page_of_the_run_says(run_dag, store, fares, mailbox: Mailbox):
    dag = dag_of(fares, **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    run_dag(dag, "scheduled", after(1))
    run = run_dag(dag, "scheduled", after(2))
    (mail,) = mailbox.mails
    text = text_of(mail)
    assert run.state("look") == "failed"
    assert "Expected   at most 100" in text
    assert f"/dags/{dag.dag_id}/runs/" in text
    assert "/tasks/look/plugin/mlmonitor_task" in text
    assert "http://localhost:8080/plugin/mlmonitor/incident/1" in text
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["image/png"].get_content().startswith(b"\x89PNG")
    assert parts["image/png"]["Content-ID"] == "<chart>"
    assert 'src="cid:chart"' in html_of(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "report.html"
    assert "highest" in attached.get_content()


def test_a_green_task_tells_its_warnings(run_dag, store, fares, mailbox: Mailbox):
    dag = dag_of(fares, "warn", **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    states = [run_dag(dag, "scheduled", after(day)).state("look") for day in FARES]
    assert states == ["success"] * len(FARES)
    assert [begun(subject) for subject in mailbox.subjects] == [
        "[warning] fares:",
        "[warning, worse] fares:",
        "[resolved] fares:",
        "[warning, back] fares:",
    ]


def test_running_a_day_again_tells_nothing_twice(run_dag, store, fares, mailbox: Mailbox):
    dag = dag_of(fares, **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    for day in (1, 2, 2, 3, 2):
        run_dag(dag, "scheduled", after(day))
    assert len(mailbox.mails) == 1


def test_a_pager_rests_when_somebody_has_acknowledged_and_others_are_not_told(
    run_dag, store, fares, pager: Listener, mailbox: Mailbox
):
    dag = dag_of(
        fares, **told_always(MLMonitorNotifier(to=[ToPagerDuty("pager"), ToMail("ana@example.com")]))
    )
    for day in FARES:
        run_dag(dag, "scheduled", after(day))
        if day == 2:
            store.acknowledge(1, who="ana@example.com")
        if day == 7:
            break
    assert [body["event_action"] for body in pager.bodies] == [
        "trigger",
        "acknowledge",
        "trigger",
        "acknowledge",
        "resolve",
    ]
    assert {body["dedup_key"] for body in pager.bodies} == {"mlmonitor-incident-1"}
    assert len(mailbox.mails) == 3
    assert "acknowledged by ana" in text_of(mailbox.mails[-1])
    assert "@example.com" not in text_of(mailbox.mails[-1])


def test_a_snoozed_incident_is_told_to_nobody(run_dag, store, fares, mailbox: Mailbox):
    dag = dag_of(fares, **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    for day in (1, 2):
        run_dag(dag, "scheduled", after(day))
    store.snooze(1, until=after(30), who="ana")
    for day in (3, 4, 5, 6, 7):
        run_dag(dag, "scheduled", after(day))
    assert len(mailbox.mails) == 1


def test_routes_go_by_severity_model_and_owner(run_dag, store, fares, listener: Listener):
    routes = [
        Route(to=ToWebhook("hooks", path="/fail"), severity="fail"),
        Route(to=ToWebhook("hooks", path="/warn"), severity="warn"),
        Route(to=ToWebhook("hooks", path="/fares"), model="far*"),
        Route(to=ToWebhook("hooks", path="/other"), model="fraud_*"),
        Route(to=ToWebhook("hooks", path="/ana"), owner="ana"),
        Route(to=ToWebhook("hooks", path="/bo"), owner="bo"),
        Route(to=[ToWebhook("hooks", path="/{{ ti.task_id }}"), ToWebhook("hooks", path="/ana")]),
    ]
    dag = dag_of(fares, **told_always(MLMonitorNotifier(routes=routes)))
    run_dag(dag, "scheduled", after(2))
    assert listener.paths == ["/fail", "/fares", "/ana", "/look"]
    assert {body["owner"] for body in listener.bodies} == {"ana"}
    assert {body["event"] for body in listener.bodies} == {"opened"}


def test_who_heard_of_a_warning_hears_that_it_is_over_although_it_failed_since(
    run_dag, store, tmp_path, listener
):
    for day, top in {1: 90, 2: 150, 3: 9000, 4: 90, 5: 90}.items():
        (tmp_path / f"2013-02-0{day}.csv").write_text(f"fare\n1.5\n{top}.5\n")
    routes = [
        Route(to=ToWebhook("hooks", path="/fail"), severity="fail"),
        Route(to=ToWebhook("hooks", path="/warn"), severity="warn"),
    ]
    tell = told_always(MLMonitorNotifier(routes=routes))
    source = Files(f"{tmp_path}/{{{{ window.label }}}}.csv")
    mild = dag_of(source, "warn", **tell)
    hard = dag_of(source, "fail", **tell)
    hard.dag_id = mild.dag_id
    for dag, days in ((mild, (1, 2)), (hard, (3, 4, 5))):
        for day in days:
            run_dag(dag, "scheduled", after(day))
    heard = [(path, body["event"]) for path, body in zip(listener.paths, listener.bodies, strict=True)]
    assert heard == [
        ("/warn", "opened"),
        ("/fail", "escalated"),
        ("/warn", "escalated"),
        ("/fail", "resolved"),
        ("/warn", "resolved"),
    ]


def test_a_dead_destination_keeps_no_other_from_its_message(
    run_dag, store, fares, mailbox: Mailbox, monkeypatch, dead_port, capsys
):
    monkeypatch.setattr("airflow_mlmonitor.notifications.http_post.PAUSE", 0.01)
    monkeypatch.setenv(
        "AIRFLOW_CONN_DEAD", f'{{"conn_type": "http", "password": "http://127.0.0.1:{dead_port}"}}'
    )
    to = [ToWebhook("dead"), ToWebhook("undefined"), ToMail("ana@example.com")]
    run_dag(dag_of(fares, **told_always(MLMonitorNotifier(to=to))), "scheduled", after(2))
    assert len(mailbox.mails) == 1
    logged = capsys.readouterr().out
    assert "Nobody answers at the address in the connection 'dead'" in logged
    assert "The connection 'undefined' is not defined in Airflow" in logged


def test_without_the_store_people_are_told_what_the_task_left(
    run_dag, store, fares, mailbox: Mailbox, monkeypatch
):
    class Forgetful(MLMonitorNotifier):
        """Finds no store, as when it goes away just after the run was saved."""

        def notify(self, context: Any) -> None:
            with pytest.MonkeyPatch.context() as patch:
                away = '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "schema": "away"}'
                patch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", away)
                super().notify(context)

    dag = dag_of(fares, **told_always(Forgetful(to=ToMail("ana@example.com"))))
    run_dag(dag, "scheduled", after(2))
    (mail,) = mailbox.mails
    text = " ".join(text_of(mail).split())
    assert "Found highest is 150.5; expected at most 100" in text
    assert "The metrics store could not be read" in text
    assert "You get this because incident 1 opened." in text


def test_a_run_that_could_not_be_saved_is_told_with_what_it_found(
    run_dag, fares, mailbox: Mailbox, monkeypatch, store
):
    def broken(*_: Any, **__: Any) -> None:
        from airflow_mlmonitor.errors import StoreUnavailable

        raise StoreUnavailable("The metrics store is full.")

    monkeypatch.setattr("airflow_mlmonitor.store.sql.SqlStore.save", broken)
    dag = dag_of(fares, **told_always(MLMonitorNotifier(to=ToMail("ana@example.com"))))
    run = run_dag(dag, "scheduled", after(2))
    assert run.state("look") == "failed"
    (mail,) = mailbox.mails
    text = " ".join(text_of(mail).split())
    assert "highest is 150.5; expected at most 100" in text
    assert "What was found could not be saved: The metrics store is full." in text


def test_a_task_that_fails_before_it_can_conclude_is_told_with_its_error(
    run_dag, store, tmp_path, mailbox: Mailbox
):
    dag = dag_of(
        Files(f"{tmp_path}/nothing.csv"), **told_always(MLMonitorNotifier(to=ToMail("ana@example.com")))
    )
    run_dag(dag, "scheduled", after(2))
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[could not check] fares: task look failed before it could check anything"
    assert "nothing.csv" in text_of(mail)


def test_a_task_that_is_no_monitor_is_told_too_and_its_success_is_not(run_dag, store, mailbox: Mailbox):
    tell = MLMonitorNotifier(to=ToMail("ana@example.com"))
    with DAG(f"plain_{next(NUMBERS)}", schedule=None) as dag:

        @task(on_failure_callback=tell)
        def load():
            raise ValueError("the feed is empty")

        @task(on_success_callback=tell)
        def fine():
            return {"rows": 1}

        load()
        fine()
    run_dag(dag, "manual", after(2))
    (mail,) = mailbox.mails
    assert mail["Subject"] == f"[failed] {dag.dag_id}: task load failed"
    assert "Error   the feed is empty" in text_of(mail)


def test_each_mapped_instance_is_told_with_its_own_tab(run_dag, store, tmp_path, listener: Listener):
    for city, top in (("paris", 900), ("rome", 90)):
        (tmp_path / f"{city}.csv").write_text(f"fare\n1.5\n{top}.5\n")
    with DAG(f"mapped_{next(NUMBERS)}", schedule="@daily", start_date=after(0)) as dag:
        MonitorOperator.partial(
            task_id="look",
            model="fares",
            checks=[highest],
            judge=Allowed(),
            on_failure_callback=MLMonitorNotifier(to=ToWebhook("hooks")),
        ).expand(source=[Files(f"{tmp_path}/{city}.csv") for city in ("rome", "paris")])
    run_dag(dag, "scheduled", after(2))
    (body,) = listener.bodies
    assert body["task"]["map_index"] == 1
    assert "/tasks/look/mapped/1/plugin/mlmonitor_task" in body["links"]["Open what broke"]


def test_a_digest_tells_what_a_day_brought(run_dag, store, fares, mailbox: Mailbox, listener: Listener):
    for model, days in (("fares", range(1, 8)), ("tips", (1, 2))):
        look = dag_of(fares, model=model)
        for day in days:
            run_dag(look, "scheduled", after(day))
    with DAG(f"digest_{next(NUMBERS)}", schedule=None) as dag:
        DigestOperator(task_id="digest", to=[ToMail("{{ dag.dag_id }}@example.com"), ToWebhook("hooks")])
        DigestOperator(task_id="calm", to=ToMail("nobody@example.com"), model="fraud_*", when_quiet=False)
    run = run_dag(dag, "manual", datetime.now(UTC) + timedelta(minutes=5))
    assert run.state("digest") == "success"
    (mail,) = mailbox.mails
    assert mailbox.to == [[f"{dag.dag_id}@example.com"]]
    assert "1 incident open, 1 of them new; 1 over" in mail["Subject"]
    text = text_of(mail)
    assert "New\n  tips   ✕ highest is 150.5, expected at most 100 (1 run, incident 2)" in text
    assert "Over\n  fares   ✓ highest is 150.5, expected at most 100 (4 runs, incident 1)" in text
    assert "Budget used\n  fares   1 of " in text
    (body,) = listener.bodies
    assert [one["id"] for one in body["opened"]] == [2]
    assert [one["id"] for one in body["over"]] == [1]
    assert run.xcom("digest") == {
        "headline": "1 incident open, 1 of them new; 1 over",
        "opened": 1,
        "continuing": 0,
        "over": 1,
        "late": 0,
    }


def test_a_digest_fails_when_somebody_does_not_get_it(run_dag, store, mailbox: Mailbox):
    with DAG(f"digest_{next(NUMBERS)}", schedule=None) as dag:
        DigestOperator(task_id="digest", to=[ToMail("ana@example.com"), ToWebhook("undefined")], retries=2)
    run = run_dag(dag, "manual", datetime.now(UTC))
    assert (run.state("digest"), run.tries("digest"), len(mailbox.mails)) == ("failed", 1, 1)
