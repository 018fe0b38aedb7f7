from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import stats as oracle
from scipy.spatial import distance

from airflow_mlmonitor.stats import bin_counts, jensen_shannon, psi, quantile_edges
from airflow_mlmonitor.stats.points import Points
from tests.stats.samples import COUNTS, quick, rng


def by_hand(a: np.ndarray, b: np.ndarray) -> float:
    p, q = a / a.sum(), b / b.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def test_psi_is_what_its_definition_says() -> None:
    a, b = np.array([100, 200, 300, 400]), np.array([30, 45, 60, 65])
    found = psi(a, b)
    assert found is not None
    assert found.statistic == pytest.approx(by_hand(a, b))


def test_an_empty_category_counts_as_half_a_row() -> None:
    found = psi([50, 50, 0], [60, 30, 10])
    assert found is not None
    p, q = np.array([0.5, 0.5, 0.005]), np.array([0.6, 0.3, 0.1])
    assert found.statistic == pytest.approx(float(np.sum((q - p) * np.log(q / p))))


@quick
@given(COUNTS)
def test_the_jensen_shannon_distance_is_scipys_in_base_2(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = jensen_shannon(a, b)
    assert found is not None
    if np.allclose(a / a.sum(), b / b.sum()):
        assert found.statistic == pytest.approx(0, abs=1e-7)
    else:
        assert found.statistic == pytest.approx(distance.jensenshannon(a, b, base=2), abs=1e-9)


def test_samples_with_nothing_in_common_are_at_distance_1() -> None:
    """As in scipy's own documentation: jensenshannon([1, 0, 0], [0, 1, 0], 2.0) is 1."""
    found = jensen_shannon([5, 0, 0], [0, 7, 0])
    assert found is not None
    assert found.statistic == 1.0


@pytest.mark.parametrize(("bins", "n", "m"), [(10, 10_000, 10_000), (10, 100_000, 5_000), (4, 2_000, 2_000)])
def test_psi_has_the_critical_values_of_its_limiting_distribution(bins: int, n: int, m: int) -> None:
    """B. Yurdakul, Statistical Properties of Population Stability Index, 2018: (1/n + 1/m) times chi-square."""
    critical = (1 / n + 1 / m) * oracle.chi2.isf(0.05, bins - 1)
    equal = np.full(bins, n / bins)
    tilt = np.linspace(-1, 1, bins)

    def shifted(size: float) -> np.ndarray:
        return m / bins * (1 + size * tilt)

    low, high = 0.0, 0.9
    for _ in range(60):  # a tilt whose PSI is the critical value
        middle = (low + high) / 2
        low, high = (middle, high) if by_hand(equal, shifted(middle)) < critical else (low, middle)
    for test in (psi, jensen_shannon):
        found = test(equal, shifted(low))
        assert found is not None
        assert found.p_value == pytest.approx(0.05, abs=0.004)


@pytest.mark.parametrize("test", [psi, jensen_shannon])
@pytest.mark.parametrize("shift", [0.1, 0.2, 0.5])
def test_the_effect_of_a_normal_shift_is_nearly_the_shift(test: object, shift: float) -> None:
    quantiles = oracle.norm.ppf((np.arange(50_000) + 0.5) / 50_000)
    reference, current = Points.of(quantiles), Points.of(quantiles + shift)
    edges = quantile_edges(reference)
    found = test(bin_counts(reference, edges), bin_counts(current, edges))  # type: ignore[operator]
    assert found.effect == pytest.approx(shift, rel=0.06)


@pytest.mark.parametrize("test", [psi, jensen_shannon])
def test_rare_categories_do_not_make_a_change_out_of_nothing(test: object) -> None:
    random = rng()
    chances = 1 / np.arange(1, 201)
    chances /= chances.sum()
    found = [test(random.multinomial(100, chances), random.multinomial(100, chances)) for _ in range(300)]  # type: ignore[operator]
    assert np.mean([one.p_value <= 0.05 for one in found]) < 0.09
    assert np.median([one.effect for one in found]) < 0.1


@pytest.mark.parametrize("test", [psi, jensen_shannon])
def test_too_few_rows_for_two_groups_give_no_p_value(test: object) -> None:
    found = test([5, 5], [4, 6])  # type: ignore[operator]
    assert found.statistic > 0
    assert found.p_value is None
    assert found.effect is None


@quick
@given(COUNTS)
def test_both_are_symmetric_and_ignore_the_order_of_categories(pairs: list[tuple[int, int]]) -> None:
    a, b = zip(*pairs, strict=True)
    for test in (psi, jensen_shannon):
        found, swapped, reversed_ = test(a, b), test(b, a), test(a[::-1], b[::-1])
        assert found is not None
        assert swapped is not None
        assert reversed_ is not None
        assert swapped.statistic == pytest.approx(found.statistic, abs=1e-7)
        assert reversed_.statistic == pytest.approx(found.statistic, abs=1e-7)
        assert (swapped.p_value is None) == (found.p_value is None)
        assert swapped.p_value is None or math.isclose(swapped.p_value, found.p_value or 0, abs_tol=1e-6)
