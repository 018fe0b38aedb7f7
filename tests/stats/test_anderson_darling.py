from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy import stats as oracle

from airflow_mlmonitor.stats import Points, anderson_darling
from tests.stats.samples import NUMBERS, means_of, quick, rng


def of_pettitt(reference: np.ndarray, current: np.ndarray) -> float:
    """The statistic as Pettitt writes it, for samples without ties."""
    n, m = reference.size, current.size
    i = np.arange(1, n + m)
    below = np.cumsum(np.argsort(np.concatenate((reference, current))) < n)[:-1]
    return float(np.sum((below * (n + m) - n * i) ** 2 / (i * (n + m - i))) / (n * m))


@pytest.mark.parametrize(("n", "m"), [(3, 4), (20, 50), (200, 100)])
def test_without_ties_the_statistic_is_pettitts(n: int, m: int) -> None:
    random = rng()
    reference, current = random.normal(size=n), random.normal(0.4, 2, m)
    found = anderson_darling(Points.of(reference), Points.of(current))
    assert found is not None
    assert found.statistic == pytest.approx(of_pettitt(reference, current))


@pytest.mark.parametrize(("n", "m", "shift"), [(30, 30, 0.5), (50, 300, 0.3), (200, 100, 0.2)])
@pytest.mark.parametrize("decimals", [6, 0])
def test_the_p_value_comes_close_to_the_permutations_with_ties_and_without(
    n: int, m: int, shift: float, decimals: int
) -> None:
    random = rng()
    pooled = np.round(np.concatenate((random.normal(size=n), random.normal(shift, 1, m))), decimals)
    found = anderson_darling(Points.of(pooled[:n]), Points.of(pooled[n:]))
    permuted = []
    for _ in range(2000):
        shuffled = random.permutation(pooled)
        drawn = anderson_darling(Points.of(shuffled[:n]), Points.of(shuffled[n:]))
        assert drawn is not None
        permuted.append(drawn.statistic)
    assert found is not None
    share = np.mean(np.array(permuted) >= found.statistic - 1e-9)
    assert found.p_value == pytest.approx(share, abs=0.025)


@pytest.mark.parametrize(("level", "share"), [(1.248, 0.25), (1.933, 0.10), (2.492, 0.05), (3.857, 0.01)])
def test_many_rows_have_the_percentage_points_of_anderson_and_darling(level: float, share: float) -> None:
    """Anderson and Darling, A test of goodness of fit, J. Am. Stat. Assoc. 49, 1954, table 1."""
    values = rng().normal(size=4000)
    found = [
        anderson_darling(Points.of(values[:2000]), Points.of(values[2000:] + shift))
        for shift in np.linspace(0, 0.15, 60)
    ]
    points = sorted(
        (one.statistic, one.p_value) for one in found if one is not None and one.p_value is not None
    )
    statistics, p_values = zip(*points, strict=True)
    assert np.interp(level, statistics, p_values) == pytest.approx(share, rel=0.06)


def test_means_of_runs_give_nearly_the_exact_p_value() -> None:
    random = rng()
    reference, current = random.normal(size=200_000), random.normal(0.005, 1, 200_000)
    exact = anderson_darling(Points.of(reference), Points.of(current))
    found = anderson_darling(means_of(reference), means_of(current))
    assert exact is not None
    assert found is not None
    assert found.p_value == pytest.approx(exact.p_value, abs=0.03)


@pytest.mark.parametrize("shift", [0.1, 0.2, 0.5])
def test_the_effect_of_a_normal_shift_is_the_shift(shift: float) -> None:
    quantiles = oracle.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    found = anderson_darling(Points.of(quantiles), Points.of(quantiles + shift))
    assert found is not None
    assert found.effect == pytest.approx(shift, rel=0.03)


@quick
@given(NUMBERS, NUMBERS)
def test_it_is_symmetric_and_the_same_upside_down(reference: list[int], current: list[int]) -> None:
    found = anderson_darling(Points.of(reference), Points.of(current))
    assert found is not None
    swapped = anderson_darling(Points.of(current), Points.of(reference))
    upside_down = anderson_darling(Points.of(np.negative(reference)), Points.of(np.negative(current)))
    for other in (swapped, upside_down):
        assert other is not None
        assert tuple(other) == pytest.approx(tuple(found), abs=1e-6)
