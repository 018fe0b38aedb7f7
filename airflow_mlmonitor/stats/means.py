"""Whether means differ."""

from __future__ import annotations

import math

from scipy.special import stdtr

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.effects import cohens_d
from airflow_mlmonitor.stats.moments import Moments


def welch_t(reference: Moments, current: Moments) -> Comparison | None:
    """Welch's t-test: whether two means differ, whatever the variances are.

    It promises what it says for columns of a skewness up to 2, an exponential's. Where a small sample meets a large
    one and the column is more skewed, it rejects too often: a column of skewness 3 in 8 % of cases where 5 % are
    promised at 50 rows, one of skewness 6 in 10 % at 50 and in 7 % at 500.

    Returns
    -------
    Comparison
        t, above 0 when the current mean is the larger; its two-sided p-value; as effect Cohen's d. None when a
        sample has fewer than two rows, or neither varies.

    Examples
    --------
    >>> result = welch_t(Moments(10, 5.0, 1.0), Moments(20, 6.0, 4.0))
    >>> round(result.statistic, 3), round(result.p_value, 4)
    (1.826, 0.0786)

    References
    ----------
    B. L. Welch, The generalization of Student's problem when several different population variances are involved,
    Biometrika 34, 1947.
    """
    if min(reference.n, current.n) < 2:
        return None
    squared = reference.variance / reference.n + current.variance / current.n
    if not 0 < squared < math.inf:
        return None
    share = reference.variance / reference.n / squared
    freedom = 1 / (share**2 / (reference.n - 1) + (1 - share) ** 2 / (current.n - 1))
    t = (current.mean - reference.mean) / math.sqrt(squared)
    return _judged(t, freedom, cohens_d(reference, current))


def mean_within_standard_error(expected: float, current: Moments) -> Comparison | None:
    """How many standard errors a mean is from the one that was expected (Student's one-sample t-test).

    The expected mean is taken as known exactly. Where it is the mean of a sample, :func:`welch_t` is the honest test:
    this one would call one in six equally large samples different where it promises one in twenty. Skewness limits it
    likewise.

    Returns
    -------
    Comparison
        The distance in standard errors, above 0 when the mean is the larger; its two-sided p-value; as effect the
        distance in standard deviations. None when there are fewer than two rows, or they do not vary.

    Examples
    --------
    >>> result = mean_within_standard_error(5.0, Moments(25, 5.4, 1.0))
    >>> round(result.statistic, 3), round(result.p_value, 4), round(result.effect, 3)
    (2.0, 0.0569, 0.4)
    """
    if current.n < 2 or not 0 < current.variance < math.inf:
        return None
    effect = (current.mean - expected) / math.sqrt(current.variance)
    return _judged(effect * math.sqrt(current.n), current.n - 1, effect)


def _judged(t: float, freedom: float, effect: float | None) -> Comparison | None:
    return Comparison(t, 2 * float(stdtr(freedom, -abs(t))), effect) if math.isfinite(t) else None
