"""Callbacks of whole DAGs and of killed tasks, in a DAG processor's own process: thin contexts, and nothing told twice."""

from __future__ import annotations

import os
import selectors
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from airflow_mlmonitor.notifications.failed_dag import news_of_dag
from tests.listening import Listener

DAG_FILE = """
from __future__ import annotations

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.notifications import MLMonitorNotifier, ToWebhook
from airflow_mlmonitor.operators import MonitorOperator

tell = MLMonitorNotifier(to=ToWebhook("hooks"))


def look(name, **kwargs):
    return MonitorOperator(
        task_id=name,
        model=f"fares_{name}",
        source=Files("FOLDER/{{ window.label }}.csv"),
        checks=[Shape()],
        bounds=Bounds({"rows": {"min": 3}}),
        **kwargs,
    )


with DAG("told", schedule="@daily", start_date=pendulum.datetime(2013, 1, 1), on_failure_callback=tell):
    look("silent")
    look("speaking", on_failure_callback=tell)
    look("warning", fail_on="never")

    @task
    def load():
        raise ValueError("the feed is empty")

    @task
    def fine():
        return {"status": "fail", "rows": 1}

    load()
    fine()

with DAG("killed", schedule="@daily", start_date=pendulum.datetime(2013, 1, 1)):
    look("speaking", on_failure_callback=tell)
"""


@pytest.fixture
def dags(tmp_path: Path, listener: Listener):
    from airflow.dag_processing.dagbag import DagBag

    for day in ("2013-02-07", "2013-02-08"):
        (tmp_path / f"{day}.csv").write_text("fare\n1.5\n2.5\n")
    path = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]) / "callbacks.py"
    path.write_text(DAG_FILE.replace("FOLDER", str(tmp_path)))
    bag = DagBag(path)
    assert bag.import_errors == {}
    yield bag.dags
    path.unlink()


def process(request: Any, tmp_path: Path) -> None:
    """Let a DAG processor parse the file in a process of its own, and run a callback there."""
    import structlog
    from airflow.dag_processing.processor import DagFileProcessorProcess
    from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor
    from uuid6 import uuid7

    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    with selectors.DefaultSelector() as selector:
        child = DagFileProcessorProcess.start(
            id=uuid7(),
            path=folder / "callbacks.py",
            bundle_path=folder,
            bundle_name="dags-folder",
            dag_file_rel_path="callbacks.py",
            callbacks=[request],
            selector=selector,
            logger=structlog.get_logger(),
            logger_filehandle=(tmp_path / "processor.log").open("wb"),
            client=InProcessTestSupervisor._api_client(),
        )
        until = time.monotonic() + 120
        while not child.is_ready:
            assert time.monotonic() < until, "the DAG processor does not end"
            for key, _ in selector.select(timeout=1):
                handle, close = key.data
                if not handle(key.fileobj):
                    close(key.fileobj)
        child.close()
        child.stdin.close()


def killed(dag_id: str, task_id: str) -> Any:
    """What the scheduler asks the DAG processor for when a task has been lost."""
    from airflow.callbacks.callback_requests import TaskCallbackRequest
    from airflow.executors.workloads.task import TaskInstanceDTO
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        wanted = select(TaskInstance).filter_by(dag_id=dag_id, task_id=task_id)
        ti = session.scalars(wanted.order_by(TaskInstance.id.desc())).first()
        told = TaskInstanceDTO.model_validate(ti, from_attributes=True).model_dump()
    names = ("id", "task_id", "dag_id", "run_id", "try_number", "map_index", "dag_version_id")
    return TaskCallbackRequest(
        filepath="callbacks.py",
        bundle_name="dags-folder",
        bundle_version=None,
        ti={**{name: told[name] for name in names}, "hostname": "gone"},
        msg="the task instance's heartbeat timed out",
    )


def test_a_dags_callback_tells_what_its_tasks_have_not_told(
    run_dag, dags, store, listener: Listener, tmp_path
):
    run = run_dag(dags["told"], "scheduled", datetime(2013, 2, 8, tzinfo=UTC))
    assert [body["monitor"] for body in listener.bodies] == ["fares_speaking/speaking"]
    process(run.callback, tmp_path)
    told = [(body["event"], body["headline"], body["incident"] is not None) for body in listener.bodies[1:]]
    by_name = {body["monitor"] or "run": body for body in listener.bodies[1:]}
    assert set(by_name) == {"fares_silent/silent", "fares_warning/warning", "run"}, told
    assert by_name["run"]["title"] == "1 task failed: load"
    assert by_name["run"]["event"] == "failed"
    assert by_name["fares_silent/silent"]["event"] == "opened"
    assert by_name["fares_silent/silent"]["task"]["task_id"] == "silent"
    assert by_name["fares_silent/silent"]["finding"]["value"] == 2


def test_the_next_day_a_dags_callback_says_only_what_is_no_incident(run_dag, dags, store, listener, tmp_path):
    for day in (8, 9):
        run = run_dag(dags["told"], "scheduled", datetime(2013, 2, day, tzinfo=UTC))
    listener.requests.clear()
    process(run.callback, tmp_path)
    assert [body["title"] for body in listener.bodies] == ["1 task failed: load"]


def test_a_run_that_took_too_long_is_told_as_that(dags):
    (news,) = news_of_dag({"dag": dags["killed"], "run_id": "scheduled__2013-02-08", "reason": "timed_out"})
    assert news.title == "the DAG run took longer than dagrun_timeout"
    assert news.links[0].url.endswith("/dags/killed/runs/scheduled__2013-02-08")


def test_a_killed_task_is_told_from_the_dag_processor(run_dag, dags, store, listener: Listener, tmp_path):
    run_dag(dags["killed"], "scheduled", datetime(2013, 2, 8, tzinfo=UTC), go=False)
    process(killed("killed", "speaking"), tmp_path)
    (body,) = listener.bodies
    assert body["headline"] == "fares_speaking: task speaking failed before it could check anything"
    assert body["facts"]["Error"] == ["none was given: the task was killed or lost"]
    assert body["task"]["task_id"] == "speaking"
