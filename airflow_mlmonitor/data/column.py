"""What a profile knows of one column."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from airflow_mlmonitor.data.distinct import HashSample
from airflow_mlmonitor.data.sketch import STORED_POINTS, Sketch

Kind = Literal["number", "time", "category", "unknown"]

MEMORY_VALUES = 20_000
"""Distinct values of a categorical column that are counted while it is read."""


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
    import numpy as np

    from airflow_mlmonitor.data.distinct import mix

    return HashSample().add(mix(sketch.x[sketch.atoms].view(np.uint64)))


@dataclass(frozen=True, eq=False, kw_only=True)
class CategoryColumn(Column):
    """A column of names: text, dictionaries, booleans, or numbers that a source calls categorical.

    Parameters
    ----------
    counts
        Value to number of rows, most frequent first. Exact while there are at most 20,000 distinct values.
    others
        Number of rows whose value is not in ``counts``.
    error
        Each count is too low by at most this; 0 while exact. While reading it stays below a 10,000th of the rows
        (Misra-Gries); storing adds the count of the most frequent value left out.
    characters
        Sum of the lengths of all values.
    values
        A sample of the distinct values, once not all are in ``counts``.
    private
        Whether the values are hashes.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    others: int = 0
    error: int = 0
    characters: int = 0
    values: HashSample | None = None
    private: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "category")

    @property
    def exact(self) -> bool:
        """Whether every value is in ``counts``."""
        return self.others == 0

    @property
    def distinct(self) -> int | None:
        """Number of distinct values: exact while all are counted, else within about 4 %."""
        return len(self.counts) if self.values is None else self.values.distinct

    @property
    def mean_length(self) -> float | None:
        """Mean length of the values, in characters; None when there are none."""
        return self.characters / self.count if self.count else None

    def compact(self) -> CategoryColumn:
        """The column as it is stored: the 1,024 most frequent values."""
        if len(self.counts) <= STORED_POINTS:
            return self
        ranked = list(self.counts.items())
        kept, lost = dict(ranked[:STORED_POINTS]), ranked[STORED_POINTS][1]
        return replace(
            self,
            counts=kept,
            others=self.count - sum(kept.values()),
            error=self.error + lost,
            values=self.values or texts_hashed(self.counts),
        )

    def _plus(self, other: Column) -> Column:
        assert isinstance(other, CategoryColumn)  # noqa: S101 - kinds were compared
        counts = dict(self.counts)
        for value, count in other.counts.items():
            counts[value] = counts.get(value, 0) + count
        values = None
        if self.values or other.values or len(counts) > MEMORY_VALUES:
            values = (self.values or texts_hashed(self.counts)) + (other.values or texts_hashed(other.counts))
        kept, lost = most_frequent(counts)
        return replace(
            other,
            rows=self.rows + other.rows,
            nulls=self.nulls + other.nulls,
            note=self.note or other.note,
            counts=kept,
            others=self.count + other.count - sum(kept.values()),
            error=self.error + other.error + lost,
            characters=self.characters + other.characters,
            values=values,
            private=self.private or other.private,
        )


def most_frequent(counts: dict[str, int]) -> tuple[dict[str, int], int]:
    """Sort counts by frequency; of too many keep half, less the count of the next one (Misra and Gries 1982)."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) <= MEMORY_VALUES:
        return dict(ranked), 0
    lost = ranked[MEMORY_VALUES // 2][1]
    return {value: count - lost for value, count in ranked[: MEMORY_VALUES // 2] if count > lost}, lost


def texts_hashed(texts: Mapping[str, int]) -> HashSample:
    """The distinct-count sample of some texts."""
    import numpy as np

    from airflow_mlmonitor.data.distinct import hash_texts

    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return HashSample().add(hash_texts(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets))
