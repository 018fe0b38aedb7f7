"""Samples as weighted points, and their distribution functions."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Side = Literal["left", "right"]


class Points(NamedTuple):
    """A sample of a number, as weighted points.

    Parameters
    ----------
    x
        Distinct finite values, ascending.
    w
        How many rows each stands for, above 0.
    atoms
        True where a point is one exact value, False where it is the mean of a run of neighbouring values. None when
        all are exact.

    Examples
    --------
    >>> Points.of([3, 1, 3])
    Points(x=array([1., 3.]), w=array([1., 2.]), atoms=None)
    """

    x: Array
    w: Array
    atoms: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, values: ArrayLike) -> Points:
        """Count the distinct values of finite numbers, given in any order."""
        x, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
        return cls(x, counts.astype(np.float64))

    @property
    def total(self) -> float:
        """The number of rows."""
        return float(self.w.sum())

    @property
    def exact(self) -> bool:
        """Whether no point is a mean."""
        return self.atoms is None or bool(self.atoms.all())


class Overlay(NamedTuple):
    """Two distribution functions on the points where either bends or jumps.

    Parameters
    ----------
    at
        The points, ascending.
    before, after
        Current minus reference just below and at each point; between two points the difference is a straight line.
    pooled
        The distribution function of both samples together, at each point.
    n, m
        Rows of the reference and of the current sample.
    """

    at: Array
    before: Array
    after: Array
    pooled: Array
    n: float
    m: float


class _Curve(NamedTuple):
    """A distribution function: from ``start[i]`` to ``end[i]`` along the line between knots ``i - 1`` and ``i``."""

    knots: Array
    start: Array
    end: Array


def cdf(x: Array, w: Array, atoms: NDArray[np.bool_] | None, at: Array, side: Side = "right") -> Array:
    """The share of rows up to each value: a distribution function without step artefacts.

    At an exact point it jumps by the point's weight. A mean stands for a run of values around it, half of them on
    either side, so between two means (or a mean and an exact point) it rises in a straight line, without a jump.
    Where the runs do not overlap it is off by less than one and a half times the heaviest mean's share, whatever the
    distribution; on smooth columns by far less.

    Parameters
    ----------
    x, w, atoms
        The sample, as in :class:`Points`, with at least one point.
    at
        Where to evaluate.
    side
        ``right``: the share at or below; ``left``: the share below.

    Examples
    --------
    >>> sample = Points.of([0, 0, 0, 1])
    >>> cdf(*sample, at=np.array([0.0, 0.5, 1.0])), cdf(*sample, at=np.array([0.0]), side="left")
    (array([0.75, 0.75, 1.  ]), array([0.]))
    >>> cdf(np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.array([False, False]), at=np.array([1.0, 2.0, 3.0]))
    array([0.25, 0.5 , 0.75])
    """
    curve = _curve(x, w, atoms)
    return _height(curve, np.searchsorted(curve.knots, at, side), at)


def overlay(reference: Points, current: Points) -> Overlay | None:
    """Lay two samples' distribution functions over each other; None when either has no rows."""
    if not reference.x.size or not current.x.size:
        return None
    f, g = _curve(*reference), _curve(*current)
    at, in_f, in_g = _merge(f.knots, g.knots)
    lower, upper = _height(f, in_f, at), _height(g, in_g, at)
    n, m = reference.total, current.total
    pooled = (n * lower + m * upper) / (n + m)
    return Overlay(at, _below(g, in_g, upper) - _below(f, in_f, lower), upper - lower, pooled, n, m)


def _curve(x: Array, w: Array, atoms: NDArray[np.bool_] | None) -> _Curve:
    upto = np.cumsum(w)
    if atoms is None or atoms.all() or x.size == 1:
        heights = np.concatenate(([0.0], upto / upto[-1]))
        return _Curve(x, heights, heights)
    below, middle, total = upto - w, upto - w / 2, upto[-1]
    start, end = np.where(atoms, upto, middle) / total, np.where(atoms, below, middle) / total
    first, last = _rims(x, atoms)
    return _Curve(
        np.concatenate((first, x, last)),
        np.concatenate((np.zeros(1 + first.size), start, np.ones(last.size))),
        np.concatenate((np.zeros(first.size), end, np.ones(1 + last.size))),
    )


def _rims(x: Array, atoms: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Where the outermost runs end, if they are runs: as far out as half the way to their neighbours."""
    most = np.finfo(np.float64).max
    with np.errstate(over="ignore"):
        first = np.clip(x[:1] - (x[1:2] / 2 - x[:1] / 2), -most, most)
        last = np.clip(x[-1:] + (x[-1:] / 2 - x[-2:-1] / 2), -most, most)
    return first[: int(not atoms[0])], last[: int(not atoms[-1])]


def _height(curve: _Curve, segment: NDArray[np.intp], at: Array) -> Array:
    start = curve.start[segment]
    if curve.start is curve.end:
        return start
    low = curve.knots[np.maximum(segment - 1, 0)]
    span = curve.knots[np.minimum(segment, curve.knots.size - 1)] / 2 - low / 2  # halves, lest it overflow
    along = np.divide(at / 2 - low / 2, span, out=np.zeros_like(span), where=span > 0)
    return start + along * (curve.end[segment] - start)


def _below(curve: _Curve, segment: NDArray[np.intp], height: Array) -> Array:
    """The height just below each place, given the one at it: lower at the curve's own knots, if they are jumps."""
    below = height.copy()
    below[np.flatnonzero(steps(segment))] = curve.end[:-1]
    return below


def steps(heights: NDArray[Any], *end: float) -> NDArray[Any]:
    """By how much each height is above the one before, the first one above 0; several times quicker than numpy's diff.

    >>> steps(np.array([0.5, 2.0]), 3.0)
    array([0.5, 1.5, 1. ])
    """
    whole = np.concatenate((heights, end)) if end else heights
    rises = whole.copy()
    rises[1:] -= whole[:-1]
    return rises


def _merge(x: Array, y: Array) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]]:
    """All distinct values of two ascending arrays, and how many of each array are at or below each."""
    both = np.concatenate((x, y))
    order = np.argsort(both, kind="stable")  # merges two ascending runs in one pass
    both = both[order]
    last = np.flatnonzero(np.append(both[1:] != both[:-1], True))
    of_x = np.cumsum(order < x.size, dtype=np.intp)[last]
    return both[last], of_x, last + 1 - of_x
