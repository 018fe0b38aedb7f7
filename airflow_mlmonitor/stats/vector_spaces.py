"""How far one set of vectors is from another, in place and after the best rotation, and whose neighbours changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK = 1024
"""Rows whose distances to all others are in memory at a time."""


def residual(now: Array, before: Array) -> float | None:
    """Distance between two sets of vectors, row by row, as a share of the size of the second.

    >>> residual(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]))
    0.0
    """
    size = float(np.linalg.norm(before))
    return float(np.linalg.norm(now - before)) / size if size else None


def rotated(now: Array, before: Array) -> Array:
    """The vectors after the rotation or reflection that brings them nearest to others (orthogonal Procrustes).

    References
    ----------
    P. Schönemann (1966). A generalized solution of the orthogonal Procrustes problem. Psychometrika 31, 1-10.

    Examples
    --------
    >>> before = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])
    >>> turned = before @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> bool(residual(turned, before) > 1), bool(residual(rotated(turned, before), before) < 1e-12)
    (True, True)
    """
    u, _, v = np.linalg.svd(now.T @ before)
    turned: Array = now @ (u @ v)
    return turned


def neighbour_overlap(now: Array, before: Array, k: int) -> float | None:
    """Mean share of each vector's k nearest others, by cosine, that are the same in both sets; None for too few.

    >>> vectors = np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0], [0.2, 1.0]])
    >>> neighbour_overlap(vectors, vectors, 1), neighbour_overlap(vectors[[0, 2, 1, 3]], vectors, 1)
    (1.0, 0.0)
    """
    k = min(k, len(now) - 1)
    if k < 1:
        return None
    shared = 0
    here, there = _unit(now), _unit(before)
    for start in range(0, len(now), BLOCK):
        one, other = (_nearest(vectors, start, k) for vectors in (here, there))
        shared += sum(len(np.intersect1d(a, b)) for a, b in zip(one, other, strict=True))
    return shared / (k * len(now))


def _nearest(vectors: Array, start: int, k: int) -> NDArray[np.intp]:
    likeness = vectors[start : start + BLOCK] @ vectors.T
    own = np.arange(len(likeness))
    likeness[own, start + own] = -np.inf
    return np.argpartition(-likeness, k - 1, axis=1)[:, :k]


def _unit(vectors: Array) -> Array:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(norms == 0, 1.0, norms)
