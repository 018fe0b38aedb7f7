"""Which rows belong to a window, by their timestamp column."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from airflow_mlmonitor.data.inference import MOMENT, misspelled, parsed
from airflow_mlmonitor.data.schemas import is_moment, is_text
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TimeSpan:
    """The rows of one window, by the column that says when a row happened.

    Moments without a zone are UTC, a date is its first moment, and a row without a moment is in no window.

    Parameters
    ----------
    column
        Name of the timestamp column.
    window
        None is all time.
    """

    column: str
    window: Window | None

    def read_as(self, type_: pa.DataType) -> pa.DataType:
        """The type the column is given on: its own, or a timestamp in UTC if it holds ISO 8601 texts.

        Raises
        ------
        ConfigurationError
            Its values are not moments.
        """
        value_type = type_.value_type if kinds.is_dictionary(type_) else type_
        if is_moment(type_) or kinds.is_null(type_):
            return type_
        if is_text(value_type):
            return MOMENT
        raise ConfigurationError(
            f"The timestamp column {self.column!r} is {type_}; it must hold timestamps, dates or ISO 8601 texts."
        )

    def keep(self, batch: pa.RecordBatch, position: int) -> pa.RecordBatch:
        """The rows of the window, with texts turned into moments."""
        moments = batch.column(position)
        if self.read_as(moments.type) != moments.type:
            moments = self._from_texts(moments)
            batch = batch.set_column(position, self.column, moments)
        if self.window is None:
            return batch
        if kinds.is_null(moments.type):
            return batch.slice(0, 0)
        inside = pc.and_(
            pc.greater_equal(moments, _scalar(self.window.start, moments.type)),
            pc.less(moments, _scalar(self.window.end, moments.type)),
        )
        return batch if pc.all(inside, skip_nulls=False).as_py() else batch.filter(inside)

    def touches(self, lowest: int, highest: int, type_: pa.DataType) -> bool:
        """Whether any moment between two of them, counted from 1970 in the unit of their type, is in the window."""
        if self.window is None:
            return True
        return highest >= _ticks(self.window.start, type_) and lowest < _ticks(self.window.end, type_)

    def _from_texts(self, texts: pa.Array) -> pa.Array:
        try:
            return parsed(texts.cast(pa.string()), MOMENT)
        except pa.ArrowInvalid:
            foreign = misspelled(texts.cast(pa.string()), MOMENT)
            raise DataError(
                f"The timestamp column {self.column!r} holds {foreign!r}, which is not an ISO 8601 moment. "
                "Write it as 2013-02-08T06:00:00Z, or leave such rows out with where=."
            ) from None


def _scalar(moment: datetime, type_: pa.DataType) -> pa.Scalar:
    # pa.scalar() would import pandas.
    ticks = _ticks(moment, type_).to_bytes(type_.bit_width // 8, sys.byteorder, signed=True)
    return pa.Array.from_buffers(type_, 1, [None, pa.py_buffer(ticks)])[0]


def _ticks(moment: datetime, type_: pa.DataType) -> int:
    """The first value of a type that is not before a moment."""
    passed = moment - _EPOCH
    if kinds.is_date32(type_):
        return -(-passed // timedelta(days=1))
    per_second = 10**3 if kinds.is_date64(type_) else _TICKS[type_.unit]
    microseconds = passed // timedelta(microseconds=1)
    return -(-microseconds * per_second // 10**6)
