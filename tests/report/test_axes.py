from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.report.axes import TimeAxis, ValueAxis

FIRST = datetime(2026, 8, 22, tzinfo=UTC)


def words(*values: float, unit: str = "number") -> list[str]:
    return [tick.words for tick in ValueAxis.holding(values, unit).ticks]


def test_ticks_are_round_and_have_equally_many_decimals() -> None:
    assert words(0.03, 0.45) == ["0", "0.25", "0.50"]
    assert words(-3, 4) == ["-5", "0", "5"]
    assert words(688, 1031, unit="count") == ["600", "850", "1,100"]
    assert words(2e7, 3e7) == ["2e+07", "2.5e+07", "3e+07"]


def test_shares_begin_at_nothing_and_write_their_unit_once() -> None:
    assert words(0.22, 0.36, unit="share") == ["0", "20", "40%"]
    assert words(0.98, 1.0, unit="share") == ["0", "50", "100%"]
    assert words(0.0, unit="share") == ["0", "5", "10%"]


def test_counts_have_no_halves() -> None:
    assert words(0, 1, unit="count") == ["0", "1", "2"]
    assert words(5, unit="count") == ["5", "6", "7"]


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5),
    st.sampled_from(["share", "count", "number"]),
)
def test_an_axis_holds_what_it_is_made_for(values: list[float], unit: str) -> None:
    axis = ValueAxis.holding(values, unit)
    assert axis.low < axis.high
    assert all(0 <= axis.place(value) <= 100 for value in values)
    rim = 1e-8 * (axis.high - axis.low)
    assert all(axis.low - rim <= value <= axis.high + rim for value in values if abs(value) < 1e299)
    assert len(axis.ticks) == 3


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(), ["22 Aug"]),
        (timedelta(days=1), ["22 Aug", "23 Aug"]),
        (timedelta(days=90), ["22 Aug", "21 Sep", "21 Oct", "20 Nov"]),
        (timedelta(hours=6), ["22 Aug 00:00", "22 Aug 02:00", "22 Aug 04:00", "22 Aug 06:00"]),
        (timedelta(days=600), ["Aug 2026", "Mar 2027", "Sep 2027", "Apr 2028"]),
    ],
)
def test_dates_are_as_short_as_the_axis_allows_and_none_stands_twice(
    span: timedelta, expected: list[str]
) -> None:
    ticks = TimeAxis(FIRST, FIRST + span).ticks(4)
    assert [tick.words for tick in ticks] == expected
    assert ticks[-1].place == (100 if span else 50)
