from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy import stats as oracle

from airflow_mlmonitor.stats import chi_square
from tests.stats.samples import COUNTS, quick, rng


def test_party_identification_by_gender() -> None:
    """Agresti, An Introduction to Categorical Data Analysis, 2007, table 2.5: 30.07 with 2 degrees of freedom."""
    found = chi_square([762, 327, 468], [484, 239, 477])
    assert found is not None
    assert found.statistic == pytest.approx(30.07, abs=5e-3)
    assert found.p_value == pytest.approx(oracle.chi2.sf(30.07, 2), rel=1e-3)


def test_aspirin_and_heart_attacks() -> None:
    """Agresti, Categorical Data Analysis, 2002, table 2.1: Pearson's statistic is 25.01."""
    found = chi_square([189, 11_034 - 189], [104, 11_037 - 104])
    assert found is not None
    assert found.statistic == pytest.approx(25.01, abs=5e-3)


@pytest.mark.parametrize("size", [2, 5, 30])
@pytest.mark.parametrize("m", [300, 100_000])
def test_without_rare_categories_it_is_scipys(size: int, m: int) -> None:
    random = rng()
    chances = random.dirichlet(np.full(size, 20))
    table = np.array([random.multinomial(1000, chances), random.multinomial(m, chances)])
    assert oracle.contingency.expected_freq(table).min() >= 5
    expected = oracle.chi2_contingency(table, correction=False)
    found = chi_square(*table)
    assert found is not None
    assert found[:2] == pytest.approx((expected.statistic, expected.pvalue))


def test_a_category_never_seen_before_counts_though_few_rows_have_it() -> None:
    reference = [60_000, 40_000, 0]
    same, new = chi_square(reference, [30, 20, 0]), chi_square(reference, [28, 18, 4])
    assert same is not None
    assert same.p_value == pytest.approx(1)
    assert new is not None
    assert new.p_value is not None
    assert new.p_value < 1e-6


def test_two_shares_too_rare_for_pearson_get_the_exact_p_value() -> None:
    table = np.array([[999, 1], [994, 6]])
    found = chi_square(*table)
    exact = oracle.fisher_exact(table).pvalue
    own = oracle.hypergeom.pmf(1, 2000, 7, 1000)
    assert found is not None
    assert found.p_value == pytest.approx(exact - own, rel=1e-6)  # mid-p: both tables as likely count half


def test_so_few_rows_that_every_category_is_rare_still_give_a_p_value() -> None:
    found = chi_square([3, 1, 0, 0], [0, 0, 1, 3])
    assert found is not None
    assert found.p_value is not None
    assert 0.02 < found.p_value < 0.3


@pytest.mark.parametrize("n", [1000, 1_000_000])
def test_the_effect_does_not_depend_on_the_rows(n: int) -> None:
    found = chi_square(np.array([0.5, 0.3, 0.2]) * n, np.array([0.4, 0.35, 0.25]) * n)
    assert found is not None
    assert found.effect == pytest.approx(0.2, abs=0.02)


@quick
@given(COUNTS)
def test_it_is_symmetric(pairs: list[tuple[int, int]]) -> None:
    a, b = zip(*pairs, strict=True)
    found, swapped = chi_square(a, b), chi_square(b, a)
    assert found is not None
    assert swapped is not None
    assert tuple(found) == pytest.approx(tuple(swapped), abs=1e-6)
