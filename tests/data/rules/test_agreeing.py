"""Rows of one group that have one value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.rules import fresh
from airflow_mlmonitor.data.rules.agreeing import Agreeing, AgreeingTally, learn
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.view import BatchView

RULE = Agreeing(by=("town", "hour"), column="temp")

Row = tuple[str | None, int | None, float | None]
rows = st.lists(
    st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.integers(0, 3), st.none() | st.floats(0, 1)),
    max_size=30,
)


def batch(**columns: Any) -> BatchView:
    return BatchView(pa.RecordBatch.from_pydict({name: pa.array(part) for name, part in columns.items()}))


def tally(rows: list[Row]) -> AgreeingTally:
    towns, hours, temps = zip(*rows, strict=True) if rows else ((), (), ())
    schema = pa.schema([("town", pa.string()), ("hour", pa.int64()), ("temp", pa.float64())])
    arrays = [pa.array(part, field.type) for part, field in zip((towns, hours, temps), schema, strict=True)]
    return RULE.tally(BatchView(pa.RecordBatch.from_arrays(arrays, schema=schema)))


def plain(tally: AgreeingTally) -> tuple[Any, ...]:
    return tally.level, tally.values.tolist(), tally.groups.tolist(), tally.counts.tolist()


@given(rows, rows)
@settings(max_examples=40)
def test_the_tally_of_parts_is_the_tally_of_the_whole(left: list[Row], right: list[Row]) -> None:
    assert plain(tally(left) + tally(right)) == plain(tally(left + right))


def test_who_differs_from_most_of_its_group_is_counted_and_who_is_alone_is_not() -> None:
    rows: list[Row] = [
        *[("Ulm", 1, 7.0)] * 3,
        ("Ulm", 1, 8.0),
        ("Ulm", 1, None),
        *[("Bonn", 1, 9.0)] * 2,
        ("Bonn", 2, 9.5),
        (None, 1, 3.0),
        (None, 1, 4.0),
    ]
    (measure,) = tally(rows).measures(Memory())
    assert (measure.value, measure.n, measure.family) == (2 / 7, 7, "identity")
    assert measure.column == "town+hour+temp"


def test_rows_that_agree_say_nothing_more_and_without_groups_there_is_no_value() -> None:
    (agreeing,) = tally([("Ulm", 1, 7.0), ("Ulm", 1, 7.0)]).measures(Memory())
    assert (agreeing.value, agreeing.why) == (0.0, None)
    (nothing,) = tally([("Ulm", 1, 7.0)]).measures(Memory())
    assert (nothing.value, nothing.n) == (None, 0)
    assert nothing.why == "no two rows have the same town and hour"


def test_of_many_values_whole_groups_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_mlmonitor.data.rules.fresh.TALLIED", 100)
    rows: list[Row] = [("Ulm", n % 500, float(n < 250)) for n in range(2_000)]
    many = tally(rows)
    assert many.values.size <= 100
    assert many.level > 0
    (measure,) = many.measures(Memory())
    assert measure.n % 4 == 0
    assert measure.value == pytest.approx(0.125, abs=0.05)


def test_which_value_stands_in_which_column_matters() -> None:
    view = batch(a=[1, 2, 5, 6], b=[2, 1, 5, 6])
    assert np.unique(fresh.together(view.hashes("a"), view.hashes("b"))).size == 4


DAYS = np.repeat(np.arange(20), 200)
RANDOM = np.random.default_rng(7)
TOWN, HOUR = RANDOM.integers(0, 3, DAYS.size), RANDOM.integers(0, 12, DAYS.size)
TEMP = RANDOM.random((20, 3, 12))[DAYS, TOWN, HOUR]


def test_what_a_join_put_into_all_rows_of_a_group_is_found() -> None:
    free = RANDOM.integers(0, 4, DAYS.size)
    rules = learn(batch(town=TOWN, hour=HOUR, temp=TEMP, free=free), DAYS)
    assert RULE in rules
    assert all(rule.column != "free" for rule in rules)
    assert RULE.words() == "rows of a run with the same town and hour have the same temp"
    assert Agreeing.read(RULE.document()) == RULE


def test_what_holds_over_no_day_or_only_for_single_rows_is_no_rule() -> None:
    number = np.arange(DAYS.size)
    assert learn(batch(number=number, fare=RANDOM.random(DAYS.size), town=TOWN), DAYS) == []


def test_odd_columns_and_unknown_days_are_no_trouble() -> None:
    odd = batch(lists=[[1], [2]] * 50, nothing=[None] * 100, odd=[float("nan"), float("inf")] * 50)
    for days in (np.full(100, -1), np.zeros(100, dtype=np.int64), np.array([-1, 5] * 50)):
        assert learn(odd, days) == []
    assert learn(batch(town=pa.array([], pa.string())), np.empty(0, dtype=np.int64)) == []
