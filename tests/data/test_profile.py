"""Profiles add up: that of all rows is the sum of those of any parts, in any order."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn, RunningMoments
from airflow_mlmonitor.data.profile import SLICE_VALUES, Profile
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.rows import profiled

quick = settings(deadline=None, max_examples=25)

SCHEMA = pa.schema(
    [
        ("real", pa.float64()),
        ("whole", pa.int64()),
        ("name", pa.string()),
        ("flag", pa.bool_()),
        ("when", pa.timestamp("us", "UTC")),
        ("nothing", pa.null()),
        ("list", pa.list_(pa.int64())),
    ]
)
sane = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
rows = st.fixed_dictionaries(
    {
        "real": st.none() | sane | st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.0, -0.0]),
        "whole": st.none() | st.integers(-5, 5),
        "name": st.none() | st.sampled_from(["a", "b", "", "ü"]),
        "flag": st.none() | st.booleans(),
        "when": st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2030, 1, 1)),
        "nothing": st.none(),
        "list": st.none() | st.just([1]),
    }
)
tables = st.lists(rows, max_size=12)


def of(found: list[dict[str, Any]]) -> Profile:
    return profiled(pa.Table.from_pylist(found, SCHEMA), slices=("name", "flag"), timestamp="when")


def exact(column: Column) -> dict[str, Any]:
    """What adding up must not change by a bit."""
    known: dict[str, Any] = {
        "kind": column.kind,
        "type": column.type,
        "rows": column.rows,
        "nulls": column.nulls,
    }
    if isinstance(column, NumberColumn):
        points = zip(column.sketch.x.tolist(), column.sketch.w.tolist(), strict=True)
        known |= {
            name: getattr(column, name) for name in ("nans", "infinite", "zeros", "integers", "min", "max")
        }
        known |= {"points": dict(points), "distinct": column.distinct}
    if isinstance(column, CategoryColumn):
        known |= {
            name: getattr(column, name) for name in ("counts", "others", "error", "characters", "distinct")
        }
    return known


def observed(profile: Profile) -> dict[str, Any]:
    return {
        "rows": profile.rows,
        "duplicates": profile.duplicates,
        "first": profile.first,
        "last": profile.last,
        "notes": profile.notes,
        "columns": {name: exact(column) for name, column in profile.columns.items()},
        "slices": {label: observed(part) for label, part in profile.slices.items()},
    }


def same(left: Profile, right: Profile) -> None:
    assert observed(left) == observed(right)
    for name, column in left.columns.items():
        other = right[name]
        if isinstance(column, NumberColumn):
            assert isinstance(other, NumberColumn)
            assert column.mean == (
                None if other.mean is None else pytest.approx(other.mean, rel=1e-9, abs=1e-6)
            )
            assert column.m2 == pytest.approx(other.m2, rel=1e-9, abs=1e-5)


@quick
@given(st.lists(tables, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_profile_of_all_rows_is_the_sum_of_those_of_any_parts_in_any_order(
    parts: list[list[dict[str, Any]]], random: Any
) -> None:
    whole = of([row for part in parts for row in part])
    profiles = [of(part) for part in parts]
    random.shuffle(profiles)
    same(whole, reduce(add, profiles))


@quick
@given(tables, tables, tables)
def test_adding_is_associative(a: list[Any], b: list[Any], c: list[Any]) -> None:
    x, y, z = of(a), of(b), of(c)
    same((x + y) + z, x + (y + z))


@quick
@given(tables)
def test_an_empty_profile_adds_nothing(found: list[dict[str, Any]]) -> None:
    profile = of(found)
    for empty in (of([]), Profile()):
        same(profile + empty, profile)
        same(empty + profile, profile)


@quick
@given(tables, st.integers(1, 5), st.integers(1, 4))
def test_batches_and_parts_of_one_read_make_no_difference(
    found: list[dict[str, Any]], batch_rows: int, parts: int
) -> None:
    table = pa.Table.from_pylist(found, SCHEMA)
    options: dict[str, Any] = {"slices": ("name", "flag"), "timestamp": "when"}
    same(profiled(table, batch_rows=batch_rows, parts=parts, **options), profiled(table, **options))


def test_moments_of_many_parts_agree_with_those_of_the_whole() -> None:
    values = np.random.default_rng(5).lognormal(3, 1, 200_000) + 1e4
    column = profiled({"x": values}, parts=4, batch_rows=999)["x"]
    assert isinstance(column, NumberColumn)
    assert column.mean == pytest.approx(values.mean(), rel=1e-12)
    assert column.sd == pytest.approx(values.std(ddof=1), rel=1e-9)


def test_large_parts_add_up_as_well_as_they_would_be_read() -> None:
    values = np.random.default_rng(5).normal(size=300_000)
    whole = profiled({"x": values})
    summed = reduce(add, (profiled({"x": part}) for part in np.array_split(values, 3)))
    for q in (0.01, 0.25, 0.5, 0.9):
        assert summed["x"].quantile(q) == pytest.approx(whole["x"].quantile(q), abs=0.01)
    for profile in (whole, summed):
        assert profile["x"].distinct == pytest.approx(300_000, rel=0.15)
        assert profile.duplicates == pytest.approx(0, abs=0.0)


@pytest.mark.parametrize(
    "make", [lambda part: part, lambda part: part.compact(), lambda part: Profile.decode(part.encode())]
)
def test_distinct_values_of_stored_parts_are_not_counted_twice(make: Callable[[Profile], Profile]) -> None:
    numbers = np.arange(5_000.0)
    parts = [
        profiled({"x": numbers, "name": pa.array([f"n{value:.0f}" for value in numbers])}) for _ in range(3)
    ]
    total = reduce(add, map(make, parts))
    assert total["x"].distinct == pytest.approx(5_000, rel=0.15)
    assert total["name"].distinct == pytest.approx(5_000, rel=0.15)


@pytest.mark.parametrize(
    ("left", "right", "kind", "type_"),
    [
        (pa.nulls(2), pa.array([1, 2]), "number", "int64"),
        (pa.nulls(2, pa.float64()), pa.array(["a"]), "category", "string"),
        (pa.nulls(2, pa.string()), pa.array([date(2013, 1, 1)]), "time", "date32[day]"),
        (pa.nulls(2), pa.nulls(1), "unknown", "null"),
        (pa.array([1.5]), pa.array(["a"]), "unknown", None),
        (pa.array([1.5]), pa.array([datetime(2013, 1, 1)]), "unknown", None),
        (pa.array([[1]]), pa.array([1]), "unknown", None),
    ],
    ids=[
        "null+int",
        "null float+text",
        "null text+date",
        "null+null",
        "float+text",
        "float+time",
        "list+int",
    ],
)
def test_parts_of_another_type(left: pa.Array, right: pa.Array, kind: str, type_: str | None) -> None:
    one, other = profiled({"x": left}), profiled({"x": right})
    for total in (one + other, other + one):
        assert total["x"].kind == kind
        assert (total["x"].rows, total["x"].nulls) == (
            len(left) + len(right),
            left.null_count + right.null_count,
        )
        if type_ is None:
            assert total["x"].note
        else:
            assert (total["x"].type, total["x"].note) == (type_, "")
    if type_ is None and one["x"].kind != "unknown":
        assert (one + other)["x"].note == (
            f"was {left.type}, then {right.type}: the two cannot be counted together"
        )
    assert (one + other + one)["x"].rows == 2 * len(left) + len(right)


def test_a_column_that_one_part_lacks_keeps_its_own_rows() -> None:
    total = profiled({"x": [1.0, 2.0]}) + profiled({"x": [3.0], "y": [4.0]})
    assert (total.rows, total["x"].rows, total["y"].rows) == (3, 3, 1)
    assert list(total.columns) == ["x", "y"]


def test_several_notes_of_a_column_stand_side_by_side_and_do_not_grow_with_every_part() -> None:
    one = profiled({"x": [[1]]}, notes={"x": "was text", "": "cut short"})
    other = profiled({"x": [[1]]}, notes={"x": "was text", "": "cut shorter"})
    assert (one + other + one + other).notes == {
        "x": "was text; list<item: int64> is not evaluated; spread it into columns of its own",
        "": "cut shorter",
    }


def test_means_at_both_ends_of_the_float_range_add_up_to_a_finite_one() -> None:
    largest = sys.float_info.max
    total = RunningMoments(3, largest) + RunningMoments(1, -largest)
    assert total.mean == pytest.approx(largest / 2)
    assert (total + RunningMoments(4, -largest)).mean == pytest.approx(-largest / 4)


def test_an_unknown_column_is_refused_in_words() -> None:
    profile = profiled({"fare": [1.0], "town": ["Ulm"]})
    with pytest.raises(DataError, match="There is no column 'fair'; did you mean 'fare'?"):
        profile["fair"]
    with pytest.raises(DataError, match="There is no column 'xyz'; there are fare, town"):
        profile["xyz"]
    assert "fare" in profile
    assert "xyz" not in profile
    assert profile.schema == {"fare": "double", "town": "string"}


def test_minus_zero_is_zero() -> None:
    profile = profiled({"x": [0.0, -0.0, 0.0], "y": [1.0, 1.0, 2.0]})
    assert str(profile["x"].min) == "0.0"
    assert profile["x"].distinct == 1
    assert profile.duplicates == pytest.approx(1 / 3)


def test_first_and_last_moment_are_those_of_the_timestamp_column() -> None:
    moments = [datetime(2013, 2, 8, 6, tzinfo=UTC), None, datetime(2013, 2, 7, tzinfo=UTC)]
    profile = profiled({"when": pa.array(moments, pa.timestamp("us", "Europe/Berlin"))}, timestamp="when")
    assert (profile.first, profile.last) == (moments[2], moments[0])
    assert profiled({"when": moments}).first is None
    assert profiled({"when": pa.array([10**15], pa.timestamp("s"))}, timestamp="when").last is None


# -- slices ------------------------------------------------------------------------------------------------------------


def test_each_value_gives_a_slice_of_its_rows() -> None:
    table = {
        "origin": ["EWR", "JFK", None, "EWR"],
        "delay": [1.0, 2.0, 3.0, None],
        "late": [True, False, True, True],
    }
    profile = profiled(table, slices=("origin", "late"), batch_rows=2)
    assert {label: part.rows for label, part in profile.slices.items()} == {
        "origin=EWR": 2, "origin=JFK": 1, "origin=null": 1, "late=false": 1, "late=true": 3
    }  # fmt: skip
    assert profile.slices["origin=EWR"]["delay"].nulls == 1
    assert profile.slices["origin=JFK"]["origin"].counts == {"JFK": 1}
    assert profile.slices["origin=EWR"].slices == {}
    assert profile.slices["origin=EWR"].duplicates is None


@pytest.mark.parametrize("batch_rows", [7, 1_000_000])
def test_a_column_of_more_than_40_values_gives_no_slices_and_says_so(batch_rows: int) -> None:
    table = {"few": [f"f{number % SLICE_VALUES}" for number in range(200)], "many": list(range(200))}
    profile = profiled(table, slices=("few", "many"), batch_rows=batch_rows)
    assert len(profile.slices) == SLICE_VALUES
    assert {label.partition("=")[0] for label in profile.slices} == {"few"}
    assert profile.notes == {"many": "has more than 40 values, so it gives no slices"}


def test_a_slice_too_many_that_comes_with_another_part_takes_all_along() -> None:
    names = [f"n{number}" for number in range(SLICE_VALUES + 1)]
    parts = [
        profiled({"name": names[:30]}, slices=("name",)),
        profiled({"name": names[30:]}, slices=("name",)),
    ]
    for total in (parts[0] + parts[1], parts[1] + parts[0], parts[0] + parts[1] + parts[0]):
        assert total.slices == {}
        assert total.unsliced == ("name",)


def test_slicing_by_a_key_of_every_row_is_refused_quickly() -> None:
    # Ten thousand slices of ten columns each would take a minute.
    table = {"key": np.arange(10_000), **{f"x{number}": np.arange(10_000.0) for number in range(10)}}
    assert profiled(table, slices=("key",)).slices == {}


def test_values_that_are_no_names_cannot_slice() -> None:
    with pytest.raises(
        ConfigurationError, match="slices='x' cannot work: it is list<item: int64>; slice by text or"
    ):
        profiled({"x": [[1]]}, slices=("x",))


def test_views_and_runs_can_be_sliced_although_arrow_takes_no_rows_of_them() -> None:
    table = pa.table(
        {
            "view": pa.array(["a", "b", None], pa.string_view()),
            "bytes": pa.array([b"a", b"b", None], pa.binary_view()),
            "runs": pa.RunEndEncodedArray.from_arrays([2, 3], [1, None]),
        }
    )
    profile = profiled(table, slices=("view",))
    assert {label: part.rows for label, part in profile.slices.items()} == {
        "view=a": 1,
        "view=b": 1,
        "view=null": 1,
    }
    assert profile.slices["view=a"]["view"].counts == {"a": 1}


# -- privacy, imports --------------------------------------------------------------------------------------------------


def test_a_private_column_keeps_only_hashes_that_still_compare() -> None:
    first = profiled({"who": ["Ada", "Ben", "Ada"]}, private=("who",), slices=("who",))
    second = profiled({"who": ["Ada", "Cleo"]}, private=("who",), slices=("who",))
    column = first["who"]
    assert isinstance(column, CategoryColumn)
    assert column.private
    assert sorted(column.counts.values()) == [1, 2]
    total = (first + second)["who"]
    assert isinstance(total, CategoryColumn)
    assert total.private
    assert sorted(total.counts.values()) == [1, 1, 3]
    assert not any(
        name in text for name in ("Ada", "Ben", "Cleo") for text in [*column.counts, *first.slices]
    )


QUIET = """
import sys
from airflow_mlmonitor.checks import Shape, Skew, Values
from airflow_mlmonitor.data import Files, read
profile = read(Files(sys.argv[1], slices=("name",)))
for check in (Shape(), Skew(), Values()):
    assert list(check.measure(profile, profile))
print(sorted({"pandas", "scipy.stats", "airflow", "duckdb", "sqlalchemy"} & set(sys.modules)))
"""


def test_reading_and_measuring_a_parquet_file_loads_neither_pandas_nor_scipy_stats(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "x": [1.5, None],
            "name": ["a", "b"],
            "when": [datetime(2013, 1, 1)] * 2,
            "ns": pa.array([1, 2], pa.timestamp("ns")),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    command = [sys.executable, "-c", QUIET, str(tmp_path / "rows.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
