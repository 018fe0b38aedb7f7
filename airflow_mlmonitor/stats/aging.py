"""How fast a number gets worse with age, from several generations of one thing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[np.float64]

FEWEST = 6
"""Points below which a generation says nothing of its slope."""

GENERATIONS = 2
"""Generations without which an effect of age cannot be told from one of the calendar."""

BESIDE = 7
"""Points on either side of a change of generations between which is looked for a gain, or a third of the generation."""

HALF = 0.5
"""Share of what a generation lost that the next one must bring back."""


class Aging(NamedTuple):
    """How fast a number falls with age.

    Parameters
    ----------
    slope, lower, upper
        Change a unit of age, and its interval.
    generations
        That were followed.
    span
        The longest age that was seen.
    gain
        What a change of generations brought, as the median over all of them.
    points
        That were looked at.
    """

    slope: float
    lower: float
    upper: float
    generations: int
    span: float
    gain: float
    points: int


def aging(generations: Sequence[tuple[Array, Array]], *, confidence: float = 0.95) -> Aging | None:
    """Estimate how a number changes with age, from generations that follow each other.

    It is the median of the slopes between any two points of one generation (Theil-Sen, as Hirsch and others use it for
    seasons), so that generations may differ in level and a fifth of the points may be anything. The interval is that of
    Sen, with the variance of Kendall's S added up over the generations, and widened where points that follow each
    other are alike: by what their correlation takes from the number of points, as for an autoregression of order one.

    Parameters
    ----------
    generations
        Ages and values of each, both in the order of age, oldest generation first; those of fewer than six points say
        nothing.
    confidence
        Of the interval.

    Returns
    -------
    Aging or None
        None for fewer than two generations that say something, for an interval that includes 0, and where a new
        generation does not bring back half of what the one before had lost: then it does not fall with age, but with
        the calendar.

    References
    ----------
    P. K. Sen (1968). Estimates of the regression coefficient based on Kendall's tau. J. Am. Stat. Assoc. 63, 1379-1389.
    R. M. Hirsch, J. R. Slack, R. A. Smith (1982). Techniques of trend analysis for monthly water quality data. Water
    Resources Research 18, 107-121.

    Examples
    --------
    >>> age = np.arange(28.0)
    >>> noise = np.random.default_rng(1).normal(0, 0.01, (3, 28))
    >>> found = aging([(age, 0.8 - 0.002 * age + one) for one in noise])
    >>> round(found.slope, 4), found.lower < -0.002 < found.upper, found.generations
    (-0.0022, True, 3)
    >>> aging([(age, 0.8 + one) for one in noise]) is None
    True
    """
    told = [(ages, values) for ages, values in generations if ages.size >= FEWEST and np.ptp(ages) > 0]
    if len(told) < GENERATIONS:
        return None
    slopes = np.sort(np.concatenate([_slopes(ages, values) for ages, values in told]))
    slope = float(np.median(slopes))
    lower, upper = _interval(slopes, told, slope, confidence)
    pairs = list(pairwise(told))
    gain = float(np.median([_gain(before[1], after[1]) for before, after in pairs]))
    lost = slope * float(np.median([np.ptp(before[0]) for before, _ in pairs]))
    if lower <= 0 <= upper or gain * lost > -HALF * lost**2:
        return None
    return Aging(
        slope=slope,
        lower=lower,
        upper=upper,
        generations=len(told),
        span=float(max(ages.max() for ages, _ in told)),
        gain=gain,
        points=sum(ages.size for ages, _ in told),
    )


def _slopes(ages: Array, values: Array) -> Array:
    first, second = np.triu_indices(ages.size, 1)
    apart = ages[second] - ages[first]
    differs = apart != 0
    found: Array = (values[second] - values[first])[differs] / apart[differs]
    return found


def _interval(
    slopes: Array, told: Sequence[tuple[Array, Array]], slope: float, confidence: float
) -> tuple[float, float]:
    variance = sum(_variance(ages.size) for ages, _ in told) * _inflation(told, slope)
    half = float(ndtri((1 + confidence) / 2)) * math.sqrt(variance)
    low = round((slopes.size - half) / 2)
    high = round((slopes.size + half) / 2)
    if low < 0 or high >= slopes.size:
        return -math.inf, math.inf
    return float(slopes[low]), float(slopes[high])


def _variance(size: int) -> float:
    """Of Kendall's S where nothing changes."""
    return size * (size - 1) * (2 * size + 5) / 18


def _inflation(told: Sequence[tuple[Array, Array]], slope: float) -> float:
    """How many times fewer points there really are, from what neighbours have in common."""
    left = [values - slope * ages - np.median(values - slope * ages) for ages, values in told]
    together = sum(float(rest[1:] @ rest[:-1]) for rest in left)
    alone = sum(float(rest @ rest) for rest in left)
    size = sum(rest.size for rest in left)
    # What a fitted line takes from the correlation is given back: (1 + 3 r) / n of each generation (Kendall 1954).
    likeness = together / alone if alone > 0 else 0.0
    likeness = min(max(likeness + len(left) * (1 + 3 * max(likeness, 0.0)) / size, 0.0), 0.95)
    return (1 + likeness) / (1 - likeness)


def _gain(before: Array, after: Array) -> float:
    reach = min(BESIDE, before.size // 3, after.size // 3)
    return float(np.median(after[:reach]) - np.median(before[-reach:]))
