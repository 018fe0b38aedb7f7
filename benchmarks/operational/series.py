"""Operational series as they are: weekdays, noise, outliers, runs that are missing; and what may happen to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NOISES = (0.03, 0.08, 0.2)
WEEKDAY = 0.1
OUTLIERS, SIZE = 0.02, 0.5
MISSING = 0.05


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to a series, in how many runs it should be found, and what is known of that.

    Parameters
    ----------
    name
        In words.
    budget
        False alerts asked for a month.
    step, ramp
        Factor at once, and per run.
    within
        Number of runs to the share of series that should be found by then.
    """

    name: str
    budget: float
    within: dict[int, float]
    step: float = 1.0
    ramp: float = 1.0

    def grown(self, passed: Array) -> Array:
        """What it adds to the logarithm, so many runs after it began."""
        return np.where(passed > 0, math.log(self.step) + passed * math.log(self.ramp), 0.0)


CHANGES = (
    Change(name="x 1.2", budget=0.5, step=1.2, within={14: 0.88}),
    Change(name="x 1.5", budget=0.5, step=1.5, within={3: 0.78, 14: 0.99}),
    Change(name="+1 % a run", budget=0.5, ramp=1.01, within={30: 0.96}),
    Change(name="+3 % a run", budget=0.5, ramp=1.03, within={6: 0.5}),
    Change(name="+.3 % a run", budget=1 / 12, ramp=1.003, within={30: 0.46, 60: 0.85}),
)
"""The shares are those that the judge was designed to reach (for +3 %: a median of 6 runs)."""


@dataclass(frozen=True)
class Batch:
    """Some series of the same days, in logarithms: runs x series, with the weekday of each run."""

    y: Array
    weekdays: NDArray[np.intp]
    days: NDArray[np.intp]

    @classmethod
    def made(
        cls, rng: np.random.Generator, noise: float, days: int, many: int, *, memory: float = 0.0
    ) -> Batch:
        """Make quiet series whose runs vary by so much, and remember the run before by so much."""
        fresh = rng.standard_normal((days, many))
        for day in range(1, days):
            fresh[day] = memory * fresh[day - 1] + math.sqrt(1 - memory * memory) * fresh[day]
        weekdays = np.arange(days) % 7
        rhythm = np.log1p(rng.uniform(-WEEKDAY, WEEKDAY, (7, many)))[weekdays]
        out = (rng.random((days, many)) < OUTLIERS) * np.abs(rng.standard_normal((days, many))) * SIZE
        sign = np.where(rng.random((days, many)) < 0.75, 1, -1)
        kept = np.flatnonzero(rng.random(days) >= MISSING)
        y = math.log(100) + noise * fresh + rhythm + sign * out
        return cls(y[kept], weekdays[kept], kept)

    def changed(self, change: Change, start: int) -> Batch:
        """The same series, with a change that began on a day."""
        passed = np.maximum(self.days - start + 1, 0).astype(float)
        return Batch(self.y + change.grown(passed)[:, None], self.weekdays, self.days)

    def until(self, count: int) -> tuple[Array, NDArray[np.intp]]:
        """The first runs, and their weekdays."""
        return self.y[:count], self.weekdays[:count]
