"""How unusual a number is among earlier ones, beyond what was ever seen: an exponential tail with a prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.ranking import Array, largest, quantile

DECIMAL = float(np.log10(np.e))

LEAST_Z = 1.5
"""Deviations below this are no tail."""

TALLEST = 9.0
"""Score of a metric, in powers of ten, beyond which it grows with its logarithm only."""

ENOUGH = 10
"""Earlier scores of a group from which on its own worst tenth is known."""


class MetricTail:
    """How unusual deviations are among the earlier ones of the same metric, in powers of ten.

    Above the k-th largest earlier deviation the excesses fall off exponentially; a prior keeps quiet metrics, whose
    deviations were all alike, from having no tail at all.

    Parameters
    ----------
    z
        Earlier deviations in scales, one row a metric; NaN where there was none.
    least
        Smallest mean excess believed, of each metric.

    References
    ----------
    J. Pickands (1975). Statistical inference using extreme order statistics. Annals of Statistics 3, 119-131.

    Examples
    --------
    >>> tail = MetricTail(np.array([[0.1, 0.4, 0.9, 0.2, 0.3, 0.8, 0.6, 0.5, 0.7, 0.1]]))
    >>> tail.score(np.array([1.0])).tolist(), tail.score(np.array([4.0])).round(1).tolist()
    ([0.0], [3.8])
    """

    def __init__(self, z: Array, least: Array | float = 0.0) -> None:
        count = np.sum(~np.isnan(z), axis=-1)
        k = np.maximum(3, count // 10)
        self._u = np.maximum(largest(z, k), LEAST_Z)
        excess = np.fmax(z - self._u[:, None], 0.0)
        self._beta = np.maximum((np.sum(excess, axis=-1) + 3) / (k + 6), least)
        self._start = np.log10(np.maximum((count + 1) / k, 1.0))

    def score(self, z: Array) -> Array:
        """Return the score of deviations, one row a metric; 0 where it is usual or undefined."""
        scores = np.zeros(z.shape)
        over = np.nonzero(z > along(self._u, z))
        rows = over[0]
        scores[over] = compressed(self._start[rows] + DECIMAL / self._beta[rows] * (z[over] - self._u[rows]))
        return scores

    def reach(self, level: float) -> Array:
        """Return the deviation at which a metric's score reaches a level."""
        reached: Array = self._u + np.maximum(level - self._start, 0.0) * self._beta / DECIMAL
        return reached


class ScoreTail:
    """How unusual scores of groups are among their own earlier ones; 1 is the usual worst tenth.

    Parameters
    ----------
    scores
        Earlier ones, one row a group; NaN where there was none.
    prior, weight
        Mean excess that is believed before any was seen, a group; and how many excesses that belief is worth.

    Examples
    --------
    >>> tail = ScoreTail(np.array([[0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]]))
    >>> tail.score(np.array([1.8])).round(2).tolist(), tail.score(np.array([3.8])).round(1).tolist()
    ([0.7], [3.0])
    """

    def __init__(self, scores: Array, prior: Array | float = 0.45, weight: float = 16) -> None:
        known = np.sum(~np.isnan(scores), axis=-1) >= ENOUGH
        self._u = np.where(known, np.fmax(quantile(scores, 0.9), 0.5), 1.0)
        total, count = _excesses(scores, self._u, known)
        self._beta = (total + weight * prior) / (count + weight)

    @classmethod
    def sharing(cls, scores: Array, families: NDArray[np.intp], *, prior: float = 0.45) -> ScoreTail:
        """Make the tails of groups where those of one family lend each other strength.

        Parameters
        ----------
        scores
            Earlier ones, one row a group; NaN where there was none.
        families
            The family of each group, counted from 0.
        prior
            Mean excess that is believed of a family before any was seen.
        """
        alone = cls(scores)
        known = np.sum(~np.isnan(scores), axis=-1) >= ENOUGH
        total, count = _excesses(scores, alone._u, known)
        totals, counts = np.bincount(families, total) + 20 * prior, np.bincount(families, count) + 20
        shared = (totals / counts)[families]
        alone._beta = (total + 8 * shared) / (count + 8)
        return alone

    def score(self, scores: Array, *, rows: NDArray[np.intp] | None = None) -> Array:
        """Return how unusual scores are, one row a group, or of the given rows; NaN where there is none."""
        chosen = slice(None) if rows is None else rows
        u, beta = along(self._u[chosen], scores), along(self._beta[chosen], scores)
        return np.where(scores > u, 1 + DECIMAL * (scores - u) / beta, 0.7 * scores / u)


def compressed(a: Array) -> Array:
    """Let scores beyond the tallest grow with their logarithm only.

    >>> compressed(np.array([5.0, 18.0])).tolist()
    [5.0, 11.0]
    """
    out = np.array(a)
    tall = out > TALLEST
    out[tall] = TALLEST + 2 * np.log2(out[tall] / TALLEST)
    return out


def along(values: Array, like: Array) -> Array:
    """One value a row, shaped so that it meets a matrix of so many rows, or a vector."""
    return values[:, None] if like.ndim > 1 else values


def _excesses(scores: Array, u: Array, known: NDArray[np.bool_]) -> tuple[Array, NDArray[np.intp]]:
    excess = np.where(known[:, None], np.fmax(scores - u[:, None], 0.0), 0.0)
    return excess.sum(axis=-1), np.count_nonzero(excess, axis=-1)
