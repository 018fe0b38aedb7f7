"""The one read: every row once, in parallel parts, the same profile every time."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import reading
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read, read_days
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.data.test_profile import observed, same
from tests.rows import Batches, held, profiled

DAY = timedelta(days=1)
FIRST = datetime(2013, 2, 8, tzinfo=UTC)


class Opened(Source):
    """A source that gives what it was made with."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        object.__setattr__(self, "rows", rows)

    def open(self, window: Window | None, connections: Connections) -> Rows:
        found: Rows = self.rows  # type: ignore[attr-defined]
        return found

    @property
    def label(self) -> str:
        return "opened"


def numbers(rows: int, seed: int = 1) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    return {
        "x": random.normal(size=rows),
        "name": pa.array([f"n{value}" for value in random.integers(0, 30, rows)]),
    }


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.none() | st.integers(-3, 3), st.none() | st.sampled_from("ab")), max_size=30),
    st.integers(1, 6),
    st.integers(1, 7),
)
def test_a_read_counts_as_plain_python_does(
    rows: list[tuple[int | None, str | None]], parts: int, batch_rows: int
) -> None:
    table = pa.table(
        {
            "x": pa.array([x for x, _ in rows], pa.int64()),
            "name": pa.array([name for _, name in rows], pa.string()),
        }
    )
    profile = profiled(table, parts=parts, batch_rows=batch_rows)
    known = [x for x, _ in rows if x is not None]
    assert profile.rows == len(rows)
    assert (profile["x"].nulls, profile["x"].count) == (len(rows) - len(known), len(known))
    assert (profile["x"].min, profile["x"].max) == (min(known, default=None), max(known, default=None))
    assert profile["name"].counts == Counter(name for _, name in rows if name is not None)
    assert profile.duplicates == (pytest.approx(1 - len(set(rows)) / len(rows)) if rows else None)


def test_no_parts_give_the_columns_without_rows() -> None:
    profile = read(Opened(Rows(schema=pa.schema([("x", pa.float64())]), parts=[])))
    assert (profile.rows, profile.schema, profile["x"].mean, profile.duplicates) == (
        0,
        {"x": "double"},
        None,
        None,
    )


def test_two_reads_of_several_parts_give_the_same_bytes() -> None:
    source = held(numbers(260_000), parts=7, batch_rows=20_000, slices=("name",))
    assert read(source).encode() == read(source).encode()


def test_parts_are_read_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = threading.Barrier(2, timeout=20)
    batch = pa.record_batch({"x": [1.0]})

    def part() -> Iterator[pa.RecordBatch]:
        together.wait()  # passes only when two threads are here
        yield batch

    assert read(Opened(Rows(schema=batch.schema, parts=[part, part]))).rows == 2


@pytest.mark.parametrize("parts", [1, 5])
def test_progress_rises_to_the_number_of_rows(parts: int) -> None:
    told: list[tuple[int, int | None]] = []
    read(held(numbers(5_000), parts=parts, batch_rows=300), progress=lambda *now: told.append(now))
    done = [rows for rows, _ in told]
    assert done == sorted(set(done))
    assert done[-1] == 5_000
    assert {expected for _, expected in told} == {5_000}


