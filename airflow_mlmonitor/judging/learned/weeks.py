"""One week against the three before it, in units of how much that usually differs."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np

from airflow_mlmonitor.judging.learned.level import Array

WEEK, BEFORE = 7, 21
"""Runs that are averaged, and the runs before them that they are held against."""

REFERENCE, QUARANTINE = 141, 21
"""Runs whose own differences say what is usual, and the newest of them that do not."""

LEAST = 14
"""Differences from which on it is known what is usual."""


class Weeks(NamedTuple):
    """The newest week of each series against the three before.

    Parameters
    ----------
    difference
        Mean of the last 7 runs minus the mean of the 21 before.
    usual
        Middle of that difference as of earlier runs: seasons and growth.
    spread
        How much it varies.
    """

    difference: Array
    usual: Array
    spread: Array

    @classmethod
    def of(cls, y: Array, floor: Array) -> Weeks | None:
        """Compare the weeks of some series, runs x series; None where there are too few runs.

        Examples
        --------
        >>> y = np.tile([[1.0], [2.0]], (40, 1))
        >>> y[-7:] += 1
        >>> weeks = Weeks.of(y, np.array([0.1]))
        >>> round(float(weeks.difference[0]), 2)
        1.1
        """
        newest = len(y) - WEEK - BEFORE
        first = max(newest - REFERENCE, 0)
        if newest - QUARANTINE - first < LEAST:
            return None
        week = _mean([y[first + day : len(y) - WEEK + 1 + day] for day in range(WEEK)])
        before = _mean([week[start : len(week) - BEFORE + start] for start in range(0, BEFORE, WEEK)])
        differences = week[BEFORE:] - before
        earlier = differences[: -QUARANTINE - 1]
        usual = _median(earlier)
        spread = np.hypot(1.4826 * _median(np.abs(earlier - usual)), floor / 2)
        return cls(differences[-1], usual, spread)

    def deviation(self) -> Array:
        """How far the newest week is out; half of what earlier weeks usually did is taken for a season."""
        deviation: Array = (self.difference - self.usual / 2) / self.spread
        return deviation


def _mean(parts: list[Array]) -> Array:
    mean: Array = reduce(np.add, parts) / len(parts)
    return mean


def _median(x: Array) -> Array:
    middle: Array = np.sort(x, axis=0)[len(x) // 2]  # sorted by vector instructions, which np.median is not
    return middle
