from __future__ import annotations

import pytest
from hypothesis import given
from scipy import stats as oracle

from airflow_mlmonitor.stats import Points, Wasserstein, wasserstein
from tests.stats.samples import NUMBERS, means_of, quick, rng


@quick
@given(NUMBERS, NUMBERS)
def test_it_is_scipys_in_either_direction(reference: list[int], current: list[int]) -> None:
    expected = oracle.wasserstein_distance(reference, current)
    for pair in ((reference, current), (current, reference)):
        found = wasserstein(Points.of(pair[0]), Points.of(pair[1]))
        assert found is not None
        assert found.raw == pytest.approx(expected, abs=1e-12)


def test_a_shift_is_its_own_distance_whatever_the_shape() -> None:
    values = rng().lognormal(size=5_000)
    found = wasserstein(Points.of(values), Points.of(values + 0.25))
    assert found is not None
    assert found.raw == pytest.approx(0.25)
    assert found.normed == pytest.approx(0.25 / values.std())


def test_the_standard_deviation_may_be_given() -> None:
    assert wasserstein(Points.of([0, 1, 3]), Points.of([5, 6, 8]), sd=2.0) == Wasserstein(5.0, 2.5)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "exponential"])
def test_means_of_runs_are_off_by_less_than_a_thousandth_of_a_standard_deviation(shape: str) -> None:
    draw = getattr(rng(), shape)
    reference, current = draw(size=200_000), 1.03 * draw(size=150_000)
    exact = wasserstein(Points.of(reference), Points.of(current))
    found = wasserstein(means_of(reference), means_of(current), sd=float(reference.std()))
    assert exact is not None
    assert found is not None
    assert found.normed == pytest.approx(exact.normed, abs=1e-3)


def test_a_constant_reference_has_no_normed_distance() -> None:
    assert wasserstein(Points.of([4, 4]), Points.of([5])) == Wasserstein(1.0, None)


def test_a_distance_beyond_the_largest_float_is_not_told() -> None:
    assert wasserstein(Points.of([-1.7e308]), Points.of([1.7e308])) is None
