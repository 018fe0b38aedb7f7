"""Record batches in, columns out."""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.arrow import (
    codes,
    floats,
    is_name,
    is_number,
    texts,
    validity,
)
from airflow_mlmonitor.data.category import MEMORY_VALUES, CategoryColumn, most_frequent, texts_hashed
from airflow_mlmonitor.data.column import Column, NumberColumn, RunningMoments, UnknownColumn
from airflow_mlmonitor.data.distinct import Hashes, HashSample, hash_strings
from airflow_mlmonitor.data.schemas import is_moment, type_name
from airflow_mlmonitor.data.sketch import Floats, SketchBuilder

WHOLE_FLOATS = 2.0**53
"""Beyond it not every whole number is a float."""

LONG = 200
"""Characters of a value that are kept; a longer one is known by its beginning and a hash."""

_NULL_BITS = np.uint64(0x7FF8_0000_6E75_6C6C)


class ColumnBuilder(ABC):
    """Collects the batches of one column."""

    def __init__(self, type_: pa.DataType) -> None:
        self.type = type_
        self.rows = 0
        self.nulls = 0

    def add(self, array: pa.Array) -> Hashes | None:
        """Take the column's part of a batch; return a bit pattern a row that is equal for equal values."""
        self.rows += len(array)
        return self._add(array)

    @abstractmethod
    def _add(self, array: pa.Array) -> Hashes | None: ...

    @abstractmethod
    def finish(self) -> Column:
        """Return the column of everything taken so far."""


def builder_for(type_: pa.DataType, *, categorical: bool = False, private: bool = False) -> ColumnBuilder:
    """The builder that a column needs."""
    scalar = is_number(type_) or is_moment(type_) or is_name(type_)
    if scalar and (categorical or private or is_name(type_)):
        return CategoryBuilder(type_, private=private)
    if scalar:
        return NumberBuilder(type_)
    return UnknownBuilder(type_)


class UnknownBuilder(ColumnBuilder):
    """Counts the rows of a column that is not evaluated."""

    def _add(self, array: pa.Array) -> None:
        self.nulls += array.null_count

    def finish(self) -> Column:
        """Return the column."""
        return UnknownColumn(type=type_name(self.type), rows=self.rows, nulls=self.nulls, note=self._note())

    def _note(self) -> str:
        if kinds.is_null(self.type):
            return ""
        way = (
            "spread it into columns of its own"
            if kinds.is_nested(self.type)
            else "cast it to a number or to text"
        )
        return f"{self.type} is not evaluated; {way}"


class NumberBuilder(ColumnBuilder):
    """Collects numbers or moments."""

    def __init__(self, type_: pa.DataType) -> None:
        super().__init__(type_)
        self._nans = self._infinite = self._zeros = self._integers = 0
        self._low, self._high = math.inf, -math.inf
        self._moments = RunningMoments()
        self._sketch = SketchBuilder()

    def _add(self, array: pa.Array) -> Hashes:
        with np.errstate(invalid="ignore"):
            numbers = floats(array) + 0.0  # which makes 0 of -0
        valid = validity(array)
        bits = numbers.view(np.uint64)
        if valid is not None:
            self.nulls += array.null_count
            bits = np.where(valid, bits, _NULL_BITS)
            numbers = numbers[valid]
        finite = self._finite(np.sort(numbers))
        if finite.size:
            self._add_sorted(finite)
        return bits

    def _finite(self, values: Floats) -> Floats:
        """Leave out NaN and infinite values, which sorting has moved to the ends."""
        if not values.size or (math.isfinite(values[0]) and math.isfinite(values[-1])):
            return values
        begin = int(np.searchsorted(values, -np.inf, side="right"))
        end = int(np.searchsorted(values, np.inf, side="left"))
        nans = values.size - int(np.searchsorted(values, np.nan, side="left"))
        self._nans += nans
        self._infinite += values.size - nans - (end - begin)
        return values[begin:end]

    def _add_sorted(self, values: Floats) -> None:
        self._zeros += int(
            np.searchsorted(values, 0.0, side="right") - np.searchsorted(values, 0.0, side="left")
        )
        whole = kinds.is_integer(self.type)
        self._integers += values.size if whole else int(np.count_nonzero(values == np.rint(values)))
        self._low, self._high = min(self._low, float(values[0])), max(self._high, float(values[-1]))
        self._moments += _moments(values)
        self._sketch.add_sorted(values)

    def finish(self) -> Column:
        """Return the column."""
        sketch, filled = self._sketch.finish(), self._moments.n > 0
        return NumberColumn(
            type=type_name(self.type),
            rows=self.rows,
            nulls=self.nulls,
            note=self._note(),
            nans=self._nans,
            infinite=self._infinite,
            zeros=self._zeros,
            integers=self._integers,
            min=self._low if filled else None,
            max=self._high if filled else None,
            mean=self._moments.mean if filled else None,
            m2=self._moments.m2,
            sketch=sketch,
            values=self._sketch.distinct,
            is_time=is_moment(self.type),
        )

    def _note(self) -> str:
        if kinds.is_integer(self.type) and max(-self._low, self._high) > WHOLE_FLOATS:
            return (
                "holds whole numbers beyond 2^53, which are compared as floats; "
                "if they are identifiers, list the column under categorical"
            )
        return ""


