"""The area between two distribution functions."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from airflow_mlmonitor.stats.points import Points, overlay


class Wasserstein(NamedTuple):
    """How far, on average, rows must move to turn one sample into the other.

    Parameters
    ----------
    raw
        In the column's unit.
    normed
        In standard deviations of the reference; None where that is 0, or is so small that the ratio overflows.
    """

    raw: float
    normed: float | None


def wasserstein(reference: Points, current: Points, sd: float | None = None) -> Wasserstein | None:
    """The first Wasserstein distance (earth mover's distance).

    It has no p-value: under no change its distribution depends on the column's own, unlike that of the rank tests.

    Parameters
    ----------
    reference, current
        The samples; None is returned when either has no rows, or when the distance overflows.
    sd
        The reference's standard deviation, where it is known better than the points tell it (means of runs lack what
        varies within a run); None to take it from the points.

    Examples
    --------
    >>> wasserstein(Points.of([0, 1, 3]), Points.of([5, 6, 8]), sd=2.0)
    Wasserstein(raw=5.0, normed=2.5)
    """
    pair = overlay(Points(reference.x, reference.w), Points(current.x, current.w))
    if pair is None:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        raw = float(np.diff(pair.at) @ np.abs(pair.after[:-1]))
        sd = _sd(reference) if sd is None else sd
        normed = raw / sd if sd > 0 else math.nan
    if not math.isfinite(raw):
        return None
    return Wasserstein(raw, normed if math.isfinite(normed) else None)


def _sd(points: Points) -> float:
    shares = points.w / points.total
    middle = float(shares @ points.x)
    return math.sqrt(float(shares @ (points.x - middle) ** 2))
