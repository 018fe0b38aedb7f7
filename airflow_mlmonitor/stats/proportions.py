"""Whether two shares differ."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import ndtr

from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.effects import cohens_h
from airflow_mlmonitor.stats.points import Array

Alternative = Literal["two-sided", "greater", "less"]
FEW = 25.0  # expected rows of the rarest kind from which the normal approximation serves
TAIL = 200  # where fewer than 25 are expected, the chance of more than 200 is below 1e-80


def two_proportions(
    before: float, n: float, now: float, m: float, alternative: Alternative = "two-sided"
) -> Comparison | None:
    """Whether two shares differ, honest at the smallest counts.

    Where fewer than 25 rows are expected in any of the four cells the p-value is Fisher's exact one in its mid-p
    form (rows as likely as the one seen count half), else that of the score test. Counts may be so small that no
    outcome at all would be significant; then none is.

    Parameters
    ----------
    before, n
        How many of the reference's n rows have the property.
    now, m
        How many of the current m rows have it.
    alternative
        ``greater`` asks only whether the current share is the larger, ``less`` whether it is the smaller.

    Returns
    -------
    Comparison
        The score statistic z, above 0 when the current share is the larger; its p-value; as effect Cohen's h with
        that sign. None when a sample has no rows.

    Examples
    --------
    >>> result = two_proportions(2, 1000, 9, 1000)
    >>> round(result.statistic, 3), round(result.p_value, 4), round(result.effect, 3)
    (2.116, 0.0381, 0.101)

    References
    ----------
    H. O. Lancaster, Significance tests in discrete distributions, J. Am. Stat. Assoc. 56, 1961.
    """
    if n <= 0 or m <= 0:
        return None
    share = (before + now) / (n + m)
    if not 0 < share < 1:
        return Comparison(0.0, 1.0, 0.0)
    z = (now / m - before / n) / math.sqrt(share * (1 - share) * (1 / n + 1 / m))
    if min(share, 1 - share) * min(n, m) < FEW:
        p_value = _mid_p(before, n, now, m, alternative)
    else:
        p_value = _normal_p(z, alternative)
    return Comparison(z, p_value, cohens_h(before / n, now / m))


def _normal_p(z: float, alternative: Alternative) -> float:
    if alternative == "two-sided":
        return 2 * float(ndtr(-abs(z)))
    return float(ndtr(-z if alternative == "greater" else z))


def _mid_p(before: float, n: float, now: float, m: float, alternative: Alternative) -> float:
    """Count the rarer kind of row in the smaller sample; its distribution, given the margins, starts at 0."""
    rare_is_unmarked = before + now > (n + m) / 2
    if rare_is_unmarked:
        before, now = n - before, m - now
    reference_is_smaller = n < m
    seen, rows = (before, n) if reference_is_smaller else (now, m)
    chance = _hypergeometric(round(seen), round(before + now), round(rows), round(n + m))
    own = chance[round(seen)]
    if alternative == "two-sided":
        likely = np.where(chance > own * (1 + 1e-7), 0.0, np.where(chance < own * (1 - 1e-7), 1.0, 0.5))
        return min(float(likely @ chance), 1.0)
    many = (alternative == "greater") ^ rare_is_unmarked ^ reference_is_smaller
    beyond = chance[round(seen) + 1 :] if many else chance[: round(seen)]
    return float(beyond.sum() + own / 2)


def _hypergeometric(seen: int, marked: int, drawn: int, rows: int) -> Array:
    """Probabilities of 0, 1, 2 ... marked rows among those drawn, as far as they matter."""
    x = np.arange(min(marked, drawn, max(seen, TAIL)))
    ratios = (marked - x) * (drawn - x) / ((x + 1.0) * (rows - marked - drawn + x + 1))
    weights: Array = np.concatenate(([1.0], np.cumprod(ratios)))
    return weights / float(weights.sum())
