"""Conditions on rows that are in Arrow already."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.condition import Condition
from airflow_mlmonitor.errors import ConfigurationError, DataError

ROWS = pa.RecordBatch.from_pydict(
    {
        "delay": [1, 5, None, 9],
        "Origin": pa.array(["EWR", "JFK", "EWR", None]).dictionary_encode(),
        "sched dep": [10, 20, 30, 40],
        "at": pa.array([0, 3600, 7200, 10800], pa.timestamp("s", "Asia/Tokyo")),
        "parts": [[1], [2], [3], [4]],
    }
)


def kept(sql: str) -> list[int | None]:
    condition = Condition(sql, ROWS.schema)
    found: list[int | None] = condition.keep(ROWS).column("sched dep").to_pylist()
    return found


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("delay > 1", [20, 40]),
        ("DELAY > 1 AND origin = 'JFK'", [20]),
        ("delay IS NULL", [30]),
        ('"sched dep" BETWEEN 15 AND 35', [20, 30]),
        ("origin = 'EWR' OR delay = 9", [10, 30, 40]),
        ("true", [10, 20, 30, 40]),
        ("1 = 0", []),
        ("delay = 1 -- only the first", [10]),
        ("\"at\" >= '1970-01-01 01:00:00+00' AND \"at\" < TIMESTAMPTZ '1970-01-01 03:00:00+00'", [20, 30]),
        ("coalesce(delay, 0) % 2 = 0", [30]),
        ("delay", [10, 20, 40]),
    ],
)
def test_rows_that_meet_it_are_kept(sql: str, expected: list[int]) -> None:
    assert kept(sql) == expected


def test_rows_keep_their_types() -> None:
    assert Condition("delay = 5", ROWS.schema).keep(ROWS).schema == ROWS.schema


def test_it_knows_the_columns_it_looks_at() -> None:
    assert Condition("ORIGIN = 'EWR' AND lower(origin) <> 'delay'", ROWS.schema).columns == ["Origin"]
    assert Condition("least(COLUMNS(*)) IS NULL", ROWS.select(["delay", "sched dep"]).schema).columns == [
        "delay",
        "sched dep",
    ]
    assert Condition("true", ROWS.schema).columns == ["delay"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "dleay > 1",
            "where='dleay > 1' cannot work: .*\"dleay\" not found.* The columns are delay, Origin, sched dep",
        ),
        ("delay > ", "where='delay > ' cannot work: syntax error"),
        ("sum(delay) > 1", "cannot contain aggregates"),
        ("row_number() OVER () = 1", "cannot contain window functions"),
        ("delay IN (SELECT 1)", "holds a query; a condition on files or frames sees one row at a time"),
        ("true; DROP TABLE x", "syntax error"),
        ("origin > 3", "Cannot compare values of type VARCHAR and type INTEGER"),
    ],
)
def test_what_is_no_condition_is_quoted_with_the_reason(sql: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Condition(sql, ROWS.schema)


def test_columns_that_differ_in_case_alone_are_told_apart_or_refused() -> None:
    rows = pa.RecordBatch.from_pydict({"a": [1, 2], "A": [2, 1]})
    assert Condition("A = 1", rows.schema).keep(rows).to_pylist() == [{"a": 2, "A": 1}]
    with pytest.raises(ConfigurationError, match="differ in upper and lower case only"):
        Condition("a = A", rows.schema)


def test_a_row_it_fails_on_is_an_error_of_the_data() -> None:
    condition = Condition("CAST(Origin AS INTEGER) > 1", ROWS.schema)
    with pytest.raises(DataError, match=r"where='CAST\(Origin AS INTEGER\) > 1' fails on the rows: .*EWR"):
        condition.keep(ROWS)


def test_no_zone_means_utc_wherever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    rows = pa.RecordBatch.from_pydict({"t": pa.array([dt.datetime(2013, 2, 8)])})
    assert Condition("t = TIMESTAMPTZ '2013-02-08 00:00:00+00'", rows.schema).keep(rows).num_rows == 1


def test_threads_may_share_it() -> None:
    condition = Condition("n % 3 = 0", pa.schema([("n", pa.int64())]))
    batches = [
        pa.RecordBatch.from_arrays([pa.array(range(start, start + 1000))], names=["n"]) for start in range(40)
    ]
    with ThreadPoolExecutor(4) as pool:
        kept_rows = list(pool.map(lambda batch: condition.keep(batch).num_rows, batches))
    assert kept_rows == [sum(n % 3 == 0 for n in range(start, start + 1000)) for start in range(40)]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | st.integers(-20, 20), max_size=50), st.integers(0, 10), st.integers(-20, 20))
def test_it_keeps_what_python_keeps_of_any_slice(numbers: list[int | None], offset: int, limit: int) -> None:
    rows = pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64())], names=["n"]).slice(offset)
    found = Condition(f"n > {limit}", rows.schema).keep(rows).column(0).to_pylist()
    assert found == [n for n in numbers[offset:] if n is not None and n > limit]
