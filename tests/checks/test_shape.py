"""Rows and columns, as they usually are."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from airflow_mlmonitor.checks import Metric, Shape
from airflow_mlmonitor.data.baseline import Previous
from airflow_mlmonitor.data.profile import Profile
from tests.rows import profiled
from tests.ugly import NAIVE, NAMES, NULLS, NUMBERS, UNTYPED, ZONED, Columns

ZONE = datetime(2013, 1, 1, tzinfo=UTC)


def amiss(now: Profile, before: Profile | None) -> list[tuple[str, str | None, str | None]]:
    metrics = [metric for metric in Shape().measure(now, before) if metric.family == "shape"]
    assert all((metric.value, metric.expected, metric.worse) == (1.0, 0.0, "up") for metric in metrics)
    return [(metric.name, metric.column, metric.why) for metric in metrics]


def table(now: Profile) -> dict[str, Metric]:
    return {metric.name: metric for metric in Shape().measure(now, None) if not metric.slice}


def test_rows_and_repeated_rows_are_counted() -> None:
    found = table(profiled({"x": [1, 1, 2, None], "y": ["a", "a", "b", None]}))
    assert (found["rows"].value, found["rows"].scale) == (4.0, "count")
    assert (found["duplicates"].value, found["duplicates"].worse) == (0.25, "up")


def test_without_rows_nothing_repeats() -> None:
    found = table(profiled({"x": pa.array([], pa.int64())}))
    assert found["rows"].value == 0.0
    assert (found["duplicates"].value, found["duplicates"].why) == (None, "there are no rows")
    assert table(profiled({"x": [[1]]}))["duplicates"].why == "they were not counted"


def test_rows_of_each_slice_are_counted() -> None:
    now = profiled({"origin": ["EWR", "EWR", "JFK"]}, slices=("origin",))
    metrics = [(metric.slice, metric.value) for metric in Shape().measure(now, None) if metric.name == "rows"]
    assert metrics == [("", 3.0), ("origin=EWR", 2.0), ("origin=JFK", 1.0)]


def test_the_same_columns_are_as_they_should_be() -> None:
    assert amiss(profiled(NUMBERS), profiled(NUMBERS)) == []
    assert amiss(profiled(NUMBERS), None) == []


def test_columns_gone_and_new_are_named() -> None:
    now, before = profiled({"x": [1.0], "fresh": ["a"]}), profiled({"stale": [1], "x": [1.0]})
    assert amiss(now, before) == [
        ("column_gone", "stale", "the column is gone; it was int64"),
        ("column_new", "fresh", "a new column, string"),
    ]


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (NUMBERS, NAMES, "was double, is string"),
        (NAMES, NUMBERS, "was string, is double"),
        (NAIVE, ZONED, "was timestamp[us], is timestamp[us, tz=UTC]: gained its time zone"),
        (ZONED, NAIVE, "was timestamp[us, tz=UTC], is timestamp[us]: lost its time zone"),
        ({"x": [1.5]}, {"x": [[1.5]]}, "was double, is list<item: double>"),
        ({"x": ["2013-01-01"]}, {"x": [ZONE]}, "was string, is timestamp[us, tz=UTC]"),
    ],
)
def test_a_change_of_type_that_matters_is_told(before: Columns, now: Columns, why: str) -> None:
    assert amiss(profiled(now), profiled(before)) == [("type_changed", "x", why)]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"x": [1]}, {"x": [1.5]}),
        ({"x": pa.array([1], pa.int8())}, {"x": pa.array([1], pa.uint64())}),
        (NAMES, {"x": pa.array(["a"]).dictionary_encode()}),
        (ZONED, {"x": pa.array([ZONE], pa.timestamp("ns", "Europe/Berlin"))}),
        (NULLS, NAMES),
        (UNTYPED, NUMBERS),
        (NULLS, UNTYPED),
    ],
)
def test_a_change_of_type_that_does_not_matter_is_not_told(before: Columns, now: Columns) -> None:
    assert amiss(profiled(now), profiled(before)) == []


@pytest.mark.parametrize("now", [NULLS, UNTYPED])
def test_a_column_of_nothing_but_nulls_is_told_unless_it_always_was(now: Columns) -> None:
    assert amiss(profiled(now), profiled(NUMBERS)) == [("all_null", "x", "all 4 rows are null")]
    assert amiss(profiled(now), profiled(NULLS)) == []


def test_no_rows_are_told_once_and_not_for_every_column() -> None:
    assert amiss(profiled({"x": pa.array([], pa.float64())}), profiled(NUMBERS)) == []


def test_it_looks_at_the_last_run() -> None:
    assert Shape().baseline == Previous()
