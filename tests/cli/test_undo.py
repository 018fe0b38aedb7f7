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


def test_the_last_decision_is_taken_back(mlmonitor: Command, store: SqlStore) -> None:
    store.acknowledge(1, who="ana")
    store.accept(1, who="ana")
    said = mlmonitor("undo", "1", "--who", "bo")
    assert said.out == "Incident 1 (temp: missing) is acknowledged; accepted was undone.\n"
    assert states(store) == [State.ALERT, State.ALERT]
    assert mlmonitor("undo", "1").out == "Incident 1 (temp: missing) is open; acknowledged was undone.\n"
    assert store.incident(1).state is IncidentState.OPEN
    said = mlmonitor("undo", "1")
    assert (said.status, said.out) == (2, "")
    assert "has no decision that could be undone" in said.err


def test_the_last_mark_of_a_run_is_taken_back(mlmonitor: Command, store: SqlStore) -> None:
    run = ("--monitor", "taxi/skew", "--window", "2013-02-02")
    mlmonitor("mark-bad", *run)
    said = mlmonitor("undo", *run, "--who", "bo")
    assert said.out == "The run of taxi/skew for 2013-02-02 is alert now.\n"
    assert states(store) == [State.ALERT, State.ALERT]
    assert store.annotations("taxi/skew", SECOND)[-1].who == "bo"


@pytest.mark.usefixtures("store")
def test_a_run_without_a_mark_has_none_to_take_back(mlmonitor: Command) -> None:
    said = mlmonitor("undo", "--monitor", "taxi/skew", "--window", "2013-02-02")
    assert said.status == 2
    assert said.err == ("mlmonitor: The run of taxi/skew for 2013-02-02 has no mark that could be undone.\n")
