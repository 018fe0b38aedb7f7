"""Order statistics along the last axis of arrays in which numbers may be missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def ordered(x: Array) -> tuple[Array, NDArray[np.intp]]:
    """Sort along the last axis, what is missing last; with the number of values there are.

    >>> ordered(np.array([[3.0, np.nan, 1.0]]))
    (array([[ 1.,  3., nan]]), array([2]))
    """
    found = np.sort(x, axis=-1)
    return found, np.sum(~np.isnan(found), axis=-1)


def median(x: Array) -> Array:
    """Median along the last axis of the values there are; NaN where there is none.

    >>> median(np.array([[3.0, np.nan, 1.0], [4.0, 1.0, 2.0], [np.nan, np.nan, np.nan]]))
    array([ 2.,  2., nan])
    """
    return middle(*ordered(x))


def middle(found: Array, count: NDArray[np.intp]) -> Array:
    """Median of what :func:`ordered` gave."""
    if not found.shape[-1]:
        return np.full(found.shape[:-1], np.nan)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, found.shape[-1] - 1)
    both = _at(found, low) + _at(found, high)
    return np.where(count > 0, both / 2, np.nan)


def quantile(x: Array, q: float) -> Array:
    """Quantile along the last axis, interpolated, of the values there are; NaN where there is none.

    >>> quantile(np.array([[0.0, 1.0, 2.0, 3.0, np.nan]]), 0.5)
    array([1.5])
    """
    found, count = ordered(x)
    if not found.shape[-1]:
        return np.full(found.shape[:-1], np.nan)
    place = q * np.maximum(count - 1, 0)
    low = place.astype(np.intp)
    below, above = _at(found, low), _at(found, np.minimum(low + 1, np.maximum(count - 1, 0)))
    return below + (above - below) * (place - low)


def largest(x: Array, k: NDArray[np.intp]) -> Array:
    """The k-th largest along the last axis of the values there are, a k for each row; 0 where there are fewer.

    >>> largest(np.array([[5.0, np.nan, 1.0, 4.0]]), np.array([2])), largest(np.array([[5.0]]), np.array([3]))
    (array([4.]), array([0.]))
    """
    found, count = ordered(x)
    if not found.shape[-1]:
        return np.zeros(found.shape[:-1])
    return np.where(count >= k, _at(found, np.maximum(count - k, 0)), 0.0)


def mean(x: Array) -> Array:
    """Mean along the last axis of the values there are; NaN where there is none.

    >>> mean(np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]]))
    array([ 2., nan])
    """
    if not x.shape[-1]:
        return np.full(x.shape[:-1], np.nan)
    found: Array = x.sum(axis=-1) / x.shape[-1]
    gaps = np.isnan(found)  # few rows have any
    if gaps.any():
        some = x[gaps]
        there = ~np.isnan(some)
        count = there.sum(axis=-1)
        total = np.where(there, some, 0.0).sum(axis=-1)
        found[gaps] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return found


def _at(found: Array, place: NDArray[np.intp]) -> Array:
    return np.take_along_axis(found, place[..., None], axis=-1)[..., 0]
