from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as oracle

from airflow_mlmonitor.stats import (
    Moments,
    Points,
    bin_counts,
    cohens_d,
    cohens_h,
    cramers_v,
    quantile_edges,
    standardised_effect,
)
from tests.stats.samples import rng


@pytest.mark.parametrize(("shift", "shown"), [(0.1, 0.098), (0.2, 0.195), (0.5, 0.485), (0.8, 0.763)])
def test_a_normal_shift_shows_nearly_itself(shift: float, shown: float) -> None:
    quantiles = oracle.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    reference, current = Points.of(quantiles), Points.of(quantiles + shift)
    edges = quantile_edges(reference)
    found = standardised_effect(bin_counts(reference, edges), bin_counts(current, edges))
    assert found == pytest.approx(shown, abs=2e-3)


@pytest.mark.parametrize(("before", "now"), [(0.01, 0.03), (0.1, 0.15), (0.5, 0.6), (0.2, 0.6)])
def test_two_shares_show_cohens_h(before: float, now: float) -> None:
    reference, current = ([1e6 * share, 1e6 * (1 - share)] for share in (before, now))
    assert standardised_effect(reference, current) == pytest.approx(abs(cohens_h(before, now)), rel=0.01)


@pytest.mark.parametrize("size", [2, 8, 50, 200])
@pytest.mark.parametrize(("n", "m"), [(50, 50), (50, 5_000), (500, 500), (100_000, 100_000)])
@pytest.mark.parametrize("skewed", [False, True])
def test_nothing_changed_shows_about_nothing_however_few_the_rows(
    size: int, n: int, m: int, skewed: bool
) -> None:
    random = rng()
    chances = 1 / np.arange(1.0, size + 1) if skewed else np.ones(size)
    chances /= chances.sum()
    found = [
        standardised_effect(random.multinomial(n, chances), random.multinomial(m, chances))
        for _ in range(200)
    ]
    assert np.median(found) < 0.15  # type: ignore[arg-type]


def test_a_change_is_found_at_its_size_in_few_rows() -> None:
    random = rng()
    chances = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.25, 0.25, 0.25, 0.25])
    truth = standardised_effect(chances[0] * 1e9, chances[1] * 1e9)
    found = [
        standardised_effect(random.multinomial(150, chances[0]), random.multinomial(100, chances[1]))
        for _ in range(500)
    ]
    assert truth is not None
    assert np.median(found) == pytest.approx(truth, abs=0.06)  # type: ignore[arg-type]


def test_samples_with_nothing_in_common_show_nearly_the_root_of_eight() -> None:
    assert standardised_effect([10_000, 0], [0, 10_000]) == pytest.approx(8**0.5, rel=1e-3)


def test_cohens_h_is_that_of_cohens_book() -> None:
    """J. Cohen, Statistical Power Analysis, 2nd edition 1988, table 6.2.2: phi(.50) = 1.571, phi(.25) = 1.047."""
    assert cohens_h(0.25, 0.50) == pytest.approx(1.571 - 1.047, abs=1e-3)
    assert cohens_h(0.50, 0.25) == -cohens_h(0.25, 0.50)


def test_cohens_d_pools_the_variances_by_their_degrees_of_freedom() -> None:
    found = cohens_d(Moments(11, 4.0, 1.0), Moments(31, 7.0, 5.0))
    assert found == pytest.approx(3 / 4**0.5)
    assert cohens_d(Moments(2, 1.0, 0.0), Moments(2, 3.0, 0.0)) is None
    assert cohens_d(Moments(1, 1.0, 0.0), Moments(1, 3.0, 0.0)) is None


def test_cramers_v_is_scipys() -> None:
    table = np.array([[30, 50, 20], [60, 30, 10]])
    assert cramers_v(*table) == pytest.approx(oracle.contingency.association(table, method="cramer"))
    assert cramers_v([0, 0], [1, 1]) is None
