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


def test_an_incident_becomes_the_new_normal(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("accept", "1", "--who", "ana", "--note", "new sensor")
    assert (said.status, said.err) == (0, "")
    assert said.out == "Incident 1 (temp: missing) is the new normal now; 2 runs accepted.\n"
    assert store.incident(1).state is IncidentState.ACCEPTED
    assert states(store) == [State.ACCEPTED, State.ACCEPTED]


def test_a_single_run_can_be_accepted(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("accept", "--monitor", "taxi/skew", "--window", "2013-02-02", "--who", "ana")
    assert said.out == "The run of taxi/skew for 2013-02-02 is accepted now.\n"
    assert states(store) == [State.ALERT, State.ACCEPTED]
    assert [note.who for note in store.annotations("taxi/skew", SECOND)] == ["ana"]


def test_json_of_a_run(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("accept", "--monitor", "taxi/skew", "--window", "2013-02-02", "--json")
    assert (said.json["monitor"], said.json["state"]) == ("taxi/skew", "accepted")
    assert states(store)[1] is State.ACCEPTED


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--monitor", "taxi/skew"),
        ("--window", "2013-02-02"),
        ("1", "--monitor", "taxi/skew", "--window", "2013-02-02"),
        ("1", "--window", "2013-02-02"),
    ],
)
def test_it_is_either_an_incident_or_a_run(mlmonitor: Command, arguments: tuple[str, ...]) -> None:
    said = mlmonitor("accept", *arguments)
    assert said.status == 2
    assert said.err == ("mlmonitor: Name an incident by its ID, or a run by --monitor and --window.\n")


@pytest.mark.usefixtures("store")
def test_a_run_that_does_not_exist_is_named(mlmonitor: Command) -> None:
    said = mlmonitor("accept", "--monitor", "taxi/skew", "--window", "2014-02-02")
    assert "has no run for 2014-02-02" in said.err
