"""How large a difference is, in units that compare across columns and types."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from airflow_mlmonitor.stats.counts import Counts, aligned, pooled
from airflow_mlmonitor.stats.moments import Moments


def standardised_effect(reference: ArrayLike, current: ArrayLike) -> float | None:
    """How far two rows of counts are apart, in standard deviations: one scale for categories and binned numbers.

    It is sqrt(8) times the Hellinger distance with the mean square that chance contributes taken out, which to first
    order is (B - 1) (1/n + 1/m) of B categories; the rare ones are pooled. So it is about 0 when nothing changed,
    however few the rows. A normal column moved by d shows about d: in ten bins of the quantiles .098, .195, .485 and
    .763 for .1, .2, .5 and .8. Two shares show Cohen's h. It cannot exceed sqrt(8).

    Parameters
    ----------
    reference, current
        Counts, category by category.

    Returns
    -------
    float or None
        None when a sample has no rows.

    Examples
    --------
    >>> round(standardised_effect([50_000, 50_000], [40_000, 60_000]), 3), round(cohens_h(0.5, 0.6), 3)
    (0.201, 0.201)
    """
    counts = aligned(reference, current)
    if counts is None:
        return None
    groups, rest = pooled(counts, rows=5)
    p, q = np.append(groups.a, rest[0]) / counts.n, np.append(groups.b, rest[1]) / counts.m
    squared = 4 * float(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2))
    return beyond_chance(squared, _by_chance(groups, counts, leftover=bool(rest.any())))


def _by_chance(groups: Counts, counts: Counts, *, leftover: bool) -> float:
    """The mean when nothing changed; of the groups to second order in 1/n and 1/m."""
    n, m, inverse = counts.n, counts.m, (counts.n + counts.m) / (groups.a + groups.b)
    curved = 7 / 16 * (1 / n**2 + 1 / m**2) - 1 / (8 * n * m)
    return (inverse.size - 1 + leftover) * (1 / n + 1 / m) + float(np.sum(inverse - 1)) * curved


def beyond_chance(squared: float, by_chance: float) -> float:
    """The root of a squared effect once its mean under no change is taken out; 0 when less than that was seen."""
    return math.sqrt(max(squared - by_chance, 0.0))


def cohens_d(reference: Moments, current: Moments) -> float | None:
    """The difference of two means over their pooled standard deviation, above 0 when the current one is the larger.

    None when there are fewer than three rows, or neither sample varies.

    Examples
    --------
    >>> cohens_d(Moments(50, 10.0, 4.0), Moments(50, 11.0, 4.0))
    0.5
    """
    rows = reference.n + current.n
    if rows < 3:
        return None
    variance = ((reference.n - 1) * reference.variance + (current.n - 1) * current.variance) / (rows - 2)
    if not 0 < variance < math.inf:
        return None
    return (current.mean - reference.mean) / math.sqrt(variance)


def cohens_h(reference: float, current: float) -> float:
    """The difference of two shares, each in [0, 1], on the scale where their sampling error is the same everywhere.

    Examples
    --------
    >>> round(cohens_h(0.05, 0.10), 4)
    0.1925
    """
    return 2 * (math.asin(math.sqrt(current)) - math.asin(math.sqrt(reference)))


def cramers_v(reference: ArrayLike, current: ArrayLike) -> float | None:
    """Cramer's V of a table of two samples, which is Cohen's w: 0 when the shares agree, 1 when none is in common.

    Chance is not taken out of it, and it shrinks when one sample is much larger than the other.

    Returns
    -------
    float or None
        None when a sample has no rows.

    Examples
    --------
    >>> round(cramers_v([60, 40], [40, 60]), 3)
    0.2
    """
    counts = aligned(reference, current)
    return None if counts is None else math.sqrt(counts.chi_square / (counts.n + counts.m))
