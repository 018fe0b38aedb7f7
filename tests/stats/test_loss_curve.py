"""The course of a loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats.loss_curve import improvement, oscillation, plateau, rise, smoothed

losses = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40).map(np.array)


@given(losses)
def test_smoothing_stays_within_the_values_and_keeps_a_steady_fall(values: np.ndarray) -> None:
    found = smoothed(values)
    assert found.size == values.size
    assert values.min() <= found.min() <= found.max() <= values.max()
    falling = np.sort(values)[::-1]
    assert (np.diff(smoothed(falling)) <= 0).all()


@given(losses, st.floats(0.5, 100))
def test_what_is_measured_does_not_depend_on_the_unit(values: np.ndarray, unit: float) -> None:
    one, other = rise(values), rise(unit * values)
    assert one is not None
    assert other is not None
    assert other.factor == pytest.approx(one.factor)
    assert improvement(unit * values) == pytest.approx(improvement(values))
    swing = oscillation(values)
    assert oscillation(unit * values) == (None if swing is None else pytest.approx(swing, abs=1e-9))


@given(losses)
def test_a_loss_that_falls_never_rose(values: np.ndarray) -> None:
    found = rise(np.sort(values)[::-1])
    assert found is not None
    assert found.factor == 1.0
    assert plateau(np.arange(float(values.size)), values) <= 1


def test_noise_around_almost_nothing_is_no_rise() -> None:
    found = rise(np.array([1.0, 1e-9, 5e-6]))
    assert found is not None
    assert found.factor == 1.0


def test_a_loss_below_0_is_not_measured_by_factors() -> None:
    assert rise(np.array([1.0, -0.5, 0.2])) is None
    assert rise(np.array([])) is None


def test_a_rise_begins_where_the_loss_left_its_best() -> None:
    found = rise(np.array([2.0, 1.0, 0.3, 0.31, 0.4, 3.0, 90.0, 1.0]))
    assert found == pytest.approx((300.0, 4, 6))
    last = rise(np.array([2.0, 1.0, 0.3, 90.0, 0.6]), -1)
    assert last == pytest.approx((2.0, 2, 4))


def test_a_loss_that_stands_still_from_the_start_never_gained() -> None:
    steps = np.arange(5.0)
    assert plateau(steps, np.array([1.0, 2, 2, 2, 2])) == 1.0
    assert improvement(np.zeros(3)) == 0.0
    assert plateau(np.array([3.0]), np.array([1.0])) == 0.0
