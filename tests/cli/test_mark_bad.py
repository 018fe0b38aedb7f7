from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import IncidentState
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep

SECOND = Window.parse("2013-02-02")


@pytest.fixture
def store(folder: Path) -> SqlStore:
    """Two runs that alert, of incident 1."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    keep(store, 0, 0.5)
    keep(store, 1, 0.5)
    return store


def states(store: SqlStore) -> list[State]:
    return [run.state for run in reversed(store.runs())]


def test_the_runs_of_an_incident_are_marked_and_it_stays_open(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("mark-bad", "1", "--who", "ana", "--note", "upstream outage")
    assert said.out == "Incident 1 (temp: missing) comes of bad data; 2 runs never train.\n"
    assert store.incident(1).state is IncidentState.ACKNOWLEDGED
    assert states(store) == [State.BAD, State.BAD]


def test_a_single_run_can_be_marked(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("mark-bad", "--monitor", "taxi/skew", "--window", "2013-02-02", "--note", "late")
    assert said.out == "The run of taxi/skew for 2013-02-02 is bad now.\n"
    assert states(store) == [State.ALERT, State.BAD]
    assert [note.note for note in store.annotations("taxi/skew", SECOND)] == ["late"]
