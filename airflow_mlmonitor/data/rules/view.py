"""A batch of rows as rules look at it: arrays, each made once and only when a rule asks."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.arrow import codes, floats, is_name, is_number, taken, texts, validity
from airflow_mlmonitor.data.distinct import Hashes, hash_strings, mix
from airflow_mlmonitor.data.schemas import is_moment

NULL = mix(np.array([0x7FF8_0000_6E75_6C6C], dtype=np.uint64))[0]
"""What stands for a missing value among hashes."""

Kind = Literal["number", "time", "name", "nothing", "other"]
"""What the values of a column are to a rule: ``nothing`` is a column without any, ``other`` lists and the like."""


def kind_of(type_: pa.DataType, *, named: bool = False) -> Kind:
    """What the values of a type are to a rule; ``named`` where they are to be treated as names.

    >>> kind_of(pa.int32()), kind_of(pa.int32(), named=True), kind_of(pa.date32()), kind_of(pa.list_(pa.int8()))
    ('number', 'name', 'time', 'other')
    """
    if kinds.is_null(type_):
        return "nothing"
    if is_name(type_):
        return "name"
    if not (is_number(type_) or is_moment(type_)):
        return "other"
    if named:
        return "name"
    return "time" if is_moment(type_) else "number"


class BatchView:
    """A batch of rows as rules look at it.

    Parameters
    ----------
    batch
        The rows.
    names
        Columns to be treated as names though they hold numbers.
    private
        Columns whose values may be kept as hashes only; they are names as well.
    """

    def __init__(
        self,
        batch: pa.RecordBatch,
        *,
        names: frozenset[str] = frozenset(),
        private: frozenset[str] = frozenset(),
    ) -> None:
        self.batch = batch
        self.rows: int = batch.num_rows
        self.private = private
        self._names = names | private
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._hashes: dict[str, Hashes] = {}
        self._codes: dict[str, tuple[NDArray[np.int64], list[str | None]]] = {}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.batch.schema.names)

    def thinned(self, rows: NDArray[np.int64]) -> BatchView:
        """Some of the rows, by their numbers, looked at in the same way."""
        return BatchView(taken(self.batch, rows), names=self._names, private=self.private)

    def kind(self, column: str) -> Kind:
        """What the values of a column are."""
        return kind_of(self.batch.schema.field(column).type, named=column in self._names)

    def is_number(self, column: str) -> bool:
        """Whether a column holds numbers or moments, and is not to be treated as names."""
        return self.kind(column) in {"number", "time"}

    def is_name(self, column: str) -> bool:
        """Whether a column holds names, or is to be treated as if it did."""
        return self.kind(column) == "name"

    def numbers(self, column: str) -> NDArray[np.float64]:
        """The numbers (moments as seconds since 1970) of a column; NaN where there is none."""
        if column not in self._numbers:
            self._numbers[column] = self._floats(column)
        return self._numbers[column]

    def _floats(self, column: str) -> NDArray[np.float64]:
        array = self.batch.column(column)
        if kinds.is_null(array.type):
            return np.full(self.rows, np.nan)
        with np.errstate(invalid="ignore"):
            valid, values = validity(array), floats(array) + 0.0  # which makes 0 of -0
        return values if valid is None else np.where(valid, values, np.nan)

    def missing(self, column: str) -> NDArray[np.bool_]:
        """True where a row has no value in a column."""
        valid = validity(self.batch.column(column))
        return np.zeros(self.rows, dtype=np.bool_) if valid is None else ~valid

    def codes(self, column: str) -> tuple[NDArray[np.int64], list[str | None]]:
        """A column's values as positions in a list of texts, -1 where there is none."""
        if column not in self._codes:
            array = self.batch.column(column)
            if kinds.is_null(array.type):
                self._codes[column] = np.full(self.rows, -1), []
            else:
                positions, dictionary = codes(array)
                self._codes[column] = positions, texts(dictionary)
        return self._codes[column]

    def hashes(self, column: str) -> Hashes:
        """A hash for each row, equal for equal values in every process; :data:`NULL` where there is none."""
        if column not in self._hashes:
            self._hashes[column] = self._hashed(column)
        return self._hashes[column]

    def _hashed(self, column: str) -> Hashes:
        if self.is_number(column):
            numbers = self.numbers(column)
            return np.where(np.isnan(numbers), NULL, mix(numbers.view(np.uint64)))
        positions, known = self.codes(column)
        hashes = np.append(hash_strings([text or "" for text in known]), NULL)
        hashes[[place for place, text in enumerate(known) if text is None]] = NULL
        return hashes[positions]
