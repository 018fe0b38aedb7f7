"""What a test of means needs to know of samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from airflow_mlmonitor.stats.points import Points


class Moments(NamedTuple):
    """A sample of a number, as count, mean and variance.

    Parameters
    ----------
    n
        Rows.
    mean
        Their mean.
    variance
        Their variance, with n - 1 in the denominator.
    """

    n: float
    mean: float
    variance: float


def skewness(*samples: Points) -> float | None:
    """The skewness within samples taken together, each about its own mean.

    Returns
    -------
    float or None
        0 for a symmetric column, 2 for an exponential one; None where nothing varies, or it overflows.

    Examples
    --------
    >>> skewness(Points.of([1, 2, 3]), Points.of([7, 7]))
    0.0
    >>> round(skewness(Points.of([0, 0, 0, 1])), 3)
    1.155
    """
    rows = sum(sample.total for sample in samples)
    with np.errstate(over="ignore", invalid="ignore"):
        second, third = (sum(_power_sum(sample, power) for sample in samples) for power in (2, 3))
        if not 0 < second < np.inf:
            return None
        skewed = third / rows / (second / rows) ** 1.5
    return skewed if np.isfinite(skewed) else None


def _power_sum(sample: Points, power: int) -> float:
    """The rows' distances from their mean, raised to a power and added up."""
    if not sample.x.size:
        return 0.0
    middle = float(sample.w @ sample.x) / sample.total
    return float(sample.w @ (sample.x - middle) ** power)
