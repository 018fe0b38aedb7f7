"""A batch of rows as rules look at it: arrays, each made once and only when a rule asks."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from airflow_mlmonitor.data.arrow import codes, floats, is_name, is_number, texts, validity
from airflow_mlmonitor.data.distinct import Hashes, hash_strings, mix
from airflow_mlmonitor.data.schemas import is_moment

NULL = mix(np.array([0x7FF8_0000_6E75_6C6C], dtype=np.uint64))[0]
"""What stands for a missing value among hashes."""


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

    def is_number(self, column: str) -> bool:
        """Whether a column holds numbers or moments, and is not to be treated as names."""
        type_ = self.batch.schema.field(column).type
        return column not in self._names and bool(is_number(type_) or is_moment(type_))

    def is_name(self, column: str) -> bool:
        """Whether a column holds names, or is to be treated as if it did."""
        type_ = self.batch.schema.field(column).type
        return is_name(type_) or (column in self._names and bool(is_number(type_) or is_moment(type_)))

    def numbers(self, column: str) -> NDArray[np.float64]:
        """The numbers (moments as seconds since 1970) of a column; NaN where there is none."""
        if column not in self._numbers:
            array = self.batch.column(column)
            valid, values = validity(array), floats(array) + 0.0  # which makes 0 of -0
            self._numbers[column] = values if valid is None else np.where(valid, values, np.nan)
        return self._numbers[column]

    def missing(self, column: str) -> NDArray[np.bool_]:
        """True where a row has no value in a column."""
        valid = validity(self.batch.column(column))
        return np.zeros(self.rows, dtype=np.bool_) if valid is None else ~valid

    def codes(self, column: str) -> tuple[NDArray[np.int64], list[str | None]]:
        """A column's values as positions in a list of texts, -1 where there is none."""
        if column not in self._codes:
            positions, dictionary = codes(self.batch.column(column))
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