@pytest.mark.parametrize("what", [read, read_days])
def test_the_first_error_stops_the_other_parts_and_is_raised(
    what: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    batch = pa.record_batch({"when": pa.array([FIRST], pa.timestamp("us", "UTC"))})
    started, given_out = threading.Event(), Counter[str]()

    def endless() -> Iterator[pa.RecordBatch]:
        while given_out["batches"] < 1_000_000:
            given_out["batches"] += 1
            yield batch
            started.set()

    def broken() -> Iterator[pa.RecordBatch]:
        started.wait(20)
        raise DataError("day2.parquet is cut short; write it again.")
        yield batch

    source = Opened(Rows(schema=batch.schema, parts=[endless, broken]))
    object.__setattr__(source, "timestamp", "when")
    with pytest.raises(DataError, match="day2.parquet is cut short"):
        what(source)
    assert given_out["batches"] < 1_000_000


def test_an_error_of_the_progress_callback_is_raised() -> None:
    def cancel(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(held(numbers(100), parts=3), progress=cancel)


def test_hidden_columns_are_read_and_not_summarised() -> None:
    source = held({"x": [1.0, 2.0], "when": [FIRST, FIRST + DAY]}, hidden=("when",), timestamp="when")
    assert list(read(source).columns) == ["x"]
    days = read_days(source)
    assert [list(profile.columns) for profile in days.values()] == [["x"], ["x"]]
    assert read(source).first is None


def test_notes_of_the_source_end_up_in_the_profile_and_the_columns_own_beside_them() -> None:
    source = held(
        {"x": [1.0], "list": [[1]], "when": [FIRST]},
        notes={"": "cut short", "x": "was text"},
        timestamp="when",
    )
    expected = {
        "": "cut short",
        "x": "was text",
        "list": "list<item: int64> is not evaluated; spread it into columns of its own",
    }
    assert read(source).notes == expected
    assert [day.notes for day in read_days(source).values()] == [expected]


# -- day by day --------------------------------------------------------------------------------------------------------

MOMENTS: dict[str, tuple[pa.DataType, Any]] = {
    "microseconds": (pa.timestamp("us"), lambda moment: moment.replace(tzinfo=None)),
    "seconds in a zone": (pa.timestamp("s", "America/New_York"), lambda moment: moment),
    "nanoseconds": (pa.timestamp("ns", "UTC"), lambda moment: moment),
    "dates": (pa.date32(), lambda moment: moment.date()),
    "texts": (pa.string(), lambda moment: moment.replace(tzinfo=None).isoformat()),
    "named texts": (pa.dictionary(pa.int8(), pa.string()), lambda moment: moment.date().isoformat()),
}


@pytest.mark.parametrize("kind", MOMENTS)
def test_rows_are_split_by_utc_day_and_those_without_a_moment_are_counted_in_a_note(kind: str) -> None:
    type_, spelled = MOMENTS[kind]
    offsets = [0, 1, 30, 24 * 60 - 1, None, 24 * 60, 49 * 60, -1, None, 3]
    moments = [None if minutes is None else FIRST + timedelta(minutes=minutes) for minutes in offsets]
    table = pa.table({
        "when": pa.array([moment and spelled(moment) for moment in moments], type_),
        "x": pa.array(range(len(offsets)), pa.int64()),
    })  # fmt: skip
    expected = defaultdict(list)
    for position, moment in enumerate(moments):
        if moment is not None:
            expected[moment.date().isoformat()].append(position)
    days = read_days(held(table, timestamp="when", parts=3, batch_rows=2))
    assert [window.label for window in days] == sorted(expected)
    for window, profile in days.items():
        assert profile["x"].sketch.x.tolist() == expected[window.label]
        assert window.span == DAY
        assert profile.notes == {"when": "2 of 10 rows have no moment and are left out"}


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(-(10**6), 10**6), max_size=25),
    st.integers(1, 4),
    st.sampled_from([1, 6, 24, 24 * 7]),
)
def test_the_days_add_up_to_the_whole(minutes: list[int], parts: int, hours: int) -> None:
    moments = [FIRST + timedelta(minutes=minute) for minute in minutes]
    source = held(
        {"when": pa.array(moments, pa.timestamp("s", "UTC")), "x": pa.array(minutes, pa.int64())},
        timestamp="when",
        parts=parts,
        batch_rows=3,
    )
    days = read_days(source, span=timedelta(hours=hours))
    assert list(days) == sorted(days)
    for window, profile in days.items():
        assert window.start <= profile.first <= profile.last < window.end
        assert (window.start - datetime(1970, 1, 1, tzinfo=UTC)) % timedelta(hours=hours) == timedelta(0)
    if days:
        total = Profile()
        for profile in days.values():
            total += profile
        same(total, read(source))


def test_moments_that_no_calendar_has_are_left_out_and_counted() -> None:
    # "Never" is often written as the last day of the year 9999, whose end is in no calendar.
    table = {"when": pa.array([0, 253_402_300_799, 10**15, -(10**15)], pa.timestamp("s")), "x": [1, 2, 3, 4]}
    days = read_days(held(table, timestamp="when"))
    assert [window.label for window in days] == ["1970-01-01"]
    assert days[Window.parse("1970-01-01")].notes == {"when": "3 of 4 rows have no moment and are left out"}


def test_nothing_but_missing_moments_gives_no_days() -> None:
    assert read_days(held({"when": pa.nulls(3, pa.timestamp("us"))}, timestamp="when")) == {}
    assert read_days(held({"when": pa.nulls(3)}, timestamp="when")) == {}
    assert read_days(held({"when": pa.array([], pa.date32())}, timestamp="when")) == {}


def test_days_have_slices_of_their_own() -> None:
    table = {"when": [date(2013, 2, 8), date(2013, 2, 9), date(2013, 2, 9)], "origin": ["EWR", "EWR", "JFK"]}
    days = read_days(held(table, timestamp="when", slices=("origin",)))
    assert [sorted(profile.slices) for profile in days.values()] == [
        ["origin=EWR"],
        ["origin=EWR", "origin=JFK"],
    ]


def test_days_of_views_can_be_told_apart() -> None:
    table = {"when": [FIRST, FIRST + DAY], "name": pa.array(["a", None], pa.string_view())}
    days = list(read_days(held(table, timestamp="when")).values())
    assert [profile["name"].nulls for profile in days] == [0, 1]
    assert (days[0] + days[1])["name"].type == "string"


def test_splitting_needs_a_timestamp_column() -> None:
    with pytest.raises(
        ConfigurationError, match="batches cannot be split by day: give the source timestamp=COLUMN"
    ):
        read_days(held({"x": [1]}))


def test_two_reads_by_day_agree() -> None:
    moments = [FIRST + timedelta(hours=hour) for hour in range(400)]
    source: Batches = held({"when": moments, "x": np.arange(400.0)}, timestamp="when", parts=4, batch_rows=37)
    first, second = read_days(source), read_days(source)
    assert [observed(day) for day in first.values()] == [observed(day) for day in second.values()]
    assert sum(day.rows for day in read_days(replace(source, parts=source.parts[:2])).values()) == 200
    assert reading.LANES >= 1
