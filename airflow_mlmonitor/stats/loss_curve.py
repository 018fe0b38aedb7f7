"""What the course of a loss tells: that it rose, stood still, swung, or never fell."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WINDOW = 5
"""Values whose median stands for the middle one."""

NEAR = 1.5
"""Up to how many times the best value a loss counts as not having left it yet."""

FLOOR = 0.01
"""Part of its first value below which the best is not believed when a rise is measured: noise around 0 is no rise."""

GAIN = 0.01
"""Part of what was gained in all that is no progress any more."""


class Rise(NamedTuple):
    """By how much a loss rose, and between which of its values."""

    factor: float
    start: int
    end: int


def smoothed(values: Floats) -> Floats:
    """The running median of five, so that one odd value is no rise; the ends get those that are there.

    >>> smoothed(np.array([5.0, 4.0, 90.0, 3.0, 2.0, 1.0])).tolist()
    [5.0, 4.5, 4.0, 3.0, 2.5, 2.0]
    """
    if values.size < WINDOW:
        return values
    half = WINDOW // 2
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)
    medians: Floats = np.nanmedian(windows, axis=1)
    return medians


def rise(values: Floats, end: int | None = None) -> Rise | None:
    """By what factor a loss is above the best it had reached before; None where it is not positive all along.

    Parameters
    ----------
    values
        Finite, in order.
    end
        Which value is looked at; None is the one that stands highest above what was reached before it.

    Examples
    --------
    >>> found = rise(np.array([1.0, 0.5, 0.25, 0.3, 4.0, 20.0]))
    >>> found.factor, found.start, found.end
    (80.0, 3, 5)
    """
    if not values.size or values.min() <= 0:
        return None
    best = np.minimum.accumulate(values)
    factors = values / np.maximum(best, FLOOR * values[0])
    end = int(np.argmax(factors)) if end is None else end % values.size
    near = np.flatnonzero(values[: end + 1] <= NEAR * best[end])
    start = int(near[-1]) if near.size else end
    return Rise(max(1.0, float(factors[end])), start, end)


def improvement(values: Floats) -> float:
    """How far a loss fell below its first value, as a part of that.

    >>> improvement(np.array([2.0, 1.5, 0.5, 0.7])), improvement(np.array([1.0, 2.0]))
    (0.75, 0.0)
    """
    gained, first = float(values[0] - values.min()), abs(float(values[0]))
    return gained / first if first else 0.0


def plateau(steps: Floats, values: Floats) -> float:
    """The part of the steps, up to the last one, in which a loss gained no more than a hundredth of all it gained.

    >>> plateau(np.array([0.0, 10, 20, 30, 40]), np.array([1.0, 0.2, 0.2, 0.2, 0.2]))
    0.75
    """
    span = float(steps[-1] - steps[0])
    if not span:
        return 0.0
    gained = values[0] - values.min()
    reached = int(np.argmax(values <= values.min() + GAIN * gained)) if gained > 0 else 0
    return float(steps[-1] - steps[reached]) / span


def oscillation(values: Floats) -> float | None:
    """How much a loss swings from one value to the next in its second half, as a part of its level there.

    >>> oscillation(np.array([4.0, 3, 2, 1, 1, 1, 1, 1]))
    0.0
    >>> round(oscillation(np.array([4.0, 3, 2, 1, 2, 1, 2, 1, 2])), 2)
    0.35
    """
    half = values[values.size // 2 :]
    level = abs(float(np.median(half))) if half.size >= 4 else 0.0
    return float(np.std(np.diff(half))) / math.sqrt(2) / level if level else None
