from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.judging.incident import IncidentState
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep


@pytest.fixture
def store(folder: Path) -> SqlStore:
    """Two runs that alert, of incident 1."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    keep(store, 0, 0.5)
    keep(store, 1, 0.5)
    return store


def test_an_incident_is_acknowledged_by_the_user_of_the_terminal(
    mlmonitor: Command, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ana")
    said = mlmonitor("ack", "1", "--note", "the join is late")
    assert (said.status, said.err) == (0, "")
    assert said.out == "Incident 1 (temp: missing) is acknowledged by ana.\n"
    incident = store.incident(1)
    assert incident.state is IncidentState.ACKNOWLEDGED
    assert [(event.who, event.note) for event in incident.decided] == [("ana", "the join is late")]


def test_somebody_else_can_be_named_and_the_answer_be_json(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("ack", "1", "--who", "bo", "--json")
    assert said.json["state"] == "acknowledged"
    assert store.incident(1).decided[0].who == "bo"


def test_what_is_over_is_refused(mlmonitor: Command, store: SqlStore) -> None:
    keep(store, 2, 0.0)
    keep(store, 3, 0.0)
    said = mlmonitor("ack", "1")
    assert said.status == 2
    assert "is over since 2013-02-04; there is nothing to acknowledge any more." in said.err


@pytest.mark.usefixtures("store")
def test_an_incident_that_does_not_exist_is_named(mlmonitor: Command) -> None:
    assert "There is no incident 7" in mlmonitor("ack", "7").err
