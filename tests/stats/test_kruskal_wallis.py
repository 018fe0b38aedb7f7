from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats as oracle

from airflow_mlmonitor.stats import Points, kruskal_wallis
from tests.stats.samples import NUMBERS, means_of, quick, rng


def test_three_machines_that_make_bottle_caps() -> None:
    """Kruskal and Wallis, J. Am. Stat. Assoc. 47, 1952, table 1.1: H = 5.656."""
    found = kruskal_wallis(
        Points.of([340, 345, 330, 342, 338]), Points.of([339, 333, 344]), Points.of([347, 343, 349, 355])
    )
    assert found is not None
    assert found.statistic == pytest.approx(5.656, abs=5e-4)


@quick
@given(st.lists(NUMBERS, min_size=2, max_size=5))
def test_it_is_scipys_whatever_the_ties(samples: list[list[int]]) -> None:
    assume(len({value for sample in samples for value in sample}) > 1)
    expected = oracle.kruskal(*samples)
    found = kruskal_wallis(*map(Points.of, samples))
    assert found is not None
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-6)


def test_of_two_samples_it_is_the_test_of_mann_and_whitney() -> None:
    random = rng()
    reference, current = random.poisson(3, 80), random.poisson(4, 50)
    expected = oracle.mannwhitneyu(reference, current, use_continuity=False, method="asymptotic")
    found = kruskal_wallis(Points.of(reference), Points.of(current))
    assert found is not None
    assert found.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("shift", [0.1, 0.5, 0.8])
def test_the_effect_of_a_normal_shift_is_the_shift(shift: float) -> None:
    quantiles = oracle.norm.ppf((np.arange(5_000) + 0.5) / 5_000)
    samples = [Points.of(quantiles + part * shift) for part in (0.0, 0.4, 1.0)]
    for found in (kruskal_wallis(*samples), kruskal_wallis(samples[2], samples[0])):
        assert found is not None
        assert found.effect == pytest.approx(shift, rel=0.03)


def test_means_of_runs_give_nearly_the_exact_p_value() -> None:
    random = rng()
    reference, current = random.exponential(size=200_000), random.exponential(1.004, 200_000)
    exact = kruskal_wallis(Points.of(reference), Points.of(current))
    found = kruskal_wallis(means_of(reference), means_of(current))
    assert exact is not None
    assert found is not None
    assert found.p_value == pytest.approx(exact.p_value, abs=0.01)


def test_empty_samples_are_left_out() -> None:
    one, two = Points.of([1, 2, 2]), Points.of([2, 3, 4])
    assert kruskal_wallis(one, Points.of([]), two) == kruskal_wallis(one, two)
    assert kruskal_wallis(one, Points.of([])) is None
