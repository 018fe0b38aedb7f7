"""The largest distance between two distribution functions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import kolmogorov, ndtri

from airflow_mlmonitor.stats.bridge import straying
from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.points import Array, Overlay, Points, overlay, steps

FEW = 200  # rows of both samples together up to which the exact distribution is quick: 1 ms
FINE = 1 / 256  # runs of ties no longer than this leave a p-value of 5 % below 6.1 %


def kolmogorov_smirnov(reference: Points, current: Points) -> Comparison | None:
    """The two-sample Kolmogorov-Smirnov test, honest with any ties.

    The p-value is that of the permutations of the pooled rows: exact up to 200 rows, above that the limiting one, by
    a Brownian bridge seen only between ties. The usual p-value ignores ties and then hardly ever rejects.

    Parameters
    ----------
    reference, current
        The samples; None is returned when either has no rows.

    Returns
    -------
    Comparison
        The largest distance of the distribution functions; its p-value; as effect the normal shift with as large a
        distance, once the mean square that chance contributes (pi squared / 12 times 1/n + 1/m) is taken out.

    Examples
    --------
    >>> kolmogorov_smirnov(Points.of([1, 2, 3, 4]), Points.of([3, 4, 5, 6])).statistic
    0.5

    References
    ----------
    N. Smirnov, Table for estimating the goodness of fit of empirical distributions, Ann. Math. Stat. 19, 1948.
    J. L. Hodges, The significance probability of the Smirnov two-sample test, Ark. Mat. 3, 1958.
    G. Schröer and D. Trenkler, Exact and randomization distributions of Kolmogorov-Smirnov tests two or three
    samples, Comput. Stat. Data Anal. 20, 1995.
    """
    pair = overlay(reference, current)
    if pair is None:
        return None
    distance = min(float(max(np.abs(pair.before).max(), np.abs(pair.after).max())), 1.0)
    if distance == 0:
        p_value = 1.0
    elif pair.n + pair.m <= FEW and reference.exact and current.exact:
        p_value = _exact(pair, distance)
    else:
        p_value = _limiting(pair, distance)
    return Comparison(distance, p_value, _shift(distance, pair))


def _shift(distance: float, pair: Overlay) -> float:
    by_chance = math.pi**2 / 12 * (1 / pair.n + 1 / pair.m)
    beyond = math.sqrt(max(distance**2 - by_chance, 0.0))
    return 2 * float(ndtri((1 + min(beyond, 1 - 1 / (pair.n + pair.m))) / 2))


def _limiting(pair: Overlay, distance: float) -> float:
    n, m = sorted((pair.n, pair.m))
    level = distance * math.sqrt(n * m / (n + m))
    gaps = steps(pair.pooled)
    if gaps.max() < FINE or float(gaps @ gaps) * (n + m) < 2:
        return float(kolmogorov(level + _correction(round(n), round(m))))
    return straying(pair.pooled, level)


def _correction(n: int, m: int) -> float:
    """Hodges' correction of the level for finite untied samples, less half the lattice that the level lives on."""
    return (m + 2 * n) / (6 * math.sqrt(m * n * (m + n))) - math.sqrt(n * m / (n + m)) / (2 * math.lcm(n, m))


def _exact(pair: Overlay, distance: float) -> float:
    """The share of all orders of the pooled rows with a distance at least this large at some end of a run of ties.

    The rows are drawn one after the other; ``chance[i]`` is the probability that i of those drawn so far are of the
    reference and that no end of a run was that far out yet. What drops out on the way adds up without cancellation.
    """
    n, m = round(pair.n), round(pair.m)
    ends = set(np.rint(pair.pooled * (n + m)).astype(int).tolist())
    i = np.arange(n + 1)
    chance, out = np.zeros(n + 1), 0.0
    chance[0] = 1.0
    for drawn in range(1, n + m):
        chance = _drawn(chance, i, drawn, n, m)
        if drawn in ends:
            far = np.abs(i / n - (drawn - i) / m) > distance - 1e-9
            out += float(chance[far].sum())
            chance[far] = 0.0
    return min(out, 1.0)


def _drawn(chance: Array, i: NDArray[np.intp], drawn: int, n: int, m: int) -> Array:
    left = n + m - drawn + 1
    of_current: Array = chance * np.maximum(m - (drawn - 1 - i), 0) / left
    of_current[1:] += chance[:-1] * (n - i[:-1]) / left
    return of_current
