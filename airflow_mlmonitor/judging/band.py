"""Where a series has been before."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.metric import Scale, Worse

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import Point

ENOUGH = 14
"""Earlier values from which on a range is trusted: two weeks of daily runs."""

FEW = 3
"""Earlier values below which nothing is said at all."""

LARGEST = sys.float_info.max
"""Where a band ends that would have no end."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """The range in which a series has been, widened by half its width on either side.

    Parameters
    ----------
    lower, upper
        The widened range, in the metric's own unit.
    runs
        Number of earlier values.
    highest, lowest
        The extremes themselves.
    """

    lower: float
    upper: float
    runs: int
    highest: Point
    lowest: Point

    @classmethod
    def of(cls, points: list[Point], scale: Scale) -> Band | None:
        """Make the band of a series; None with fewer than three defined values that may train.

        Shares are widened on the arcsine scale and counts on the logarithmic one, where equal steps are equally
        unusual. With fewer than 14 values the band is widened by its whole width and by a factor of two more.

        Examples
        --------
        >>> Band.of([], "share") is None
        True
        """
        known = [point for point in points if point.value is not None and point.run.state.trains]
        if len(known) < FEW:
            return None
        lowest, highest = min(known, key=_value), max(known, key=_value)
        low, high = _there(_value(lowest), scale), _there(_value(highest), scale)
        room = high / 2 - low / 2
        if len(known) < ENOUGH:
            room = 2 * room + (math.log(2) if scale in ("count", "log") else 0.0)
        return cls(
            # The way there and back rounds, and what was there before is never outside.
            lower=min(_back(low - room, scale), _value(lowest)),
            upper=max(_back(high + room, scale), _value(highest)),
            runs=len(known),
            highest=highest,
            lowest=lowest,
        )

    def beyond(self, value: float, worse: Worse = "both") -> float:
        """How far a value is outside, in widths of the band plus one; 0 inside, or outside the harmless way."""
        above = value - self.upper if worse in ("up", "both") else 0.0
        below = self.lower - value if worse in ("down", "both") else 0.0
        out = max(above, below)
        if out <= 0:
            return 0.0
        width = self.upper - self.lower
        return 1 + min(out / width, 99.0) if width > 0 else 100.0


def _value(point: Point) -> float:
    assert point.value is not None  # noqa: S101 - only points with a value are compared
    return point.value


def _there(value: float, scale: Scale) -> float:
    if scale == "share":
        return 2 * math.asin(math.sqrt(min(max(value, 0.0), 1.0)))
    if scale in ("count", "log"):
        return math.log1p(max(value, 0.0))
    return value


def _back(value: float, scale: Scale) -> float:
    if scale == "share":
        return math.sin(min(max(value, 0.0), math.pi) / 2) ** 2
    if scale in ("count", "log"):
        return math.expm1(min(max(value, 0.0), math.log(LARGEST)))
    return min(max(value, -LARGEST), LARGEST)
