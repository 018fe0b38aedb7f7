"""What a profile knows of one column."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from airflow_mlmonitor.data.distinct import HashSample, mix
from airflow_mlmonitor.data.sketch import STORED_POINTS, Sketch

Kind = Literal["number", "time", "category", "unknown"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Column(ABC):
    """What a profile knows of one column; two of them add up to that of all their rows.

    Parameters
    ----------
    type
        The Arrow type as text, such as ``timestamp[us, tz=UTC]``.
    rows, nulls
        Number of rows, and of those without a value.
    note
        What could not be evaluated and why, or what was changed on the way; empty when all is well.
    """

    type: str
    rows: int = 0
    nulls: int = 0
    note: str = ""

    kind: Kind = field(default="unknown", init=False)

    @property
    def count(self) -> int:
        """Number of rows that have a value."""
        return self.rows - self.nulls

    @property
    def null_share(self) -> float | None:
        """Share of rows without a value; None when there are no rows."""
        return self.nulls / self.rows if self.rows else None

    @property
    def distinct(self) -> int | None:
        """Number of distinct values, where it is known."""
        return None

    def compact(self) -> Column:
        """The column as it is stored."""
        return self

    def __add__(self, other: Column) -> Column:
        if self.kind == other.kind:
            return self._plus(other)
        if self.nulls == self.rows:
            return replace(other, rows=other.rows + self.rows, nulls=other.nulls + self.nulls)
        if other.nulls == other.rows:
            return replace(self, rows=self.rows + other.rows, nulls=self.nulls + other.nulls)
        return self._incompatible(other)

    @abstractmethod
    def _plus(self, other: Column) -> Column:
        """Add a column of the same kind."""

    def _incompatible(self, other: Column) -> Column:
        return UnknownColumn(
            type=other.type,
            rows=self.rows + other.rows,
            nulls=self.nulls + other.nulls,
            note=f"was {self.type}, then {other.type}: the two cannot be counted together",
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class UnknownColumn(Column):
    """A column whose values are not evaluated: lists, structs, nothing but nulls, or a type that changed."""

    def _plus(self, other: Column) -> Column:
        return replace(
            other,
            rows=self.rows + other.rows,
            nulls=self.nulls + other.nulls,
            note=self.note or other.note,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class NumberColumn(Column):
    """A column of numbers, or of moments as seconds since 1970 (kind ``time``).

    Counts and moments are exact; the rest is as good as :class:`~airflow_mlmonitor.data.sketch.Sketch`.
    Nulls, NaN and infinite values are counted apart and stand in nothing else.

    Parameters
    ----------
    nans, infinite
        Number of NaN, and of infinite values.
    zeros, integers
        Number of values that are 0, and that are whole.
    min, max, mean
        Of the finite values; None when there are none.
    m2
        Sum of squared deviations from the mean.
    sketch
        The finite values as weighted points.
    values
        A sample of the distinct values, once the sketch is no longer exact.
    is_time
        Whether the numbers are moments.
    """

    nans: int = 0
    infinite: int = 0
    zeros: int = 0
    integers: int = 0
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    m2: float = 0.0
    sketch: Sketch = field(default_factory=Sketch)
    values: HashSample | None = None
    is_time: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "time" if self.is_time else "number")

    @property
    def count(self) -> int:
        """Number of finite values."""
        return self.rows - self.nulls - self.nans - self.infinite

    @property
    def moments(self) -> RunningMoments:
        """Number, mean and squared deviations of the finite values."""
        return RunningMoments() if self.mean is None else RunningMoments(self.count, self.mean, self.m2)

    @property
    def sd(self) -> float | None:
        """Standard deviation of the finite values, with n - 1; None below two of them or past the largest float."""
        if self.count < 2 or not math.isfinite(self.m2):
            return None
        return math.sqrt(self.m2 / (self.count - 1))

    @property
    def distinct(self) -> int | None:
        """Number of distinct finite values: exact while there are at most 100,000, else within about 4 %."""
        return len(self.sketch) if self.values is None else self.values.distinct

    def quantile(self, q: float) -> float | None:
        """The value below which the share ``q`` of the finite values lies."""
        return self.sketch.quantile(q)

    def compact(self) -> NumberColumn:
        """The column as it is stored: at most 1,024 points, and the number of distinct values."""
        sketch = self.sketch.compact(STORED_POINTS)
        values = self.values
        if values is None and len(sketch) < len(self.sketch):
            values = _hashed(self.sketch)
        return replace(self, sketch=sketch, values=values)

    def _plus(self, other: Column) -> Column:
        assert isinstance(other, NumberColumn)  # noqa: S101 - kinds were compared
        moments = self.moments + other.moments
        sketch = self.sketch + other.sketch
        values = None
        if self.values or other.values or not sketch.exact:
            values = (self.values or _hashed(self.sketch)) + (other.values or _hashed(other.sketch))
        return replace(
            other,
            rows=self.rows + other.rows,
            nulls=self.nulls + other.nulls,
            note=self.note or other.note,
            nans=self.nans + other.nans,
            infinite=self.infinite + other.infinite,
            zeros=self.zeros + other.zeros,
            integers=self.integers + other.integers,
            min=min((value for value in (self.min, other.min) if value is not None), default=None),
            max=max((value for value in (self.max, other.max) if value is not None), default=None),
            mean=moments.mean if moments.n else None,
            m2=moments.m2,
            sketch=sketch,
            values=values,
        )


@dataclass(frozen=True)
class RunningMoments:
    """Number, mean and sum of squared deviations of some values; they add up exactly.

    References
    ----------
    T. F. Chan, G. H. Golub, R. J. LeVeque (1979). Updating formulae and a pairwise algorithm for computing sample
    variances. Stanford STAN-CS-79-773.
    """

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0

    def __add__(self, other: RunningMoments) -> RunningMoments:
        if not self.n or not other.n:
            return other if not self.n else self
        n = self.n + other.n
        delta = other.mean - self.mean
        mean = self.mean + delta * (other.n / n)
        if not math.isfinite(mean):  # the difference of two means near the largest float is none
            mean = self.mean * (self.n / n) + other.mean * (other.n / n)
        return RunningMoments(n, mean, self.m2 + other.m2 + delta * delta * (self.n * (other.n / n)))


def _hashed(sketch: Sketch) -> HashSample:
    return HashSample().add(mix(sketch.x[sketch.atoms].view(np.uint64)))
