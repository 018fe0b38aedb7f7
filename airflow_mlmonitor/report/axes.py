"""The axes of small charts: three round values, and a few dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Distances between two ticks that people take for round, up to a power of ten."""

MOST = 1e300
"""No axis goes further, so that nothing on it overflows."""

LEAST = 1e-300

CLOCK = timedelta(days=3)
"""Spans up to this are written with the time of day."""

FAR = timedelta(days=300)
"""Spans from this on are written with the year."""


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there; the place is in percent, from the left or from the bottom."""

    place: float
    words: str


@dataclass(frozen=True)
class ValueAxis:
    """An axis of three round values that holds everything drawn on it.

    Examples
    --------
    >>> axis = ValueAxis.holding([0.009, 0.36], unit="share")
    >>> [(tick.place, tick.words) for tick in axis.ticks]
    [(0.0, '0'), (50.0, '20'), (100.0, '40%')]
    >>> axis.place(0.3)
    75.0
    >>> [tick.words for tick in ValueAxis.holding([688, 1031], unit="count").ticks]
    ['600', '850', '1,100']
    """

    low: float
    high: float
    unit: str

    @classmethod
    def holding(cls, values: Sequence[float], unit: str) -> ValueAxis:
        """Choose the shortest axis that holds some values; one of shares begins at nothing."""
        shown = [min(max(value, -MOST), MOST) for value in values] or [0.0, 1.0]
        low, high = min(shown), max(shown)
        if unit == "share" and low >= 0:
            low = 0.0
        if high - low <= abs(low) * 1e-9 + LEAST:  # as good as one value
            high = low + (abs(low) / 10 or (0.1 if unit == "share" else 1.0))
        return cls(*_round(low, high, least=1.0 if unit == "count" else 0.0), unit)

    def place(self, value: float) -> float:
        """Return where a value lies, in percent from the bottom."""
        within = min(max(value, self.low), self.high)
        return round(100 * (within - self.low) / (self.high - self.low), 2)

    @property
    def ticks(self) -> list[Tick]:
        """Bottom, middle and top; the unit stands on the top one only."""
        values = [self.low, (self.low + self.high) / 2, self.high]
        return [
            Tick(place, words)
            for place, words in zip((0.0, 50.0, 100.0), _written(values, self.unit), strict=True)
        ]


def _round(low: float, high: float, *, least: float) -> tuple[float, float]:
    """The narrowest two round steps between which everything lies."""
    power = 10.0 ** math.floor(math.log10((high - low) / 2))
    for factor in (*STEPS, *(10 * step for step in STEPS[1:])):
        step = max(factor * power, least)
        for start in (step, power) if low > power >= least else (step,):
            bottom = math.floor(low / start + 1e-9) * start
            if bottom + 2 * step >= high - 1e-9 * step:
                return bottom, bottom + 2 * step
    return low, high  # values so far apart that steps between them cannot be told


def _written(values: Sequence[float], unit: str) -> list[str]:
    """Values with as many decimals as tell them apart, all the same number; nothing is written 0."""
    scaled = [100 * value for value in values] if unit == "share" else list(values)
    largest = max(map(abs, scaled))
    if largest >= 1e6 or 0 < largest < 1e-3:
        words = ["0" if value == 0 else f"{value:.3g}" for value in scaled]
    else:
        decimals = next(
            (count for count in range(6) if all(_exact(value, count, largest) for value in scaled)), 6
        )
        words = ["0" if value == 0 else f"{value:,.{decimals}f}" for value in scaled]
    return [*words[:-1], f"{words[-1]}%"] if unit == "share" else words


def _exact(value: float, decimals: int, largest: float) -> bool:
    return abs(round(value, decimals) - value) <= 1e-6 * largest


@dataclass(frozen=True)
class TimeAxis:
    """An axis of moments: from the first to the last, or to the middle of the chart where there is only one."""

    first: datetime
    last: datetime

    @property
    def span(self) -> timedelta:
        """How long it is."""
        return self.last - self.first

    def place(self, moment: datetime) -> float:
        """Return where a moment lies, in percent from the left."""
        return round(100 * (moment - self.first) / self.span, 2) if self.span else 50.0

    def ticks(self, most: int) -> list[Tick]:
        """Return up to so many, evenly apart, the first and last moment among them; none says the same twice."""
        if not self.span:
            return [Tick(50.0, self.words(self.first))]
        found: dict[str, Tick] = {}
        for number in range(most):
            moment = self.first + self.span * number / (most - 1)
            words = self.words(moment)
            if words not in found or number == most - 1:
                found[words] = Tick(round(100 * number / (most - 1), 2), words)
        return list(found.values())

    def words(self, moment: datetime) -> str:
        """Write a moment as shortly as the length of the axis allows."""
        if self.span < CLOCK and (self.first.time() != self.last.time() or self.first.hour):
            return f"{moment.day} {moment:%b %H:%M}"
        return f"{moment:%b %Y}" if self.span >= FAR else f"{moment.day} {moment:%b}"
