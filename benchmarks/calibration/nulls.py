"""Pairs of samples between which nothing changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from airflow_mlmonitor.stats import Moments, Points

Floats = NDArray[np.float64]

SMOOTH = 4096
"""Equally likely values that stand for a continuous column."""


@dataclass(frozen=True)
class Categories:
    """Categories and how likely each is.

    Parameters
    ----------
    name
        Stands in the table.
    chances
        Probability of each category.
    """

    name: str
    chances: Floats

    def draw(self, rng: np.random.Generator, rows: int) -> Floats:
        """Counts of a sample."""
        return rng.multinomial(rows, self.chances).astype(np.float64)


@dataclass(frozen=True)
class Sample:
    """A sample of numbers, as the tests want it.

    Parameters
    ----------
    points
        Its values and their counts.
    mean
        The mean of the column it was drawn from.
    """

    points: Points
    mean: float

    @cached_property
    def moments(self) -> Moments:
        """Its count, mean and variance."""
        x, w = self.points.x, self.points.w
        rows = self.points.total
        mean = float(x @ w) / rows
        return Moments(rows, mean, float((x - mean) ** 2 @ w) / (rows - 1))


@dataclass(frozen=True)
class Numbers:
    """A numeric column of finitely many values.

    Parameters
    ----------
    name
        Stands in the table.
    column
        The values, ascending, each with its probability as weight.
    """

    name: str
    column: Points

    @cached_property
    def mean(self) -> float:
        """The mean that samples are expected to have."""
        return float(self.column.x @ self.column.w)

    def draw(self, rng: np.random.Generator, rows: int) -> Sample:
        """One sample."""
        counts = rng.multinomial(rows, self.column.w).astype(np.float64)
        seen = counts > 0
        return Sample(Points(self.column.x[seen], counts[seen]), self.mean)


def categories() -> list[Categories]:
    """2 to 200 categories, equally likely or with chances 1, 1/2, 1/3 ..."""
    return [
        Categories(f"{size} {name}", chances / chances.sum())
        for size in (2, 8, 50, 200)
        for name, chances in (("equal", np.ones(size)), ("Zipf", 1 / np.arange(1.0, size + 1)))
    ]


def numbers() -> list[Numbers]:
    """A smooth column, one rounded to half a standard deviation, a skewed one, and one with many zeros as well."""
    normal = ndtri((np.arange(SMOOTH) + 0.5) / SMOOTH)
    equal = np.full(SMOOTH, 1 / SMOOTH)
    tail = -np.log(1 - (np.arange(SMOOTH) + 0.5) / SMOOTH)
    rounded, chances = np.unique(np.round(2 * normal) / 2, return_counts=True)
    return [
        Numbers("smooth", Points(normal, equal)),
        Numbers("rounded", Points(rounded, chances / SMOOTH)),
        Numbers("exponential", Points(tail, equal)),
        Numbers("60% zeros", Points(np.append(0.0, tail), np.append(0.6, 0.4 * equal))),
    ]
