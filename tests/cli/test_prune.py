from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store import pruning
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.store.making import report

MONITOR = "taxi/skew"
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def age(days: int) -> Window:
    """The day that ended so many days ago."""
    return Window(TODAY - timedelta(days=days + 1), TODAY - timedelta(days=days))


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """Eight runs, one every hundred days, of which the newest two always stay whole."""
    monkeypatch.setattr(pruning, "KEPT", 2)
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for days in range(0, 800, 100):
        traces = {"learned": b"scores"}
        store.save(report(monitor=MONITOR, model="taxi", window=age(days), traces=traces), profile=b"x")
    return store


def ages(store: SqlStore) -> list[int]:
    """How old the runs with numbers are."""
    found = [run.window for run in store.runs(last=99) if store.verdicts(MONITOR, run.window)]
    return [(TODAY - window.end).days for window in found]


def test_what_is_older_than_400_days_is_removed(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("prune", "--yes")
    until = f"{datetime.now(UTC) - timedelta(days=400):%Y-%m-%d}"
    assert said.out == (
        f"Removed 4 metrics, 4 traces and 4 profiles; 4 runs until {until} have no numbers any more.\n"
    )
    assert (said.status, said.err) == (0, "")
    assert ages(store) == [0, 100, 200, 300]
    assert len(store.runs(last=99)) == 8
    again = mlmonitor("prune", "--yes").out
    assert (
        again == f"Nothing to remove until {until}; the newest 400 runs of each monitor always stay whole.\n"
    )


def test_how_many_days_are_kept_can_be_said(mlmonitor: Command, store: SqlStore) -> None:
    assert mlmonitor("prune", "--keep-days", "650", "--yes").out.startswith("Removed 1 metric, 1 trace and 1")
    assert ages(store) == [0, 100, 200, 300, 400, 500, 600]


def test_the_newest_runs_stay_however_few_days_are_kept(mlmonitor: Command, store: SqlStore) -> None:
    assert mlmonitor("prune", "--keep-days", "1", "--yes").status == 0
    assert ages(store) == [0, 100]


def test_a_dry_run_removes_nothing(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor("prune", "--dry-run")
    assert said.out.startswith("Would remove 4 metrics, 4 traces and 4 profiles; 4 runs until ")
    assert len(ages(store)) == 8


@pytest.mark.parametrize(("answer", "left"), [("y\n", 4), ("yes\n", 4), ("\n", 8), ("n\n", 8), ("", 8)])
def test_a_person_is_asked(
    mlmonitor: Command, store: SqlStore, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    said = mlmonitor("prune")
    assert said.err.startswith("Remove 4 metrics, 4 traces and 4 profiles of data until ")
    assert said.err.endswith("? [y/N] ")
    assert (said.out == "Nothing was removed.\n") is (left == 8)
    assert len(ages(store)) == left


def test_where_nobody_can_be_asked_it_must_be_said(
    mlmonitor: Command, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = mlmonitor("prune")
    assert (said.status, said.out) == (2, "")
    assert "--yes removes old numbers, --dry-run says" in said.err
    assert len(ages(store)) == 8


def test_json(mlmonitor: Command, store: SqlStore) -> None:
    counts = {"runs": 4, "metrics": 4, "traces": 4, "profiles": 4}
    planned = mlmonitor("prune", "--dry-run", "--json").json
    assert {**planned, "before": ""} == {"before": "", "removed": False, **counts}
    assert datetime.fromisoformat(planned["before"]) < datetime.now(UTC) - timedelta(days=400)
    assert {**mlmonitor("prune", "--yes", "--json").json, "before": ""} == {
        "before": "",
        "removed": True,
        **counts,
    }


@pytest.mark.parametrize("days", ["0", "-3", "many", "36501"])
def test_days_that_are_none_are_refused(
    mlmonitor: Command, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        mlmonitor("prune", "--keep-days", days)
    assert ended.value.code == 2
    assert "is not a number of days; write 1 to 36500" in capsys.readouterr().err


def test_there_is_no_store_yet(mlmonitor: Command, folder: Path) -> None:
    said = mlmonitor("prune", "--dry-run")
    assert said.status == 2
    assert "There is no metrics store" in said.err
    assert list(folder.iterdir()) == []
