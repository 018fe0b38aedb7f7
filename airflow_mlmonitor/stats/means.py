"""Whether means differ."""

from __future__ import annotations

import math

from scipy.special import stdtr

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.effects import cohens_d
from airflow_mlmonitor.stats.moments import Moments

LOPSIDED = 0.3
"""Skewness of a mean's sampling distribution, or of a difference's, up to which t rejects 7 % where it promises 5 %."""


def welch_t(reference: Moments, current: Moments, skewness: float | None = None) -> Comparison | None:
    """Welch's t-test: whether two means differ, whatever the variances are.

    Parameters
    ----------
    reference, current
        The samples' moments.
    skewness
        That of the column, as :func:`~airflow_mlmonitor.stats.moments.skewness` gives it for both samples together.
        Where it is so strong that t is not honest at these sizes the p-value is withheld: a column of skewness 3
        would be called different in 8 % of cases at 50 rows against many, one of skewness 6 in 10 %. None trusts
        that it is less than 2.

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
    parts = reference.variance / reference.n, current.variance / current.n
    squared = sum(parts)
    if not 0 < squared < math.inf:
        return None
    share, other = parts[0] / squared, parts[1] / squared
    freedom = 1 / (share**2 / (reference.n - 1) + other**2 / (current.n - 1))
    leaning = other**1.5 / math.sqrt(current.n) - share**1.5 / math.sqrt(reference.n)
    t = (current.mean - reference.mean) / math.sqrt(squared)
    return _judged(t, freedom, (skewness or 0.0) * leaning, cohens_d(reference, current))


def mean_within_standard_error(
    expected: float, current: Moments, skewness: float | None = None
) -> Comparison | None:
    """How many standard errors a mean is from the one that was expected (Student's one-sample t-test).

    The expected mean is taken as known exactly. Where it is the mean of a sample, :func:`welch_t` is the honest test:
    this one would call 17 % of equally large samples different where it promises 5 %.

    Parameters
    ----------
    expected
        The mean that was expected.
    current
        The sample's moments.
    skewness
        That of the column where it is known, better than from a small sample itself; used as in :func:`welch_t`.

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
    root = math.sqrt(current.n)
    return _judged(effect * root, current.n - 1, (skewness or 0.0) / root, effect)


def _judged(t: float, freedom: float, lopsided: float, effect: float | None) -> Comparison | None:
    if not math.isfinite(t):
        return None
    p_value = 2 * float(stdtr(freedom, -abs(t))) if abs(lopsided) <= LOPSIDED else None
    return Comparison(t, p_value, effect)
