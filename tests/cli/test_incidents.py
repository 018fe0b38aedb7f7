from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep

ALERT = 0.5


@pytest.fixture
def store(folder: Path) -> SqlStore:
    """Incident 1 is over, 2 is open since the third run of its monitor, and 3 is another monitor's."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day, share in enumerate((ALERT, 0.0, 0.0, 0.0, 0.0, ALERT, ALERT)):
        keep(store, day, share)
    keep(store, 6, ALERT, monitor="taxi/labels")
    return store


@pytest.mark.usefixtures("store")
def test_what_is_open_is_listed_the_latest_first(mlmonitor: Command) -> None:
    said = mlmonitor("incidents")
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "ID  Status  State  Opened      Runs  Monitor      What\n"
        " 3  Failed  open   2013-02-07     1  taxi/labels  temp: missing\n"
        " 2  Failed  open   2013-02-06     2  taxi/skew    temp: missing\n"
    )


def test_all_of_one_monitor_and_who_knows_of_them(mlmonitor: Command, store: SqlStore) -> None:
    store.acknowledge(2, who="ana")
    said = mlmonitor("incidents", "--all", "--monitor", "taxi/skew")
    assert said.out == (
        "ID  Status  State                Opened      Runs  Monitor    What\n"
        " 2  Failed  acknowledged by ana  2013-02-06     2  taxi/skew  temp: missing\n"
        " 1  Failed  resolved             2013-02-01     1  taxi/skew  temp: missing\n"
    )


def test_one_is_told_with_all_that_happened(mlmonitor: Command, store: SqlStore) -> None:
    store.note(2, "asked the weather team", who="ana")
    store.snooze(2, until=None, unless_worse=True, who="bo", note="harmless")
    said = mlmonitor("incidents", "2")
    assert said.out == (
        "Incident 2 of taxi/skew: temp: missing. Failed; snoozed; 2 runs from 2013-02-06 to 2013-02-07.\n"
        "Columns: temp.\n"
        "\n"
        "Run         What     Who  Note\n"
        "2013-02-06  opened   —\n"
        "2013-02-07  noted    ana  asked the weather team\n"
        "2013-02-07  snoozed  bo   until it gets worse; harmless\n"
    )


def test_json_has_everything(mlmonitor: Command, store: SqlStore) -> None:
    store.acknowledge(2, who="ana", note="mine")
    (found,) = mlmonitor("incidents", "--monitor", "taxi/skew", "--json").json["incidents"]
    opened, acknowledged = found.pop("events")
    assert found == {
        "id": 2,
        "monitor": "taxi/skew",
        "model": "taxi",
        "title": "temp: missing",
        "status": "fail",
        "severity": 3.0,
        "state": "acknowledged",
        "columns": ["temp"],
        "groups": [{"column": "temp", "family": "custom"}],
        "accepted": [],
        "opened": "2013-02-06",
        "last": "2013-02-07",
        "resolved": None,
        "runs": 2,
        "windows": ["2013-02-06", "2013-02-07"],
    }
    assert (opened["what"], opened["window"], opened["who"]) == ("opened", "2013-02-06", None)
    assert (acknowledged["what"], acknowledged["who"], acknowledged["note"]) == (
        "acknowledged",
        "ana",
        "mine",
    )
    assert mlmonitor("incidents", "2", "--json").json["id"] == 2


@pytest.mark.usefixtures("store")
def test_no_incident_is_an_answer(mlmonitor: Command) -> None:
    assert mlmonitor("incidents", "--model", "bus").out == "No open incident of model bus is stored.\n"
    assert mlmonitor("incidents", "--monitor", "b", "--all").out == "No incident of monitor b is stored.\n"
    assert mlmonitor("incidents", "--model", "bus", "--json").json == {"incidents": []}


@pytest.mark.usefixtures("store")
def test_one_that_does_not_exist_is_named(mlmonitor: Command) -> None:
    said = mlmonitor("incidents", "99")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "mlmonitor: There is no incident 99; `mlmonitor incidents --all` lists those there are.\n"
    )
