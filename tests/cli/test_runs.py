from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep


@pytest.fixture
def store(folder: Path) -> SqlStore:
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    keep(store, 0, 0.0)
    keep(store, 1, 0.5)
    keep(store, 2, 0.0, monitor="taxi/labels")
    return store


def test_the_latest_runs_stand_first(mlmonitor: Command, store: SqlStore) -> None:
    store.mark("taxi/skew", Window.parse("2013-02-02"), State.BAD, who="somebody", note="join lost")
    said = mlmonitor("runs")
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "Window      Monitor      Status  State  Rows  Version  Run by\n"
        "2013-02-03  taxi/labels  OK      clean   902  v3       task labels of DAG taxi\n"
        "2013-02-02  taxi/skew    Failed  bad     901  v3       task skew of DAG taxi\n"
        "2013-02-01  taxi/skew    OK      clean   900  v3       task skew of DAG taxi\n"
    )


@pytest.mark.usefixtures("store")
def test_runs_of_one_monitor_as_json(mlmonitor: Command) -> None:
    (run,) = mlmonitor("runs", "--monitor", "taxi/skew", "--last", "1", "--json").json["runs"]
    assert run == {
        "monitor": "taxi/skew",
        "model": "taxi",
        "start": "2013-02-02T00:00:00+00:00",
        "end": "2013-02-03T00:00:00+00:00",
        "status": "fail",
        "state": "alert",
        "rows": 901,
        "model_version": "v3",
        "score": None,
        "threshold": None,
        "dag_id": "taxi",
        "task_id": "skew",
        "map_index": -1,
        "run_id": "run1",
        "try_number": 1,
        "started": datetime(2013, 2, 1, tzinfo=UTC).isoformat(),
        "seconds": 0.0,
    }


@pytest.mark.usefixtures("store")
def test_no_runs_is_an_answer(mlmonitor: Command) -> None:
    assert mlmonitor("runs", "--model", "bus").out == "No run of model bus is stored.\n"
    assert mlmonitor("runs", "--monitor", "bus/skew").out == "No run of monitor bus/skew is stored.\n"
    assert mlmonitor("runs", "--model", "bus", "--json").json == {"runs": []}


def test_a_store_that_nobody_has_made_is_not_made_by_looking(mlmonitor: Command, folder: Path) -> None:
    said = mlmonitor("runs")
    assert said.status == 2
    assert said.err.startswith(f"mlmonitor: There is no metrics store at {folder}/mlmonitor.db yet")
    assert list(folder.iterdir()) == []
