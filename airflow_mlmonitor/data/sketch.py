"""The values of a numeric column as weighted points: exact while they are few, bounded when they are many."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import HashSample, mix

Floats = NDArray[np.float64]

EXACT_POINTS = 100_000
"""Distinct values up to which a sketch keeps every one with its count."""

MEMORY_POINTS = 4_096
"""Points of a sketch that has given up being exact, while it is read."""

BATCH_POINTS = 2_048
"""Points that one batch of values is reduced to."""

STORED_POINTS = 1_024
"""Points of a stored sketch."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """The values of a numeric column as weighted points; two of them add up to that of all their rows.

    While there are at most 100,000 distinct values each stands with its exact count. Beyond, runs of neighbouring
    values are replaced by their mean (equi-weight means); a value that alone has a bin's weight stays itself, so
    that ties are not smeared. With room for k points the share of rows up to a value is off by less than 2/k.
    Measured on a million rows: .0003 at 4,096 points and .0008 at the 1,024 of a stored profile where columns are
    smooth, .0005 and .0016 in the worst of thirteen shapes (two modes far apart); the same after adding up 50 stored
    parts.

    Parameters
    ----------
    x
        Support points, ascending and distinct.
    w
        Number of values at each point; whole numbers, as floats.
    atoms
        True where the point is one exact value, False where it is the mean of several.

    Examples
    --------
    >>> left, right = Sketch.of(np.array([3.0, 1.0, 3.0])), Sketch.of(np.array([2.0]))
    >>> both = left + right
    >>> both.x.tolist(), both.w.tolist(), both.exact
    ([1.0, 2.0, 3.0], [1.0, 1.0, 2.0], True)
    >>> both.quantile(0.5)
    2.0
    """

    x: Floats = field(default_factory=lambda: np.empty(0))
    w: Floats = field(default_factory=lambda: np.empty(0))
    atoms: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))

    @classmethod
    def of(cls, values: Floats) -> Sketch:
        """Every one of some finite values."""
        return cls.of_sorted(np.sort(values))

    @classmethod
    def of_sorted(cls, values: Floats) -> Sketch:
        """Every one of some finite, ascending values."""
        if not values.size:
            return cls()
        starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
        counts = np.diff(np.append(starts, values.size)).astype(np.float64)
        return cls(values[starts], counts, np.ones(starts.size, dtype=np.bool_))

    @classmethod
    def means_of_sorted(cls, values: Floats, points: int = BATCH_POINTS) -> Sketch:
        """Means of equally many finite, ascending values each; quick, and never exact unless values tie."""
        if values.size <= points:
            return cls.of_sorted(values)
        edges = (np.arange(points + 1) * values.size) // points
        starts, ends = edges[:-1], edges[1:]
        counts = (ends - starts).astype(np.float64)
        first, last = values[starts], values[ends - 1]
        # Dividing first keeps values near the largest float from overflowing their sum by more than a rounding error,
        # which the clip takes back.
        with np.errstate(over="ignore"):
            sums = np.add.reduceat(values / counts.max(), starts)
            means = np.clip(sums * (counts.max() / counts), first, last)
        return _unified(np.where(first == last, first, means), counts, first == last)

    @property
    def total(self) -> float:
        """Number of values."""
        return float(self.w.sum())

    @property
    def exact(self) -> bool:
        """Whether every value stands in it as it was."""
        return bool(self.atoms.all())

    def __len__(self) -> int:
        return int(self.x.size)

    def __add__(self, other: Sketch) -> Sketch:
        return merged([self, other])

    def compact(self, points: int = STORED_POINTS) -> Sketch:
        """The same distribution in at most ``points`` points; itself if it is small enough."""
        sketch, bins = self, points
        while len(sketch) > points:
            sketch = _binned(self, bins)
            bins = int(bins * 0.8)
        return sketch

    def quantile(self, q: float) -> float | None:
        """The value below which the share ``q`` of values lies, as numpy's ``inverted_cdf``; None when empty."""
        if not len(self):
            return None
        cumulative = np.cumsum(self.w)
        position = np.searchsorted(cumulative, q * cumulative[-1], side="left")
        return float(self.x[min(int(position), len(self) - 1)])


