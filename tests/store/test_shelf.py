"""What a baseline finds: earlier runs, and training data where there are not enough of them."""

from __future__ import annotations

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import MemoryStore
from airflow_mlmonitor.store.shelf import StoreShelf
from tests.rows import profiled
from tests.store.making import day, report, verdict

MONITOR = "flight_delay/skew"


def encoded(value: float) -> bytes:
    return profiled({"temp": [value, value]}).encode()


def shelf(store: MemoryStore, window: Window) -> StoreShelf:
    return StoreShelf(store, MONITOR, "flight_delay", window)


def trained_on(*numbers: int) -> MemoryStore:
    """A store whose training data has a part for each of these days, with the day's number in every row."""
    store = MemoryStore()
    days = {day(number): encoded(number) for number in numbers}
    store.pin("flight_delay", "v3", encoded(-1), rows=2 * len(days), label="training data", days=days)
    return store


def means(shelf: StoreShelf, last: int, windows: list[Window] | None = None) -> list[float]:
    return [profile["temp"].mean for _, profile in shelf.earlier(last, windows)]


def test_a_pinned_profile_is_found_and_named() -> None:
    found = shelf(trained_on(0, 1), day(9)).pinned("v3")
    assert found is not None
    label, profile = found
    assert label == "training data of v3 (4 rows)"
    assert profile.rows == 2
    assert shelf(MemoryStore(), day(9)).pinned(None) is None


def test_the_last_runs_come_before_training_data_and_both_oldest_first() -> None:
    store = trained_on(0, 1, 2)
    for number in (10, 11):
        store.save(report(number), profile=encoded(number))
    assert means(shelf(store, day(12)), 2) == [10, 11]
    assert means(shelf(store, day(12)), 4) == [1, 2, 10, 11]


def test_training_data_of_days_that_were_run_since_is_not_taken_twice() -> None:
    store = trained_on(0, 1, 2, 3)
    for number in (2, 3):
        store.save(report(number), profile=encoded(number + 100))
    assert means(shelf(store, day(5)), 4) == [0, 1, 102, 103]


def test_neither_alerts_nor_the_window_under_test_nor_later_ones_are_found() -> None:
    store = trained_on(0, 1, 6)
    store.save(report(2, verdict(status=Status.FAIL)), profile=encoded(2))
    for number in (3, 4, 5):
        store.save(report(number), profile=encoded(number))
    assert means(shelf(store, day(4)), 9) == [0, 1, 3]


def test_windows_that_are_asked_for_are_found_among_runs_and_training_data() -> None:
    store = trained_on(1, 2)
    store.save(report(8), profile=encoded(8))
    assert means(shelf(store, day(15)), 2, [day(1), day(8)]) == [1, 8]


def test_training_days_end_before_the_window() -> None:
    found = shelf(trained_on(0, 1, 2, 3), day(3)).training_days(2, asof=day(3).start)
    assert [window for window, _ in found] == [day(1), day(2)]
    assert shelf(MemoryStore(), day(3)).training_days(2, asof=day(3).start) == []
