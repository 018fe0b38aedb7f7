"""Whether some of several samples tend to hold larger values than others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc, ndtri

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.effects import beyond_chance
from airflow_mlmonitor.stats.points import Array, Points, cdf


def kruskal_wallis(*samples: Points) -> Comparison | None:
    """The Kruskal-Wallis test on mid-ranks, corrected for ties.

    Of two samples it is the Mann-Whitney (Wilcoxon rank-sum) test without continuity correction.

    Parameters
    ----------
    samples
        Two or more; those without rows are left out, and None is returned when fewer than two remain.

    Returns
    -------
    Comparison
        H; its p-value from the chi-square distribution; as effect the normal shift between the two samples whose
        mean ranks are farthest apart, from how often a row of one exceeds a row of the other. The chance of two
        samples is taken out of it; the farthest apart of many differ by more than that.

    Examples
    --------
    >>> result = kruskal_wallis(Points.of([1, 2, 3, 4]), Points.of([3, 4, 5, 6]))
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (3.073, 0.08)

    References
    ----------
    W. H. Kruskal and W. A. Wallis, Use of ranks in one-criterion variance analysis, J. Am. Stat. Assoc. 47, 1952.
    """
    filled = [sample for sample in samples if sample.x.size]
    if len(filled) < 2:
        return None
    sizes = np.array([sample.total for sample in filled])
    rows = float(sizes.sum())
    places, ties = zip(*(_place(sample, filled, sizes / rows) for sample in filled), strict=True)
    untied = 1 - float(np.dot(sizes, ties)) / rows
    if untied < 1e-12:
        return Comparison(0.0, 1.0, 0.0)
    distances = np.array(places) - 0.5
    statistic = 12 * (1 - 1 / rows) * float(sizes @ distances**2) / untied
    farthest = filled[int(distances.argmin())], filled[int(distances.argmax())]
    return Comparison(statistic, float(chdtrc(len(filled) - 1, statistic)), _shift(*farthest, untied))


def _place(sample: Points, samples: Sequence[Points], shares: Array) -> tuple[float, float]:
    """The mean share of all rows below the sample's (ties count half), and the mean square share tied with them."""
    left, right = (
        sum(share * cdf(*other, at=sample.x, side=side) for share, other in zip(shares, samples, strict=True))
        for side in ("left", "right")
    )
    weights = sample.w / sample.total
    return float(weights @ (left + right)) / 2, float(weights @ (right - left) ** 2)


def _shift(low: Points, high: Points, untied: float) -> float:
    above, _ = _place(high, [low], np.ones(1))
    beyond = beyond_chance((above - 0.5) ** 2, untied * (1 / low.total + 1 / high.total) / 12)
    return math.sqrt(2) * float(ndtri(min(0.5 + beyond, 1 - 0.5 / (low.total + high.total))))
