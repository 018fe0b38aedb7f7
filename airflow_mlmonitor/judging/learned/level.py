"""Where series usually are: level, rhythm of the week, spread and memory, by weights that outliers cannot bend."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Labels = NDArray[np.integer]

ROUNDS = 5
FREEDOM = 5.0
"""Degrees of freedom of the t distribution that residuals are taken to have."""

USUAL_PHI, PHI_RUNS = 0.3, 20
"""What the correlation with the run before is shrunk to, as if so many runs had shown it."""

NEAR = 28
"""Runs on either side of an accepted change that say how large it is."""


class Level(NamedTuple):
    """Where each of some series usually is.

    Parameters
    ----------
    usual
        Level plus what a calendar class, such as a weekday, adds; one row a class, one column a series.
    scale
        Spread of one run around level and class.
    phi
        How much of one run's residual the next one keeps, in [0, .9].
    sigma
        Spread of what a run brings that the one before did not tell.
    runs
        How many runs were seen.
    """

    usual: Array
    scale: Array
    phi: Array
    sigma: Array
    runs: int

    @classmethod
    def of(cls, y: Array, classes: Labels, floor: Array | float, rounds: int = ROUNDS) -> Level:
        """Settle level and rhythm by rounds of Student-t weights.

        Parameters
        ----------
        y
            Runs x series, oldest run first, without gaps.
        classes
            The calendar class of each run, counted from 0.
        floor
            Smallest spread believed.
        rounds
            How often weights and level are settled against each other.

        Examples
        --------
        >>> y = np.array([[5.0], [5.1], [4.9], [5.0], [5.1], [4.9], [50.0]])
        >>> level = Level.of(y, np.zeros(7, dtype=int), floor=0.01)
        >>> round(float(level.usual[0, 0]), 2), round(float(level.scale[0]), 2)
        (5.0, 0.19)
        """
        order = np.argsort(classes, kind="stable")
        calendar, y = classes[order], y[order]
        there = np.unique(calendar)
        starts = np.searchsorted(calendar, there)
        low, middle, high = np.sort(y, axis=0)[[len(y) // 4, len(y) // 2, 3 * len(y) // 4]]
        scale = np.maximum((high - low) / 1.349, floor).astype(y.dtype)
        usual = np.repeat(middle[None], classes.max() + 2, axis=0)  # the last is for classes never seen
        residual = y - middle
        for _ in range(rounds):
            weights = _weights(residual / scale)
            heavy = np.add.reduceat(weights, starts, axis=0)
            pull = np.add.reduceat(weights * residual, starts, axis=0)
            usual[:], usual[there] = _settled(usual[there], heavy, pull, scale)
            residual = y - usual[calendar]
            scale = np.maximum(np.sqrt(np.einsum("ij,ij,ij->j", weights, residual, residual) / len(y)), floor)
        residual[order] = residual.copy()
        phi = _memory(residual, scale)
        fresh = residual[1:] - phi * residual[:-1]
        sigma = _spread(fresh, scale * np.sqrt(1 - phi * phi), floor)
        return cls(usual, scale, phi, sigma * math.sqrt(1 + 3 / len(y)), len(y))

    def residuals(self, y: Array, classes: Labels) -> Array:
        """What level and calendar leave of some runs."""
        return y - self.usual[np.minimum(classes, len(self.usual) - 1)]


def _weights(scaled: Array) -> Array:
    """Weights of a t distribution, computed in place."""
    scaled *= scaled
    scaled += FREEDOM
    np.divide(FREEDOM + 1, scaled, out=scaled)
    return scaled


def _settled(usual: Array, heavy: Array, pull: Array, scale: Array) -> tuple[Array, Array]:
    """Level, and level plus effect of each calendar class, effects shrunk the more the less sure they are."""
    total = heavy.sum(axis=0)
    centre = (usual * heavy + pull).sum(axis=0) / total
    effects = usual + pull / heavy - centre
    doubt = scale * scale / heavy
    truly = np.maximum((effects * effects - doubt).mean(axis=0), 0)
    return centre, centre + effects * (truly / (truly + doubt))


def _memory(residual: Array, scale: Array) -> Array:
    """Correlation with the run before, shrunk to the usual one."""
    clipped = np.clip(residual, -3 * scale, 3 * scale)
    around = np.einsum("ij,ij->j", clipped, clipped)
    found = np.einsum("ij,ij->j", clipped[1:], clipped[:-1]) / np.where(around > 0, around, 1)
    runs = len(residual)
    phi: Array = (np.clip(found, 0, 0.9) * runs + USUAL_PHI * PHI_RUNS) / (runs + PHI_RUNS)
    return phi


def _spread(fresh: Array, first: Array, floor: Array | float) -> Array:
    """The t scale of some innovations."""
    scale = np.maximum(first, floor)
    for _ in range(2):
        weights = _weights(fresh / scale)
        scale = np.maximum(np.sqrt(np.einsum("ij,ij,ij->j", weights, fresh, fresh) / len(fresh)), floor)
    return scale


def rebased(y: Array, accepted: NDArray[np.bool_]) -> Array:
    """Move all that came before an accepted change by that change: what was learned of rhythm and spread survives.

    >>> rebased(np.array([[1.0], [2.0], [11.0], [12.0]]), np.array([False, False, True, False])).ravel().tolist()
    [11.0, 12.0, 11.0, 12.0]
    """
    starts = np.flatnonzero(accepted & ~np.concatenate(([False], accepted[:-1])))
    y = y.copy()
    for start in starts[starts > 0]:
        before, after = y[max(start - NEAR, 0) : start], y[start : start + NEAR]
        y[:start] += np.median(after, axis=0) - np.median(before, axis=0)
    return y
