"""The range in which a series has been."""

from __future__ import annotations

import math
import sys
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.checks.metric import Scale, Worse
from airflow_mlmonitor.judging.band import ENOUGH, FEW, Band
from airflow_mlmonitor.store.history import State
from tests.judging.past import points

LARGEST = sys.float_info.max
SCALES = get_args(Scale)
shares = st.floats(0, 1)
positive = st.floats(0, LARGEST)
anything = st.floats(-LARGEST, LARGEST)
of_scale = {"share": shares, "count": positive, "log": positive, "distance": positive, "location": anything}
quick = settings(deadline=None, max_examples=100)


def band(values: list[float | None], scale: Scale = "location", states: list[State] | None = None) -> Band:
    found = Band.of(points(values, states or []), scale)
    assert found is not None
    return found


@quick
@given(st.data(), st.sampled_from(SCALES))
def test_what_was_there_before_is_inside_and_the_ends_are_finite(data: st.DataObject, scale: Scale) -> None:
    values: list[float | None] = data.draw(st.lists(of_scale[scale], min_size=FEW, max_size=2 * ENOUGH))
    found = band(values, scale)
    assert all(math.isfinite(end) for end in (found.lower, found.upper))
    for value in values:
        assert value is not None
        assert found.lower <= value <= found.upper
        assert found.beyond(value) == 0
    if scale == "share":
        assert 0 <= found.lower <= found.upper <= 1
    if scale in ("count", "log"):
        assert found.lower >= 0


@quick
@given(st.data(), st.sampled_from(SCALES), st.sampled_from(get_args(Worse)))
def test_how_far_out_is_finite_and_grows(data: st.DataObject, scale: Scale, worse: Worse) -> None:
    values: list[float | None] = data.draw(st.lists(of_scale[scale], min_size=FEW, max_size=2 * ENOUGH))
    near, far = sorted(data.draw(st.tuples(anything, anything)), key=abs)
    found = band(values, scale)
    for value in (near, far):
        assert 0 <= found.beyond(value, worse) <= 100
        assert (found.beyond(value, worse) > 0) == (
            (value > found.upper and worse != "down") or (value < found.lower and worse != "up")
        )
    if (near > 0) == (far > 0):
        outward: Worse = "up" if far > 0 else "down"
        assert found.beyond(far, outward) >= found.beyond(near, outward)


@pytest.mark.parametrize("value", [0.3, 0.1, 1 / 3, 0.0, 1.0])
@pytest.mark.parametrize("scale", SCALES)
def test_a_constant_series_is_never_outside_of_itself(value: float, scale: Scale) -> None:
    found = band([value] * ENOUGH, scale)
    assert found.beyond(value) == 0
    assert found.lower == pytest.approx(value)
    assert found.upper == pytest.approx(value)


def test_the_range_is_widened_by_half_and_doubled_while_the_series_is_young() -> None:
    old = band([float(number % 5) for number in range(ENOUGH)])
    assert (old.lower, old.upper, old.runs) == (-2.0, 6.0, ENOUGH)
    young = band([float(number % 5) for number in range(ENOUGH - 1)])
    assert (young.lower, young.upper) == (-4.0, 8.0)


def test_counts_are_widened_by_factors_and_shares_where_they_are_rare_by_little() -> None:
    rows = band([900.0, 1_000.0] * 7, "count")
    assert rows.upper == pytest.approx(1_000 * math.sqrt(1_000 / 900), rel=1e-3)
    young = band([900.0, 1_000.0, 950.0], "count")
    assert young.upper == pytest.approx(2 * 1_000 * 1_000 / 900, rel=1e-2)
    assert band([0.0, 0.01] * 7, "share").upper == pytest.approx(0.0224, abs=1e-3)
    assert band([0.0, 1.0] * 7, "share").lower == 0


def test_extremes_are_told_with_their_runs() -> None:
    found = band([3.0, 9.0, 1.0, 4.0])
    assert (found.highest.value, found.highest.run.window.label) == (9.0, "2013-01-02")
    assert (found.lowest.value, found.lowest.run.window.label) == (1.0, "2013-01-03")


@pytest.mark.parametrize("state", [State.BAD, State.ALERT])
def test_alerts_and_bad_runs_widen_nothing(state: State) -> None:
    quiet: list[float | None] = [1.0, 2.0, 3.0]
    assert band([99.0, -99.0, *quiet], states=[state, state]) == band([None, None, *quiet])
    assert Band.of(points([99.0, 1.0, 2.0], [state]), "location") is None


def test_accepted_runs_do() -> None:
    assert band([99.0, 1.0, 2.0], states=[State.ACCEPTED]).highest.value == 99.0


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [None] * 20, [1.0, None, 2.0, None]])
def test_less_than_three_values_make_no_band(values: list[float | None]) -> None:
    assert Band.of(points(values), "location") is None


def test_direction_counts() -> None:
    found = band([1.0, 2.0, 3.0] * 5)
    assert (found.lower, found.upper) == (0.0, 4.0)
    assert found.beyond(8.0) == found.beyond(8.0, "up") == 2.0
    assert found.beyond(8.0, "down") == 0.0
    assert found.beyond(-4.0, "down") == 2.0
    assert found.beyond(-4.0, "up") == 0.0
    assert found.beyond(1e300) == 100.0
