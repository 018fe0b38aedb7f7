from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import IncidentState
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep
from tests.store.making import report, verdict

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


@pytest.fixture
def two_columns(folder: Path) -> SqlStore:
    """Incident 1, which is about two columns and the table."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    found = [
        verdict("null_share", 0.3, column, family="missing", status=Status.FAIL, severity=2.0, said="missing")
        for column in ("temp", "dewp")
    ]
    rows = verdict("rows", 3, None, family="rows", status=Status.FAIL, severity=1.5, said="few")
    store.save(report(0, *found, rows, monitor="taxi/skew", model="taxi"))
    return store


def test_some_columns_of_an_incident_become_the_new_normal(mlmonitor: Command, two_columns: SqlStore) -> None:
    said = mlmonitor(
        "accept", "1", "--column", "temp", "--column", "", "--who", "ana", "--note", "as announced"
    )
    assert (said.status, said.err) == (0, "")
    assert (
        said.out
        == "Incident 1 (temp: missing) goes on with dewp; what temp, the table showed is normal now.\n"
    )
    incident = two_columns.incident(1)
    assert (incident.state, incident.columns) == (IncidentState.OPEN, ["dewp"])
    assert states(two_columns) == [State.ALERT]
    shown = mlmonitor("incidents", "1").out
    assert "accepted in part" in shown
    assert "the table, temp; as announced" in shown
    assert mlmonitor("incidents").out.splitlines()[1].split()[2] == "open"


def test_with_the_last_column_the_incident_is_accepted(mlmonitor: Command, two_columns: SqlStore) -> None:
    mlmonitor("accept", "1", "--column", "temp", "--column", "")
    said = mlmonitor("accept", "1", "--column", "dewp")
    assert said.out == "Incident 1 (temp: missing) is the new normal now; 1 run accepted.\n"
    assert states(two_columns) == [State.ACCEPTED]


def test_what_was_accepted_is_in_the_json(mlmonitor: Command, two_columns: SqlStore) -> None:
    said = mlmonitor("accept", "1", "--column", "", "--json").json
    assert said["columns"] == ["temp", "dewp"]
    assert said["accepted"] == [{"column": None, "family": "rows"}]
    assert said["events"][-1]["groups"] == said["accepted"]
    undone = mlmonitor("undo", "1")
    assert undone.out == "Incident 1 (temp: missing) is open; accepted in part was undone.\n"
    assert len(two_columns.incident(1).groups) == 3


@pytest.mark.usefixtures("two_columns")
def test_a_column_that_the_incident_is_not_about_is_named(mlmonitor: Command) -> None:
    said = mlmonitor("accept", "1", "--column", "fare")
    assert said.status == 2
    assert said.err == "mlmonitor: Incident 1 is not about fare, but about temp, dewp, the table.\n"
    mlmonitor("accept", "1", "--column", "temp")
    assert "accepted already" in mlmonitor("accept", "1", "--column", "temp").err


@pytest.mark.usefixtures("two_columns")
def test_a_single_run_is_accepted_as_a_whole(mlmonitor: Command) -> None:
    said = mlmonitor("accept", "--monitor", "taxi/skew", "--window", "2013-01-01", "--column", "temp")
    assert said.status == 2
    assert "A single run is accepted as a whole" in said.err
