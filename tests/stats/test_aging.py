"""How fast a number falls with age: what is found, what is not claimed, and how honest the interval is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats.aging import Aging, Array, aging

AGE = np.arange(1.0, 29.0)


def lives(
    seed: int,
    *,
    slope: float,
    count: int = 3,
    likeness: float = 0.0,
    calendar: float = 0.0,
    level: float = 0.01,
) -> list[tuple[Array, Array]]:
    """Generations of 28 days that differ in level, with noise whose neighbours may be alike."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        noise = random.normal(0, 0.01, AGE.size)
        for day in range(1, AGE.size):
            noise[day] = likeness * noise[day - 1] + np.sqrt(1 - likeness**2) * noise[day]
        moved = calendar * (number * AGE.size + AGE)
        found.append((AGE, 0.8 + random.normal(0, level) + slope * AGE + moved + noise))
    return found


def found_in(generations: list[tuple[Array, Array]]) -> Aging:
    found = aging(generations)
    assert found is not None
    return found


def test_the_slope_of_exact_lines_is_exact_whatever_their_levels() -> None:
    found = found_in([(AGE, level - 0.002 * AGE) for level in (0.8, 0.79, 0.81)])
    assert found.slope == pytest.approx(-0.002)
    assert (found.lower, found.upper) == (pytest.approx(-0.002), pytest.approx(-0.002))
    assert (found.generations, found.points, found.span) == (3, 84, 28.0)


def test_a_fifth_of_the_points_may_be_anything() -> None:
    generations = lives(1, slope=-0.002)
    spoilt = [(age, np.where(np.arange(age.size) % 5 == 3, 0.1, values)) for age, values in generations]
    assert found_in(spoilt).slope == pytest.approx(-0.002, abs=0.0008)


@pytest.mark.parametrize("likeness", [0.0, 0.5])
def test_intervals_hold_the_truth_and_nothing_is_claimed_where_nothing_falls(likeness: float) -> None:
    told = [aging(lives(seed, slope=-0.002, likeness=likeness)) for seed in range(200)]
    held = [found.lower <= -0.002 <= found.upper for found in told if found]
    assert len(held) > 180
    assert np.mean(held) > 0.9
    idle = [aging(lives(seed, slope=0.0, likeness=likeness)) for seed in range(200)]
    assert np.mean([found is not None for found in idle]) < 0.08


def test_what_falls_with_the_calendar_is_not_blamed_on_age() -> None:
    told = [aging(lives(seed, slope=0.0, calendar=-0.002)) for seed in range(100)]
    assert np.mean([found is not None for found in told]) < 0.05


@pytest.mark.parametrize(
    "generations",
    [
        [],
        [(AGE, 0.8 - 0.002 * AGE)],
        [(AGE, 0.8 - 0.002 * AGE), (AGE[:5], 0.8 - 0.002 * AGE[:5])],
        [(AGE * 0, AGE), (AGE * 0, AGE)],
        [(AGE, AGE * 0 + 0.8)] * 3,
    ],
)
def test_too_little_says_nothing(generations: list[tuple[Array, Array]]) -> None:
    assert aging(generations) is None


@given(st.integers(0, 50), st.floats(0.01, 100), st.floats(-10, 10))
def test_units_do_not_matter(seed: int, factor: float, moved: float) -> None:
    generations = lives(seed, slope=-0.004)
    found = found_in(generations)
    other = found_in([(age, moved + factor * values) for age, values in generations])
    assert other.slope == pytest.approx(factor * found.slope)
    assert other.lower == pytest.approx(factor * found.lower)
    slower = found_in([(age * 7, values) for age, values in generations])
    assert slower.slope == pytest.approx(found.slope / 7)