def _moments(values: Floats) -> RunningMoments:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        if not math.isfinite(mean):
            mean = float((values / values.size).sum())
        deviations = values - mean
        return RunningMoments(values.size, mean, float(np.square(deviations, out=deviations).sum()))


class CategoryBuilder(ColumnBuilder):
    """Collects names."""

    def __init__(self, type_: pa.DataType, *, private: bool = False) -> None:
        super().__init__(type_)
        self._private = private
        self._counts: dict[str, int] = {}
        self._error = 0
        self._characters = 0
        self._values: HashSample | None = None
        self._dictionary = _Dictionary(None)

    def _add(self, array: pa.Array) -> Hashes:
        positions, dictionary = codes(array)
        if not self._dictionary.is_of(dictionary):
            self._flush()
            self._dictionary = _Dictionary(dictionary, private=self._private)
        bits = self._dictionary.hashes[positions]
        self.nulls += int(np.count_nonzero(bits == _NULL_BITS))
        self._dictionary.tally += np.bincount(positions + 1, minlength=self._dictionary.tally.size)
        return bits

    def _flush(self) -> None:
        known = self._dictionary
        tally, counts = known.tally[1:], self._counts
        for text, count in zip(known.texts, tally.tolist(), strict=True):
            if count and text is not None:
                counts[text] = counts.get(text, 0) + count
        self._characters += int(known.lengths @ tally)
        known.tally[:] = 0
        if len(counts) > MEMORY_VALUES:
            self._values = (self._values or HashSample()) + texts_hashed(counts)
            self._counts, lost = most_frequent(counts)
            self._error += lost

    def finish(self) -> Column:
        """Return the column."""
        self._flush()
        counts, _ = most_frequent(self._counts)
        values = None if self._values is None else self._values + texts_hashed(counts)
        return CategoryColumn(
            type=type_name(self.type),
            rows=self.rows,
            nulls=self.nulls,
            counts=counts,
            others=self.rows - self.nulls - sum(counts.values()),
            error=self._error,
            characters=self._characters,
            values=values,
            private=self._private,
        )


class _Dictionary:
    """The dictionary that a column's batches share, what its values are called, and how often each came.

    Position -1, null, comes first in the tally and last in the hashes, where an index of -1 finds it.
    """

    def __init__(self, array: pa.Array | None, *, private: bool = False) -> None:
        self._array = array
        known = [] if array is None else texts(array)
        filled = [text or "" for text in known]
        self.lengths = np.fromiter(map(len, filled), dtype=np.int64, count=len(filled))
        self.texts = known
        if private or self.lengths.max(initial=0) > LONG:
            self.texts = [None if text is None else shown(text, private=private) for text in known]
        if private:  # how long a single name is would tell something of it
            self.lengths[:] = 0
        self.tally = np.zeros(len(known) + 1, dtype=np.int64)
        self.hashes = np.append(hash_strings(filled), _NULL_BITS)
        self.hashes[[position for position, text in enumerate(known) if text is None]] = _NULL_BITS

    def is_of(self, array: pa.Array) -> bool:
        mine = self._array
        return (
            mine is not None and len(mine) == len(array) and (_same_memory(mine, array) or mine.equals(array))
        )


def _same_memory(left: pa.Array, right: pa.Array) -> bool:
    mine, other = ([buffer and buffer.address for buffer in array.buffers()] for array in (left, right))
    return mine == other and left.offset == right.offset


def shown(text: str, *, private: bool = False) -> str:
    """What stands for a value in a profile: itself, unless it is private or long.

    A hash is the same for equal values and cannot be read; but who guesses a value can tell that it is the one.

    >>> shown("Ulm"), shown("Ulm", private=True), len(shown("Ulm" * 1000))
    ('Ulm', '#19bbad3f5a5f1ee9', 118)
    """
    if not private and len(text) <= LONG:
        return text
    digest = "#" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return digest if private else f"{text[: LONG // 2]}…{digest}"
