"""A deadline that is missed: kept by Airflow's database as plain text, told by a triggerer in a process of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, DeadlineAlert, DeadlineReference
from airflow.sdk.execution_time.callback_supervisor import execute_callback
from structlog import get_logger

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.notifications import MLMonitorNotifier, Route, ToMail, ToNotifier, ToWebhook
from airflow_mlmonitor.operators import MonitorOperator
from tests.airflow.triggerers import eventually, triggerer
from tests.listening import Listener, Mailbox, text_of

EXAMPLES = Path(__file__).parents[2] / "dags" / "examples"
SEVEN = {"id": "1", "deadline_time": datetime(2013, 3, 3, 7, tzinfo=UTC)}


@pytest.fixture
def flights(tmp_path: Path) -> Files:
    for day in ("2013-03-01", "2013-03-02", "2013-03-03"):
        (tmp_path / f"{day}.csv").write_text("fare\n1.5\n2.5\n")
    return Files(f"{tmp_path}/{{{{ window.label }}}}.csv")


def checks(dag_id: str, source: Files, **kwargs: Any) -> DAG:
    with DAG(dag_id, schedule="0 6 * * *", start_date=datetime(2013, 3, 1), **kwargs) as dag:
        for task_id in ("first", "second"):
            MonitorOperator(task_id=task_id, model="fares", source=source, checks=[Shape()])
    return dag


def missed(dag_id: str) -> None:
    """Do what the scheduler does when the time has come: ask the triggerer for the callback."""
    from airflow.models.deadline import Deadline
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalars(select(Deadline)).all()
        (deadline,) = (one for one in found if one.dagrun.dag_id == dag_id)
        deadline.handle_miss(session)


def test_the_triggerer_tells_which_checks_did_not_run(run_dag, store, flights, listener: Listener, tmp_path):
    tell = MLMonitorNotifier(routes=[Route(to=ToWebhook("hooks", path="/{{ dag_run.dag_id }}"), owner="ana")])
    alert = DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=timedelta(hours=1),
        callback=tell.for_deadline(),
    )
    run_dag(checks("late", flights), "scheduled", datetime(2013, 3, 2, 6, tzinfo=UTC))
    run_dag(
        checks("late", flights, deadline=alert), "scheduled", datetime(2013, 3, 3, 6, tzinfo=UTC), go=False
    )
    missed("late")
    with triggerer(tmp_path / "triggerer.log"):
        eventually(lambda: listener.bodies)
    (body,) = listener.bodies
    assert listener.paths == ["/late"], "a deadline does not know the owner, so his route takes it"
    assert (body["event"], body["headline"]) == ("late", "fares: no check ran by 07:00 UTC")
    assert body["facts"]["Not checked"] == ["fares/first", "fares/second"]
    assert body["task"]["dag_id"] == "late"
    assert body["links"]["Open the run"].startswith("http://localhost:8080/dags/late/runs/scheduled__")


def thin(dag_id: str, run_id: str) -> dict[str, Any]:
    """All that Airflow gives the callback of a deadline."""
    return {"dag_run": {"dag_id": dag_id, "dag_run_id": run_id, "state": "running"}, "deadline": SEVEN}


def test_checks_that_ran_are_told_apart_from_those_that_did_not(run_dag, store, flights, mailbox: Mailbox):
    run_dag(checks("partly", flights), "scheduled", datetime(2013, 3, 2, 6, tzinfo=UTC))
    run = run_dag(checks("partly", flights), "scheduled", datetime(2013, 3, 3, 6, tzinfo=UTC), go=False)
    from airflow.sdk.execution_time.supervisor import run_task_in_process

    from tests.airflow.conftest import described

    first = next(ti for ti in run._ready() if ti.task_id == "first")
    run_task_in_process(ti=described(first), task=run._dag.task_dict["first"])
    MLMonitorNotifier(to=ToMail("ana@example.com"))(thin("partly", run._run.run_id))
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[late] fares: 1 of 2 checks did not run by 07:00 UTC"
    assert "Not checked   fares/second\nChecked       fares/first" in text_of(mail)


def test_a_deadline_of_a_dag_that_never_ran_and_without_the_store(store, mailbox: Mailbox, monkeypatch):
    tell = MLMonitorNotifier(to=ToMail("ana@example.com"))
    tell(thin("never", "scheduled__1"))
    monkeypatch.setenv(
        "AIRFLOW_CONN_MLMONITOR_DEFAULT",
        '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "schema": "x"}',
    )
    tell(thin("never", "scheduled__1"))
    tell({"dag_run": {"dag_id": "never"}, "deadline": {}})
    assert mailbox.subjects == [
        "[late] never: no check ran by 07:00 UTC",
        "[late] never: no check is known to have run by 07:00 UTC",
        "[late] never: no check is known to have run in time",
    ]
    assert "The metrics store could not be read" in text_of(mailbox.mails[1])


def test_the_callback_can_run_in_an_executor_too(store, mailbox: Mailbox):
    callback = MLMonitorNotifier(to=ToMail("ana@example.com")).for_deadline()
    kwargs = {**callback.kwargs, "context": thin("never", "scheduled__1")}
    assert execute_callback(callback.path, kwargs, "", None, get_logger()) == (True, None)
    assert len(mailbox.mails) == 1


def test_what_a_deadline_cannot_keep_is_refused_where_it_is_written():
    with pytest.raises(ConfigurationError, match="use destinations that name connections, and no ToNotifier"):
        MLMonitorNotifier(to=ToNotifier(print)).for_deadline()


def test_the_example_has_a_deadline_that_its_notifier_can_read_back(store, mailbox: Mailbox):
    bag = DagBag(EXAMPLES / "no_check_by_seven.py")
    assert bag.import_errors == {}
    (alert,) = bag.dags["no_check_by_seven"].deadline
    assert alert.interval == timedelta(hours=1)
    MLMonitorNotifier(**alert.callback.kwargs)(thin("no_check_by_seven", "scheduled__1"))
    assert mailbox.to == [["ml-on-call@example.com"]]
