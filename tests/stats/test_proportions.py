from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from airflow_mlmonitor.stats import cohens_h, two_proportions
from airflow_mlmonitor.stats.proportions import Alternative
from tests.stats.samples import quick


def p_value(before: int, n: int, now: int, m: int, alternative: Alternative = "two-sided") -> float:
    found = two_proportions(before, n, now, m, alternative)
    assert found is not None
    assert found.p_value is not None
    return found.p_value


def test_a_lady_tasting_tea() -> None:
    """Agresti, Categorical Data Analysis, 2002, 3.5.2 and 3.5.6: one-sided P = .243, mid-P = .129."""
    assert p_value(1, 4, 3, 4, "greater") == pytest.approx(0.129, abs=5e-4)
    assert oracle.fisher_exact(np.array([[3, 1], [1, 3]]), "greater").pvalue == pytest.approx(0.243, abs=5e-4)


def test_aspirin_and_heart_attacks() -> None:
    """Agresti, Categorical Data Analysis, 2002, table 2.1: z squared is Pearson's 25.01."""
    found = two_proportions(189, 11_034, 104, 11_037)
    assert found is not None
    assert found.statistic == pytest.approx(-(25.01**0.5), abs=1e-3)
    assert found.effect == pytest.approx(cohens_h(189 / 11_034, 104 / 11_037))


SMALL = st.integers(1, 49).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@quick
@given(SMALL, SMALL)
def test_small_counts_have_the_mid_p_value_of_fishers_test(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    (before, n), (now, m) = one, other
    if not 0 < before + now < n + m:
        assert p_value(before, n, now, m) == 1.0
        return
    margins = oracle.hypergeom(n + m, before + now, m)
    chances = margins.pmf(np.arange(m + 1))
    own = chances[now]
    ties = np.isclose(chances, own, rtol=1e-7, atol=0)
    assert p_value(before, n, now, m) == pytest.approx(
        chances[(chances < own) & ~ties].sum() + chances[ties].sum() / 2
    )
    assert p_value(before, n, now, m, "greater") == pytest.approx(chances[now + 1 :].sum() + own / 2)
    assert p_value(before, n, now, m, "less") == pytest.approx(chances[:now].sum() + own / 2)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_large_counts_have_the_p_value_of_the_score_test(alternative: Alternative) -> None:
    found = two_proportions(400, 1000, 450, 1000, alternative)
    z = 0.05 / np.sqrt(0.425 * 0.575 * 2 / 1000)
    tails = {"two-sided": 2 * oracle.norm.sf(z), "greater": oracle.norm.sf(z), "less": oracle.norm.cdf(z)}
    assert found is not None
    assert found[:2] == pytest.approx((z, tails[alternative]))


@quick
@given(SMALL, SMALL)
def test_swapping_samples_or_the_property_turns_the_sides_round(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    (before, n), (now, m) = one, other
    greater = p_value(before, n, now, m, "greater")
    assert p_value(now, m, before, n, "less") == pytest.approx(greater, abs=1e-12)
    assert p_value(n - before, n, m - now, m, "less") == pytest.approx(greater, abs=1e-12)
    assert p_value(now, m, before, n) == pytest.approx(p_value(before, n, now, m), abs=1e-12)


def test_few_in_very_many_are_quick_and_exact() -> None:
    poisson = oracle.poisson(20 / 2)  # the limit of 20 rows that fall into either half of a billion
    expected = 2 * (poisson_binomial := oracle.binom(20, 0.5)).cdf(3) - poisson_binomial.pmf(3)
    assert p_value(3, 500_000_000, 17, 500_000_000) == pytest.approx(expected, rel=1e-4)
    assert poisson.mean() == 10


@pytest.mark.parametrize("share", [0.002, 0.01, 0.03, 0.1])
@pytest.mark.parametrize(("n", "m"), [(50, 50), (50, 300), (300, 50), (20, 5)])
def test_however_rare_the_property_it_does_not_cry_wolf(share: float, n: int, m: int) -> None:
    """The false-positive rate, added up over every pair of counts that matters."""
    one, other = oracle.binom(n, share), oracle.binom(m, share)
    for alternative in ("two-sided", "greater", "less"):
        rate = sum(
            one.pmf(before) * other.pmf(now)
            for before in range(int(one.isf(1e-4)) + 1)
            for now in range(int(other.isf(1e-4)) + 1)
            if p_value(before, n, now, m, alternative) <= 0.05
        )
        assert rate < 0.07


def test_a_sample_without_rows_says_nothing() -> None:
    assert two_proportions(0, 0, 3, 5) is None
    assert two_proportions(3, 5, 0, 0) is None
