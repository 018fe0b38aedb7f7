"""The columns of two profiles, side by side."""

from __future__ import annotations

import pyarrow as pa

from airflow_mlmonitor.checks.pairing import paired
from airflow_mlmonitor.data.profile import Profile
from tests.rows import profiled


def pairs(now: Profile, before: Profile | None) -> list[tuple[str, str, bool]]:
    return [(label, name, old is not None) for label, name, _, old in paired(now, before)]


def test_columns_of_the_run_meet_those_of_the_baseline() -> None:
    now, before = (
        profiled({"x": [1.0], "y": [1], "new": ["a"]}),
        profiled({"gone": [1], "y": ["text"], "x": [2.0]}),
    )
    assert pairs(now, before) == [("", "x", True), ("", "y", False), ("", "new", False)]
    assert pairs(now, None) == [("", "x", False), ("", "y", False), ("", "new", False)]


def test_nothing_but_nulls_meets_any_kind() -> None:
    nulls, names = profiled({"x": pa.nulls(2, pa.float64())}), profiled({"x": ["a"]})
    assert pairs(nulls, names) == pairs(names, nulls) == [("", "x", True)]


def test_slices_meet_those_that_the_baseline_has() -> None:
    now = profiled({"origin": ["EWR", "LGA"]}, slices=("origin",))
    before = profiled({"origin": ["EWR", "JFK"]}, slices=("origin",))
    assert pairs(now, before) == [("", "origin", True), ("origin=EWR", "origin", True)]
    assert [label for label, _, _ in pairs(now, None)] == ["", "origin=EWR", "origin=LGA"]


def test_a_run_without_rows_has_nothing_to_compare() -> None:
    assert pairs(profiled({"x": pa.array([], pa.float64())}), profiled({"x": [1.0]})) == []
