"""What a judge reads of the past."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import History, MemoryStore, State
from tests.store.making import day, report, verdict


def history(*values: float | None, first: int = 0) -> History:
    """A history with one run a value, the third of which alerts."""
    store = MemoryStore()
    for number, value in enumerate(values):
        status = Status.FAIL if number == 2 else Status.OK
        store.save(report(first + number, verdict("psi", value, status=status)))
    return store.history("flight_delay/skew", asof=datetime(2014, 1, 1, tzinfo=UTC))


def test_values_are_oldest_first_without_those_that_are_undefined() -> None:
    assert history(0.1, None, 0.3, 0.4).values("psi", "temp").tolist() == [0.1, 0.3, 0.4]


def test_values_that_train_leave_alerts_out() -> None:
    assert history(0.1, None, 0.3, 0.4).values("psi", "temp", trains_only=True).tolist() == [0.1, 0.4]


def test_a_series_that_is_unknown_has_no_values() -> None:
    found = history(0.1)
    assert found.values("psi").tolist() == found.values("psi", "temp", "origin=EWR").tolist() == []
    assert found.series("ks", "temp") == []


def test_two_histories_follow_each_other() -> None:
    both = history(0.1, 0.2) + history(0.3, None, 0.5, first=7)
    assert len(both) == 5
    assert both.values("psi", "temp").tolist() == [0.1, 0.2, 0.3, 0.5]
    assert [point.run.window for point in both.series("psi", "temp")] == [run.window for run in both.runs]
    assert [run.window for run in both.runs] == [day(number) for number in (0, 1, 7, 8, 9)]


def test_all_points_come_run_by_run() -> None:
    store = MemoryStore()
    for number in range(2):
        store.save(report(number, verdict("ks", number), verdict("psi", number)))
    found = store.history("flight_delay/skew", asof=datetime(2014, 1, 1, tzinfo=UTC))
    assert [point.value for point in found] == [0, 0, 1, 1]


def test_only_clean_and_accepted_runs_train() -> None:
    assert [state for state in State if state.trains] == [State.CLEAN, State.ACCEPTED]
