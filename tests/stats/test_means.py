from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as oracle

from airflow_mlmonitor.stats import Moments, mean_within_standard_error, welch_t
from tests.stats.samples import rng


def moments(values: np.ndarray) -> Moments:
    return Moments(values.size, float(values.mean()), float(values.var(ddof=1)))


def test_miles_per_gallon_of_american_and_japanese_cars() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3: T = -12.94627 with 136.8750 degrees of freedom."""
    found = welch_t(Moments(79, 30.48101, 6.10771**2), Moments(249, 20.14458, 6.41470**2))
    assert found is not None
    assert found.statistic == pytest.approx(-12.94627, abs=2e-5)
    assert found.p_value == pytest.approx(2 * oracle.t.sf(12.94627, 136.8750), rel=1e-3)


def test_calibration_of_a_heat_flow_meter() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2: T = 2611.284 with 194 degrees of freedom."""
    found = mean_within_standard_error(5.0, Moments(195, 9.261460, 0.022789**2))
    assert found is not None
    assert found.statistic == pytest.approx(2611.284, rel=2e-5)


@pytest.mark.parametrize(("n", "m"), [(2, 3), (50, 20), (1000, 100)])
def test_welch_is_scipys_and_speaks_of_the_current_sample(n: int, m: int) -> None:
    random = rng()
    reference, current = random.normal(size=n), random.normal(0.3, 3, m)
    expected = oracle.ttest_ind(current, reference, equal_var=False)
    found = welch_t(moments(reference), moments(current))
    assert found is not None
    assert found[:2] == pytest.approx((expected.statistic, expected.pvalue))


def test_one_mean_against_a_number_is_scipys() -> None:
    values = rng().normal(0.2, 1, 40)
    expected = oracle.ttest_1samp(values, 0.0)
    found = mean_within_standard_error(0.0, moments(values))
    assert found is not None
    assert found[:2] == pytest.approx((expected.statistic, expected.pvalue))
    assert found.effect == pytest.approx(values.mean() / values.std(ddof=1))


@pytest.mark.parametrize(
    ("reference", "current"),
    [
        (Moments(1, 3.0, 0.0), Moments(5, 3.0, 1.0)),
        (Moments(5, 3.0, 0.0), Moments(5, 4.0, 0.0)),
        (Moments(0, 0.0, 0.0), Moments(0, 0.0, 0.0)),
        (Moments(5, 3.0, float("inf")), Moments(5, 3.0, 1.0)),
        (Moments(5, 3.0, float("nan")), Moments(5, 3.0, 1.0)),
    ],
)
def test_too_few_rows_or_no_variation_say_nothing(reference: Moments, current: Moments) -> None:
    assert welch_t(reference, current) is None
    assert mean_within_standard_error(3.0, reference) is None


def test_one_constant_sample_is_enough_to_vary_for_welch() -> None:
    found = welch_t(Moments(50, 3.0, 0.0), Moments(50, 3.4, 1.0))
    assert found is not None
    assert found.statistic == pytest.approx(0.4 * 50**0.5)


def test_a_sampled_mean_taken_for_known_makes_one_in_six_differ() -> None:
    random = rng()
    pairs = random.normal(size=(3000, 2, 100))
    found = [mean_within_standard_error(float(one.mean()), moments(other)) for one, other in pairs]
    rate = np.mean([one is not None and one.p_value is not None and one.p_value <= 0.05 for one in found])
    assert rate == pytest.approx(1 / 6, abs=0.025)


def test_the_docstrings_tell_how_skewness_spoils_the_p_value() -> None:
    """Small samples against one so large that its mean is known: skewness 2 keeps the promise, 3 and 6 do not."""
    random = rng()
    draws = {
        "2": (random.exponential(size=(4000, 50)), 1.0),
        "3": (random.exponential(size=(4000, 50)) * (random.random((4000, 50)) > 0.6), 0.4),
        "6": (random.lognormal(size=(4000, 50)), float(np.exp(0.5))),
    }
    rates = {}
    for skewness, (samples, mean) in draws.items():
        found = [welch_t(Moments(1e9, mean, 1.0), moments(sample)) for sample in samples]
        rates[skewness] = np.mean(
            [one is not None and one.p_value is not None and one.p_value <= 0.05 for one in found]
        )
    assert rates["2"] < 0.07
    assert rates["3"] == pytest.approx(0.08, abs=0.015)
    assert rates["6"] == pytest.approx(0.10, abs=0.015)
