from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
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


def test_until_a_day(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("snooze", "1", "--until", "2013-02-15", "--who", "ana")
    assert said.out == "Incident 1 (temp: missing) is snoozed until 2013-02-15 00:00 UTC.\n"
    assert store.incident(1).state is IncidentState.SNOOZED
    assert store.incident(1).decided[0].until == Window.parse("2013-02-15").start


def test_for_a_while_counts_from_the_end_of_the_latest_run(mlmonitor: Command, store: SqlStore) -> None:
    keep(store, 2, 0.0)
    said = mlmonitor("snooze", "1", "--for", "3d", "--until-worse", "--who", "ana")
    assert said.out == (
        "Incident 1 (temp: missing) is snoozed until 2013-02-07 00:00 UTC or until it gets worse.\n"
    )
    (event,) = store.incident(1).decided
    assert (event.until, event.unless_worse) == (Window.parse("2013-02-07").start, True)


@pytest.mark.usefixtures("store")
def test_a_snooze_needs_an_end(mlmonitor: Command) -> None:
    said = mlmonitor("snooze", "1")
    assert (said.status, said.out) == (2, "")
    assert said.err == ("mlmonitor: A snooze needs an end: --until TIME, --for SPAN or --until-worse.\n")


@pytest.mark.parametrize(
    ("option", "text", "complaint"),
    [
        ("--for", "3", "'3' is not a span of time; write 12h, 3d or 2w"),
        ("--for", "0d", "'0d' is not a span of time"),
        ("--until", "soon", "'soon' is not a moment; write 2013-02-15"),
    ],
)
def test_a_mistake_is_named(
    mlmonitor: Command, capsys: pytest.CaptureFixture[str], option: str, text: str, complaint: str
) -> None:
    with pytest.raises(SystemExit):
        mlmonitor("snooze", "1", option, text)
    assert complaint in capsys.readouterr().err


@pytest.mark.usefixtures("store")
def test_json_says_until_when(mlmonitor: Command) -> None:
    said = mlmonitor("snooze", "1", "--until", "2013-02-15T12:00", "--json")
    assert said.json["events"][-1]["until"] == "2013-02-15T12:00:00+00:00"
