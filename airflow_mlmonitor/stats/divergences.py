"""Divergences of binned numbers or categories, with the p-values that go with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, xlogy

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.counts import Counts, aligned, pooled
from airflow_mlmonitor.stats.effects import beyond_chance
from airflow_mlmonitor.stats.points import Array

ENOUGH = 10.0
"""Rows that a category must expect in the smaller sample for the p-value to be honest."""


class _Chance(NamedTuple):
    """What a measure is when nothing changed: a chi-square of so many degrees of freedom, scaled to this mean."""

    mean: float
    freedom: float


def psi(reference: ArrayLike, current: ArrayLike) -> Comparison | None:
    """The population stability index (Jeffreys' divergence, in nats).

    A category that one sample lacks counts as half a row there; one that both lack is left out. Otherwise the shares
    are taken as they are. Rules of thumb (.1, .2) ignore the rows: with 10 bins and 100 rows against 100 the mean is
    .19 when nothing changed. So, to be judged, take the p-value and the effect.

    Under no change PSI is distributed like (1/n + 1/m) times chi-square with B - 1 degrees of freedom; its mean is
    corrected to second order for the counts at hand. That holds where every category expects some 10 rows in both
    samples, so p-value and effect are those of the categories pooled until they do.

    Parameters
    ----------
    reference, current
        Counts, category by category.

    Returns
    -------
    Comparison
        PSI; its p-value; as effect the normal shift with as large a PSI, chance taken out. The last two are None
        where pooling leaves a single group. None when a sample has no rows.

    Examples
    --------
    >>> result = psi([100, 200, 300, 400], [120, 210, 290, 380])
    >>> round(result.statistic, 5), round(result.p_value, 3)
    (0.0055, 0.433)
    """
    counts = aligned(reference, current)
    if counts is None:
        return None
    return _judged(_jeffreys(counts), counts, _jeffreys, _jeffreys_by_chance)


def jensen_shannon(reference: ArrayLike, current: ArrayLike) -> Comparison | None:
    """The Jensen-Shannon distance, in base 2: the root of the divergence in bits, between 0 and 1.

    It is what ``scipy.spatial.distance.jensenshannon(p, q, base=2)`` gives. Under no change eight times the
    divergence in nats is distributed like (1/n + 1/m) times chi-square with B - 1 degrees of freedom; its mean is
    corrected to second order for the counts at hand, rare categories pooled as for :func:`psi`.

    Parameters
    ----------
    reference, current
        Counts, category by category.

    Returns
    -------
    Comparison
        The distance; its p-value; as effect the normal shift with as large a divergence, chance taken out. The last
        two are None where pooling leaves a single group. None when a sample has no rows.

    Examples
    --------
    >>> result = jensen_shannon([100, 200, 300, 400], [120, 210, 290, 380])
    >>> round(result.statistic, 4), round(result.p_value, 3)
    (0.0315, 0.433)

    References
    ----------
    J. Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37, 1991.
    """
    counts = aligned(reference, current)
    if counts is None:
        return None
    bits = _eight_nats(counts) / (8 * math.log(2))
    return _judged(math.sqrt(min(max(bits, 0.0), 1.0)), counts, _eight_nats, _eight_nats_by_chance)


def _judged(
    statistic: float,
    counts: Counts,
    squared: Callable[[Counts], float],
    by_chance: Callable[[Counts], _Chance],
) -> Comparison:
    if counts.a.size == 1:
        return Comparison(statistic, 1.0, 0.0)
    groups, (a, b) = pooled(counts, rows=ENOUGH)
    if groups.a.size == 1:
        return Comparison(statistic)
    if a or b:
        groups = Counts(_with_last(groups.a, a), _with_last(groups.b, b), counts.n, counts.m)
    found, chance = squared(groups), by_chance(groups)
    p_value = float(chdtrc(chance.freedom, chance.freedom * found / chance.mean))
    return Comparison(statistic, p_value, beyond_chance(found, chance.mean))


def _with_last(column: Array, more: float) -> Array:
    return np.append(column[:-1], column[-1] + more)


def _jeffreys(counts: Counts) -> float:
    p, q = np.where(counts.a, counts.a, 0.5) / counts.n, np.where(counts.b, counts.b, 0.5) / counts.m
    return float(np.sum((q - p) * np.log(q / p)))


def _eight_nats(counts: Counts) -> float:
    """Eight times the Jensen-Shannon divergence in nats: near 0 it is what PSI is."""
    p, q = counts.a / counts.n, counts.b / counts.m
    return max(4 * float(np.sum(xlogy(p, 2 * p / (p + q)) + xlogy(q, 2 * q / (p + q)))), 0.0)


def _jeffreys_by_chance(counts: Counts) -> _Chance:
    """Mean to second order in 1/n and 1/m; the freedom such that the variance fits to that order too."""
    n, m, inverse = counts.n, counts.m, (counts.n + counts.m) / (counts.a + counts.b)
    size, per_row, lopsided = inverse.size, 1 / n + 1 / m, 1 / n - 1 / m
    mean = (size - 1) * per_row + float(np.sum(inverse - 1)) * (per_row**2 + lopsided**2) / 4
    lost = float(inverse.mean()) * (per_row / 4 + 0.625 * lopsided**2 / per_row)
    return _Chance(mean, (size - 1) * (1 - lost))


def _eight_nats_by_chance(counts: Counts) -> _Chance:
    """Mean to second order in 1/n and 1/m, from the relative error of each share.

    Its variance and third moment count, and its fourth as three squared variances.
    """
    n, m, share = counts.n, counts.m, (counts.a + counts.b) / (counts.n + counts.m)
    odds = (1 - share) / share
    first, second = odds / n, odds / m
    third = odds * (1 - 2 * share) / share * (1 / n**2 + 1 / m**2)
    terms = first + second - third / 2 + 0.875 * (first**2 + second**2) - first * second / 4
    return _Chance(float(share @ terms), share.size - 1)
