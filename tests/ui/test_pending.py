from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_mlmonitor.ui.server.airflow_records import in_order
from tests.ui import pipelines
from tests.ui.asking import address


@pytest.fixture(scope="module")
def run(ran, settings, run_dag):
    """A run of fares that has not begun."""
    return run_dag(pipelines.fares(settings), "scheduled", datetime(2013, 2, 20, tzinfo=UTC), go=False)


@pytest.fixture
def asked(run):
    return {"dag_id": "fares", "run_id": run._run.run_id, "task_id": "look"}


def put(run, task_id, state):
    """Let Airflow say that a task is in some state."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        wanted = update(TaskInstance).where(
            TaskInstance.run_id == run._run.run_id, TaskInstance.task_id == task_id
        )
        session.execute(wanted.values(state=state))


STANDING = {
    None: ("none", "has not started yet"),
    "queued": ("running", "queued"),
    "running": ("running", "is running"),
    "deferred": ("running", "waits for something"),
    "up_for_retry": ("running", "will be tried again"),
    "skipped": ("none", "was skipped"),
    "upstream_failed": ("none", "a task before it failed"),
    "failed": ("none", "failed before it concluded anything"),
    "success": ("none", "Nothing of this run is in the metrics store"),
}


@pytest.mark.parametrize("state", STANDING)
def test_the_page_of_a_task_says_how_far_it_is(state, run, asked, client_of):
    put(run, "look", state)
    page = client_of("vic").get(address("/api/report", asked)).json()
    status, words = STANDING[state]
    assert page["verdict"]["status"] == status
    assert words in page["verdict"]["headline"]
    assert page["task_state"] == (state or "")
    assert page["findings"] == []
    assert client_of("vic").get(address("/report", asked)).status_code == 200


def test_monitors_that_have_not_finished_stand_in_the_list_of_their_run(run, asked, client_of):
    put(run, "look", "running")
    page = client_of("vic").get(address("/api/run", asked)).json()
    assert page["status"] == "running"
    assert "not done yet" in page["headline"]
    rows = {row["task_id"]: row for row in page["monitors"]}
    assert list(rows) == ["look", "each"]
    assert (rows["look"]["status"], rows["each"]["status"]) == ("running", "none")
    assert "z_load" not in rows


def test_a_monitor_that_runs_again_is_shown_as_running(ran, client_of):
    last = ran["fares"][0]
    asked = {"dag_id": "fares", "run_id": last._run.run_id, "task_id": "look"}
    put(last, "look", "running")
    page = client_of("vic").get(address("/api/run", asked)).json()
    report = client_of("vic").get(address("/api/report", asked)).json()
    put(last, "look", "success")
    assert [row["status"] for row in page["monitors"] if row["task_id"] == "look"] == ["running"]
    assert report["task_state"] == "running"
    assert report["verdict"]["status"] != "running"  # what its last try found still stands


def test_each_task_stands_after_those_it_waits_for():
    waits = {"d": {"b", "c"}, "a": set(), "c": {"a"}, "b": {"a"}, "e": set()}
    assert in_order(waits) == ["a", "c", "b", "d", "e"]


def test_tasks_that_wait_for_each_other_or_for_none_of_the_dag_have_an_order_too():
    assert in_order({"a": {"b"}, "b": {"a"}, "c": {"elsewhere"}}) == ["c", "a", "b"]
    assert in_order({}) == []


def test_a_long_chain_has_an_order():
    chain = {f"t{number}": {f"t{number - 1}"} if number else set() for number in reversed(range(3000))}
    assert in_order(chain) == [f"t{number}" for number in range(3000)]