def merged(sketches: list[Sketch]) -> Sketch:
    """The sketch of all the values of several, in bounded size."""
    sketch = _joined(sketches)
    return sketch if len(sketch) <= _limit(sketch) else sketch.compact(MEMORY_POINTS)


def _limit(sketch: Sketch) -> int:
    return EXACT_POINTS if sketch.exact else MEMORY_POINTS


def _joined(sketches: list[Sketch]) -> Sketch:
    filled = [sketch for sketch in sketches if len(sketch)]
    if len(filled) <= 1:
        return filled[0] if filled else Sketch()
    x = np.concatenate([sketch.x for sketch in filled])
    order = np.argsort(x, kind="stable")
    return _unified(
        x[order],
        np.concatenate([sketch.w for sketch in filled])[order],
        np.concatenate([sketch.atoms for sketch in filled])[order],
    )


def _unified(x: Floats, w: Floats, atoms: NDArray[np.bool_]) -> Sketch:
    """Make ascending points distinct."""
    starts = np.flatnonzero(np.concatenate(([True], x[1:] != x[:-1])))
    if starts.size == x.size:
        return Sketch(x, w, atoms)
    return Sketch(x[starts], np.add.reduceat(w, starts), np.logical_and.reduceat(atoms, starts))


def _binned(sketch: Sketch, bins: int) -> Sketch:
    """Replace the points of each of ``bins`` bins of equal weight by their mean."""
    x, w, atoms = sketch.x, sketch.w, sketch.atoms
    cumulative = np.cumsum(w)
    total = cumulative[-1]
    number = np.floor((cumulative - w / 2) * (bins / total))
    heavy = atoms & (w * bins >= total)
    begins = np.concatenate(([True], (number[1:] != number[:-1]) | heavy[1:] | heavy[:-1]))
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, x.size))
    weights = np.add.reduceat(w, starts)
    with np.errstate(over="ignore"):
        means = np.add.reduceat(x * (w / np.repeat(weights, sizes)), starts)
    single = sizes == 1
    means = np.where(single, x[starts], np.clip(means, x[starts], x[starts + sizes - 1]))
    return _unified(means, weights, single & atoms[starts])


class SketchBuilder:
    """Collects sorted batches of values into one sketch, in bounded memory.

    Attributes
    ----------
    distinct
        A sample of the distinct values, from the moment on at which the sketch can no longer be exact.
    """

    def __init__(self) -> None:
        self.distinct: HashSample | None = None
        self._pending: list[Sketch] = []
        self._points = 0

    def add_sorted(self, values: Floats) -> None:
        """Take finite, ascending values."""
        if self.distinct is None:
            self._append(Sketch.of_sorted(values), EXACT_POINTS)
        else:
            self.distinct = self.distinct.add(mix(values.view(np.uint64)))
            self._append(Sketch.means_of_sorted(values), 8 * MEMORY_POINTS)

    def finish(self) -> Sketch:
        """Return the sketch of everything taken so far."""
        self._merge()
        return self._pending[0] if self._pending else Sketch()

    def _append(self, sketch: Sketch, limit: int) -> None:
        self._pending.append(sketch)
        self._points += len(sketch)
        if self._points > limit:
            self._merge()

    def _merge(self) -> None:
        sketch = _joined(self._pending)
        if self.distinct is None and len(sketch) > EXACT_POINTS:
            self.distinct = HashSample().add(mix(sketch.x.view(np.uint64)))
        if len(sketch) > _limit(sketch):
            sketch = sketch.compact(MEMORY_POINTS)
        self._pending, self._points = [sketch], len(sketch)
