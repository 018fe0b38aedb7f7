"""Whether two samples fall into the same categories equally often."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtri

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.counts import aligned, pooled
from airflow_mlmonitor.stats.effects import beyond_chance
from airflow_mlmonitor.stats.proportions import two_proportions


def chi_square(reference: ArrayLike, current: ArrayLike) -> Comparison | None:
    """The two-sample chi-square test, honest with any number of categories and rows.

    Rare categories are pooled until each group expects 5 rows in both samples. What is left over, too rare even
    together, adds one degree of freedom and the squared normal deviate of its exact (mid-p) test against the groups,
    so that a category never seen before still counts. Where nothing is rare it is Pearson's test.

    Parameters
    ----------
    reference, current
        Counts, category by category.

    Returns
    -------
    Comparison
        The statistic; its p-value; as effect the normal shift with as large a statistic, chance taken out. None when
        a sample has no rows.

    Examples
    --------
    >>> result = chi_square([762, 327, 468], [484, 239, 477])
    >>> round(result.statistic, 2), round(result.p_value, 9)
    (30.07, 2.95e-07)

    References
    ----------
    W. G. Cochran, Some methods for strengthening the common chi-square tests, Biometrics 10, 1954.
    H. O. Lancaster, The derivation and partition of chi-square in certain discrete distributions, Biometrika 36, 1949.
    """
    counts = aligned(reference, current)
    if counts is None:
        return None
    groups, rest = pooled(counts, rows=5)
    statistic, freedom = groups.chi_square, groups.a.size - 1
    if rest.any():
        statistic += _leftover(rest[0], counts.n, rest[1], counts.m)
        freedom += 1
    if not freedom:
        return Comparison(0.0, 1.0, 0.0)
    per_row = 1 / counts.n + 1 / counts.m
    effect = beyond_chance(statistic * per_row, freedom * per_row)
    return Comparison(statistic, float(chdtrc(freedom, statistic)), effect)


def _leftover(before: float, n: float, now: float, m: float) -> float:
    """The squared normal deviate whose p-value is that of the exact test."""
    test = two_proportions(before, n, now, m)
    p_value = test.p_value if test and test.p_value is not None else 1.0
    return float(ndtri(max(p_value, 1e-300) / 2)) ** 2
