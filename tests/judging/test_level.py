"""Level, rhythm and memory of series, and the evidence that they have changed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.judging.learned.change import Shapes, began, evidence
from airflow_mlmonitor.judging.learned.level import Level
from airflow_mlmonitor.judging.learned.weeks import Weeks

SHAPES = Shapes(steps=(0.2, 0.4), ramps=(0.02,), begins=(5, 10))


def noise(seed: int, runs: int, many: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((runs, many)) * 0.1


def test_finds_the_rhythm_of_the_week_through_outliers() -> None:
    weekdays = np.arange(140) % 7
    rhythm = np.array([0.0, 0.1, 0.2, 0.3, 0.2, -0.5, -0.6])
    y = 3 + rhythm[weekdays][:, None] + noise(1, 140) * 0.2
    y[::17] += 5
    level = Level.of(y, weekdays, 0.01)
    assert level.usual[:7] == pytest.approx(3 + np.tile(rhythm[:, None], 3), abs=0.05)
    assert (level.scale < 0.1).all()


def test_does_not_invent_a_rhythm() -> None:
    level = Level.of(noise(2, 70), np.arange(70) % 7, 0.01)
    assert np.ptp(level.usual[:7], axis=0) == pytest.approx(0, abs=0.1)


def test_a_class_never_seen_is_at_the_level() -> None:
    y = 2 + noise(3, 50)
    level = Level.of(y, np.arange(50) % 5, 0.01)
    assert level.residuals(y[:1] * 0 + 2, np.array([6])) == pytest.approx(0, abs=0.1)


def test_sees_how_much_a_run_remembers() -> None:
    y = noise(4, 400, 1)
    for run in range(1, 400):
        y[run] += 0.7 * y[run - 1]
    level = Level.of(y, np.zeros(400, dtype=int), 0.01)
    assert level.phi == pytest.approx(0.7, abs=0.12)
    assert level.sigma == pytest.approx(0.1, abs=0.02)


def test_a_constant_series_has_the_spread_that_is_believed() -> None:
    level = Level.of(np.full((30, 1), 4.0), np.arange(30) % 7, 0.01)
    assert level.usual[:7] == pytest.approx(4.0)
    assert level.scale == pytest.approx(0.01)


@given(st.integers(0, 100), st.floats(-50, 50))
def test_evidence_does_not_depend_on_where_a_series_is(seed: int, shift: float) -> None:
    y, classes, ways = noise(seed, 60), np.arange(60) % 7, np.zeros(3, dtype=int)
    found = []
    for moved in (y, y + shift):
        level = Level.of(moved[:-10], classes[:-10], 0.01)
        found.append(evidence(level.residuals(moved[-11:], classes[-11:]), level, SHAPES, ways))
    assert found[0] == pytest.approx(found[1], abs=1e-6)


@given(st.integers(0, 100))
def test_up_and_down_are_mirror_images(seed: int) -> None:
    y, classes = noise(seed, 60), np.arange(60) % 7
    found = []
    for sign in (1, -1):
        level = Level.of(sign * y[:-10], classes[:-10], 0.01)
        residual = level.residuals(sign * y[-11:], classes[-11:])
        found.append(evidence(residual, level, SHAPES, np.full(3, sign)))
    # The rounds begin at an order statistic, which of an even number of runs is the upper middle one.
    assert found[0] == pytest.approx(found[1], abs=0.05)


def test_ways_of_one_series_do_not_touch_another() -> None:
    y, classes = noise(5, 60), np.arange(60) % 7
    level = Level.of(y[:-10], classes[:-10], 0.01)
    residual = level.residuals(y[-11:], classes[-11:])
    mixed = evidence(residual, level, SHAPES, np.array([1, -1, 0]))
    for place, way in enumerate([1, -1, 0]):
        assert mixed[place] == pytest.approx(evidence(residual, level, SHAPES, np.full(3, way))[place])


def test_evidence_grows_by_one_a_run_where_nothing_changes() -> None:
    classes, sums = np.zeros(90, dtype=int), []
    for seed in range(20):
        y = np.random.default_rng(seed).standard_t(5, (90, 50)) * 0.1
        level = Level.of(y[:-20], classes[:-20], 0.01)
        found = evidence(level.residuals(y[-21:], classes[-21:]), level, SHAPES, np.zeros(50, dtype=int))
        sums.append(np.exp(np.minimum(found, np.log(1000))).mean())
    assert np.mean(sums) < 2 * 20


def test_tells_when_a_ramp_began() -> None:
    y, classes = noise(6, 80, 1) * 0.1, np.zeros(80, dtype=int)
    y[-10:, 0] += 0.02 * np.arange(1, 11)
    level = Level.of(y[:-14], classes[:-14], 0.01)
    assert 6 <= began(level.residuals(y[-15:], classes[-15:]), level, SHAPES, 1) <= 11


def test_a_week_is_held_against_three() -> None:
    y = noise(7, 120) * 0.3
    quiet = Weeks.of(y, np.full(3, 0.03))
    y[-7:, 0] += 0.3
    moved = Weeks.of(y, np.full(3, 0.03))
    assert quiet is not None
    assert moved is not None
    assert np.abs(quiet.deviation()).max() < 4
    assert moved.deviation()[0] > 8
    assert np.abs(moved.deviation()[1:]).max() < 4
    assert Weeks.of(y[:60], np.full(3, 0.03)) is None
