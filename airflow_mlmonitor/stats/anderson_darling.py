"""The mean square distance between two distribution functions, the tails weighted up."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.points import Array, Points, overlay

SHIFT = 0.4805379580749104
"""The Anderson-Darling distance of two unit normals over their squared shift, for small shifts."""


class _Cumulants(NamedTuple):
    mean: float
    variance: float
    third: float


def anderson_darling(reference: Points, current: Points) -> Comparison | None:
    """The two-sample Anderson-Darling test, honest with any ties.

    Under no change the statistic is a sum of weighted chi-squares whose weights the ties decide; its first three
    cumulants are computed for the ties at hand, and the p-value is that of the shifted chi-square that shares them.

    Parameters
    ----------
    reference, current
        The samples; None is returned when either has no rows.

    Returns
    -------
    Comparison
        The statistic (about 1 when nothing changed); its p-value; as effect the normal shift with as large a
        distance, chance taken out.

    Examples
    --------
    >>> result = anderson_darling(Points.of([1, 2, 3, 4]), Points.of([3, 4, 5, 6]))
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (1.786, 0.144)

    References
    ----------
    A. N. Pettitt, A two-sample Anderson-Darling rank statistic, Biometrika 63, 1976.
    J. P. Imhof, Computing the distribution of quadratic forms in normal variables, Biometrika 48, 1961.
    """
    pair = overlay(reference, current)
    if pair is None:
        return None
    inner = (pair.pooled > 0) & (pair.pooled < 1 - 1e-12)
    t, gap = pair.pooled[inner], pair.after[inner]
    if not t.size:
        return Comparison(0.0, 1.0, 0.0)
    rows = pair.n + pair.m
    steps = np.diff(t, prepend=0.0, append=1.0)
    share = (steps[1:] + steps[:-1]) / 2
    statistic = pair.n * pair.m / rows * float(np.sum(share * gap**2 / (t * (1 - t))))
    chance = _cumulants(t, share, rows / max(rows - 1, 1.0))
    beyond = max(statistic - chance.mean, 0.0) * (1 / pair.n + 1 / pair.m)
    return Comparison(statistic, _tail(statistic, chance), math.sqrt(beyond / SHIFT))


def _cumulants(t: Array, a: Array, finite: float) -> _Cumulants:
    """The first three cumulants of the sum over looks of ``a`` times a squared standard normal.

    Two looks at pooled shares s < t are correlated by the square root of r(s) / r(t), where r = t / (1 - t): so the
    double and triple sums over pairs and triples of looks come from running sums, in one pass.
    """
    r = t / (1 - t)
    upto = np.cumsum(a)
    before = (_earlier(a * r), _earlier(a * a * r), _earlier(a * r * upto))
    pairs = float(np.sum(a / r * before[0]))
    twice = float(np.sum(a / r * (before[1] + a * before[0])))
    triples = float(np.sum(a / r * (_earlier(a) * before[0] - before[2])))
    return _Cumulants(
        finite * float(upto[-1]),
        2 * finite**2 * (float(a @ a) + 2 * pairs),
        8 * finite**3 * (float(np.sum(a**3)) + 3 * twice + 6 * triples),
    )


def _earlier(values: Array) -> Array:
    return np.cumsum(values) - values


def _tail(statistic: float, chance: _Cumulants) -> float:
    freedom = 8 * chance.variance**3 / chance.third**2
    place = freedom + (statistic - chance.mean) * math.sqrt(2 * freedom / chance.variance)
    return float(chdtrc(freedom, max(place, 0.0)))
