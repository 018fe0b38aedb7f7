"""Whatever comes in, nothing that is NaN or infinite comes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor import stats
from airflow_mlmonitor.stats import Moments, Points

OF_POINTS = [stats.kolmogorov_smirnov, stats.anderson_darling, stats.kruskal_wallis, stats.wasserstein]
OF_COUNTS = [
    stats.chi_square,
    stats.psi,
    stats.jensen_shannon,
    stats.hellinger,
    stats.total_variation,
    stats.l_infinity,
    stats.standardised_effect,
    stats.cramers_v,
]
OF_MOMENTS = [stats.welch_t, stats.cohens_d]

POINTS = {
    "none": Points.of([]),
    "one": Points.of([2.5]),
    "one, often": Points.of([7] * 400),
    "two": Points.of([1, 2]),
    "huge": Points.of([-1.7e308, 1.7e308]),
    "tiny": Points.of([0.0, 5e-324]),
    "close": Points.of([1.0, np.nextafter(1.0, 2.0)]),
    "many": Points.of(np.arange(1000)),
    "one mean": Points(np.array([3.0]), np.array([9.0]), np.array([False])),
    "means": Points(
        np.array([-1.7e308, 0.0, 1e308]), np.array([9.0, 1.0, 5.0]), np.array([False, True, False])
    ),
    "close means": Points(
        np.array([1.0, np.nextafter(1.0, 2.0)]), np.array([1e9, 1.0]), np.array([False, False])
    ),
}
COUNTS = {
    "none": [0, 0, 0],
    "one row": [0, 1, 0],
    "one category": [0, 90, 0],
    "few": [1, 2, 1],
    "fractions": [0.3, 1.2, 7.5],
    "billions": [4e9, 1, 0],
    "equal": [500, 500, 500],
}
MOMENTS = {
    "none": Moments(0, 0.0, 0.0),
    "one": Moments(1, 3.0, 0.0),
    "constant": Moments(50, 3.0, 0.0),
    "huge": Moments(50, 1.7e308, 1.7e308),
    "tiny": Moments(50, 3.0, 5e-324),
    "usual": Moments(50, -2.0, 3.0),
}


def numbers(found: Any) -> Iterator[float]:
    if isinstance(found, tuple):
        for part in found:
            yield from numbers(part)
    elif found is not None:
        yield found


def name(function: Callable[..., Any]) -> str:
    return function.__name__


@pytest.mark.parametrize("function", OF_POINTS, ids=name)
@pytest.mark.parametrize("current", POINTS)
@pytest.mark.parametrize("reference", POINTS)
def test_of_points(function: Callable[..., Any], reference: str, current: str) -> None:
    found = function(POINTS[reference], POINTS[current])
    assert all(map(math.isfinite, numbers(found)))
    if "none" in {reference, current}:
        assert found is None


@pytest.mark.parametrize("function", OF_COUNTS, ids=name)
@pytest.mark.parametrize("current", COUNTS)
@pytest.mark.parametrize("reference", COUNTS)
def test_of_counts(function: Callable[..., Any], reference: str, current: str) -> None:
    found = function(COUNTS[reference], COUNTS[current])
    assert all(map(math.isfinite, numbers(found)))
    assert (found is None) == ("none" in {reference, current})


@pytest.mark.parametrize("function", OF_MOMENTS, ids=name)
@pytest.mark.parametrize("current", MOMENTS)
@pytest.mark.parametrize("reference", MOMENTS)
def test_of_moments(function: Callable[..., Any], reference: str, current: str) -> None:
    found = function(MOMENTS[reference], MOMENTS[current])
    assert all(map(math.isfinite, numbers(found)))


@pytest.mark.parametrize("current", MOMENTS)
@pytest.mark.parametrize("expected", [0.0, -1.7e308])
def test_of_one_mean(expected: float, current: str) -> None:
    assert all(map(math.isfinite, numbers(stats.mean_within_standard_error(expected, MOMENTS[current]))))


@pytest.mark.parametrize("p_values", [[], [None], [0.0], [1.0, None], [0.0, 0.0]])
def test_of_p_values(p_values: list[float | None]) -> None:
    found = stats.benjamini_hochberg(p_values)
    assert found == p_values
