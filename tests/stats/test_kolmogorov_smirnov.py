from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from scipy import stats as oracle

from airflow_mlmonitor.stats import Points, kolmogorov_smirnov
from tests.stats.samples import NUMBERS, means_of, quick, rng


def test_salivation_with_and_without_feedback() -> None:
    """Hollander and Wolfe, Nonparametric Statistical Methods, 1999, example 5.4: J = 6, P = .0524."""
    feedback = [-0.15, 8.60, 5.00, 3.71, 4.29, 7.74, 2.48, 3.25, -1.15, 8.38]
    none = [2.55, 12.07, 0.46, 0.35, 2.69, -0.94, 1.73, 0.73, -0.35, -0.37]
    found = kolmogorov_smirnov(Points.of(feedback), Points.of(none))
    assert found is not None
    assert found.statistic == pytest.approx(0.6)
    assert found.p_value == pytest.approx(0.0524, abs=5e-5)


@pytest.mark.parametrize("k", [3, 7, 10, 20])
def test_equal_sizes_have_the_distribution_of_gnedenko_and_korolyuk(k: int) -> None:
    n = 20
    found = kolmogorov_smirnov(Points.of(np.arange(n)), Points.of(np.arange(n) + k - 0.5))
    assert found is not None
    closed = 2 * sum((-1) ** (i - 1) * comb(2 * n, n - i * k) for i in range(1, n // k + 1)) / comb(2 * n, n)
    assert found.statistic == pytest.approx(k / n)
    assert found.p_value == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(5, 6), (7, 12), (50, 50), (99, 101), (150, 50)])
@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0])
def test_few_rows_have_the_exact_p_value_of_scipy(n: int, m: int, shift: float) -> None:
    random = rng()
    reference, current = random.normal(size=n), random.normal(shift, 1, m)
    found = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    exact = oracle.ks_2samp(reference, current, method="exact")
    assert found is not None
    assert found.statistic == pytest.approx(exact.statistic)
    assert found.p_value == pytest.approx(exact.pvalue, rel=1e-6)


@pytest.mark.parametrize(("n", "m"), [(50, 201), (100, 500), (150, 151), (150, 150), (200, 300), (500, 500)])
@pytest.mark.parametrize("shift", [0.1, 0.2, 0.3])
def test_more_rows_come_within_a_tenth_of_the_exact_p_value(n: int, m: int, shift: float) -> None:
    random = rng()
    reference, current = random.normal(size=n), random.normal(shift, 1, m)
    found = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    exact = oracle.ks_2samp(reference, current, method="exact")
    assert found is not None
    assert found.statistic == pytest.approx(exact.statistic)
    assert found.p_value == pytest.approx(exact.pvalue, rel=0.1, abs=1e-6)


@pytest.mark.parametrize(
    ("reference", "current"),
    [([1, 1, 2, 3], [2, 3, 3, 3, 4]), ([0, 0, 0, 1, 5], [0, 1, 1, 1]), ([1, 2, 2], [2, 2, 2, 3, 3, 3])],
)
def test_with_ties_the_p_value_is_that_of_all_permutations(reference: list[int], current: list[int]) -> None:
    pooled, n = np.array(reference + current), len(reference)
    grid = np.unique(pooled)

    def distance(rows: tuple[int, ...]) -> float:
        drawn = np.isin(np.arange(pooled.size), rows)
        f, g = ((pooled[part][:, None] <= grid).mean(axis=0) for part in (drawn, ~drawn))
        return float(np.abs(f - g).max())

    seen = distance(tuple(range(n)))
    all_of_them = [distance(rows) for rows in combinations(range(pooled.size), n)]
    found = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    assert found is not None
    assert found.statistic == pytest.approx(seen)
    assert found.p_value == pytest.approx(np.mean(np.array(all_of_them) >= seen - 1e-9))


@pytest.mark.parametrize("decimals", [0, 1])
def test_with_ties_more_rows_come_close_to_the_permutations(decimals: int) -> None:
    random = rng()
    reference, current = (np.round(random.normal(shift, 1, 400), decimals) for shift in (0, 0.12))
    found = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    pooled, grid = np.concatenate((reference, current)), np.unique(np.concatenate((reference, current)))
    below = pooled[:, None] <= grid
    distances = []
    for _ in range(4000):
        drawn = random.permutation(800) < 400
        distances.append(np.abs(below[drawn].mean(axis=0) - below[~drawn].mean(axis=0)).max())
    assert found is not None
    permuted = np.mean(np.array(distances) >= found.statistic - 1e-9)
    assert found.p_value == pytest.approx(permuted, rel=0.15)
    assert oracle.ks_2samp(reference, current, method="asymp").pvalue > 1.15 * permuted


@pytest.mark.parametrize("shift", [0.0, 0.05])
@pytest.mark.parametrize("shape", [np.positive, np.exp])
def test_means_of_runs_give_nearly_the_exact_statistic_and_p_value(shape: np.ufunc, shift: float) -> None:
    random = rng()
    reference, current = shape(random.normal(size=300_000)), shape(random.normal(shift, 1, 200_000))
    exact = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    found = kolmogorov_smirnov(means_of(reference), means_of(current))
    assert exact is not None
    assert found is not None
    assert found.statistic == pytest.approx(exact.statistic, abs=1.5e-4)
    assert found.p_value == pytest.approx(exact.p_value, abs=0.03)


def test_a_run_across_a_frequent_value_costs_at_most_three_runs() -> None:
    random = rng()
    reference, current = (np.maximum(random.normal(shift, 1, 200_000), 0) for shift in (0, 0.05))
    exact = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    found = kolmogorov_smirnov(means_of(reference), means_of(current))
    assert exact is not None
    assert found is not None
    assert found.statistic == pytest.approx(exact.statistic, abs=3 / 1024)


@pytest.mark.parametrize("shift", [0.1, 0.2, 0.5, 0.8])
def test_the_effect_of_a_normal_shift_is_the_shift(shift: float) -> None:
    quantiles = oracle.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    found = kolmogorov_smirnov(Points.of(quantiles), Points.of(quantiles + shift))
    assert found is not None
    assert found.effect == pytest.approx(shift, rel=0.01)


@quick
@given(NUMBERS, NUMBERS)
def test_it_is_symmetric_and_ignores_what_keeps_the_order(reference: list[int], current: list[int]) -> None:
    found = kolmogorov_smirnov(Points.of(reference), Points.of(current))
    assert found is not None
    others = [
        (Points.of(current), Points.of(reference)),
        (Points.of(np.negative(reference)), Points.of(np.negative(current))),
        (Points.of(np.exp(np.divide(reference, 5))), Points.of(np.exp(np.divide(current, 5)))),
    ]
    for pair in others:
        other = kolmogorov_smirnov(*pair)
        assert other is not None
        assert tuple(other) == pytest.approx(tuple(found), abs=1e-6)


@quick
@given(NUMBERS)
def test_a_sample_does_not_differ_from_itself(values: list[int]) -> None:
    assert kolmogorov_smirnov(Points.of(values), Points.of(values)) == (0.0, 1.0, 0.0)
