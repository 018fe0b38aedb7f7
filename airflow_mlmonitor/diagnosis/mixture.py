"""Are a run's values the baseline's, with a part of them changed in one known way?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.sketch import Sketch

Floats = NDArray[np.float64]

GRID = 128
"""Quantiles of each distribution at which the three are compared."""

LEAST = 1e-12
"""Squared differences below which two distributions are the same."""


@dataclass(frozen=True)
class Mixture:
    """How well a run's values are explained by changing a part of the baseline's.

    Parameters
    ----------
    share
        The part of the rows that were changed, from 0 to 1.
    explained
        The part of the difference between run and baseline that this explains, from 0 to 1.
    size
        The difference itself: root mean square of the distance between the two distribution functions.
    """

    share: float
    explained: float
    size: float


def mixture(now: Sketch, old: Sketch, changed: Sketch) -> Mixture:
    """Fit the run's distribution as that of the baseline, with a part of its rows as in ``changed``.

    Least squares over the distribution functions, at the quantiles of all three.

    Examples
    --------
    >>> metres = Sketch.of(np.arange(1.0, 101.0))
    >>> kilometres = Sketch.of(np.arange(1.0, 101.0) / 1000)
    >>> half = Sketch.of(np.concatenate([np.arange(1.0, 101.0), np.arange(1.0, 101.0) / 1000]))
    >>> fit = mixture(half, metres, kilometres)
    >>> round(fit.share, 2), round(fit.explained, 2)
    (0.5, 1.0)
    """
    grid = np.sort(np.concatenate([_quantiles(sketch) for sketch in (now, old, changed)]))
    base = distribution(old, grid)
    return fitted(distribution(now, grid) - base, distribution(changed, grid) - base)


def fitted(found: Floats, wanted: Floats) -> Mixture:
    """Fit a difference that was found as a part of one that a change would make."""
    total, power = float(found @ found), float(wanted @ wanted)
    size = float(np.sqrt(total / max(found.size, 1)))
    if total < LEAST or power < LEAST:
        return Mixture(0.0, 0.0, size)
    share = min(max(float(found @ wanted) / power, 0.0), 1.0)
    left = found - share * wanted
    return Mixture(share, max(0.0, 1 - float(left @ left) / total), size)


def distribution(sketch: Sketch, grid: Floats) -> Floats:
    """The share of values up to each point of a grid."""
    reached = np.concatenate([[0.0], np.cumsum(sketch.w)])
    return np.asarray(reached[np.searchsorted(sketch.x, grid, side="right")] / max(sketch.total, 1.0))


def moved(sketch: Sketch, factor: float = 1.0, offset: float = 0.0) -> Sketch:
    """The values times a factor, plus an offset."""
    x, w, atoms = sketch.x * factor + offset, sketch.w, sketch.atoms
    return Sketch(x[::-1], w[::-1], atoms[::-1]) if factor < 0 else Sketch(x, w, atoms)


def noise(rows: int, before: int) -> float:
    """The root mean square that two distribution functions of the same values would differ by, by chance."""
    return float(np.sqrt((1 / max(rows, 1) + 1 / max(before, 1)) / 6))


def share_at(sketch: Sketch, value: float) -> float:
    """The share of rows that hold exactly one value."""
    place = int(np.searchsorted(sketch.x, value))
    there = place < len(sketch) and sketch.x[place] == value and sketch.atoms[place]
    return float(sketch.w[place] / sketch.total) if there else 0.0


def _quantiles(sketch: Sketch) -> Floats:
    reached = np.cumsum(sketch.w)
    wanted = (np.arange(GRID) + 0.5) / GRID * reached[-1] if len(sketch) else np.empty(0)
    return np.asarray(sketch.x[np.minimum(np.searchsorted(reached, wanted), len(sketch) - 1)])
