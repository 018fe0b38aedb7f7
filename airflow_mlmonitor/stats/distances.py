"""Plain distances of two rows of counts, each between 0 and 1; none has a p-value of its own."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from airflow_mlmonitor.stats.counts import aligned
from airflow_mlmonitor.stats.points import Array


def hellinger(reference: ArrayLike, current: ArrayLike) -> float | None:
    """The Hellinger distance; None when a sample has no rows.

    Examples
    --------
    >>> round(hellinger([36, 64], [64, 36]), 4)
    0.2
    """
    shares = _shares(reference, current)
    if shares is None:
        return None
    p, q = shares
    return min(math.sqrt(float(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2)) / 2), 1.0)


def total_variation(reference: ArrayLike, current: ArrayLike) -> float | None:
    """The share of rows that would have to change category; None when a sample has no rows.

    Examples
    --------
    >>> round(total_variation([30, 50, 20], [20, 50, 30]), 4)
    0.1
    """
    shares = _shares(reference, current)
    return None if shares is None else min(float(np.abs(shares[1] - shares[0]).sum()) / 2, 1.0)


def l_infinity(reference: ArrayLike, current: ArrayLike) -> float | None:
    """The largest change of any category's share; None when a sample has no rows.

    Examples
    --------
    >>> round(l_infinity([30, 50, 20], [20, 55, 25]), 4)
    0.1
    """
    shares = _shares(reference, current)
    return None if shares is None else float(np.abs(shares[1] - shares[0]).max())


def _shares(reference: ArrayLike, current: ArrayLike) -> tuple[Array, Array] | None:
    counts = aligned(reference, current)
    return None if counts is None else (counts.a / counts.n, counts.b / counts.m)
