"""Which of the columns and rows on offer a source asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pyarrow as pa

from airflow_mlmonitor.data.timespan import TimeSpan
from airflow_mlmonitor.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.source import Source
    from airflow_mlmonitor.data.window import Window

_VALUE = re.compile(r"""'.*'|".*\"""", re.DOTALL)


class Selection:
    """What a source asks for of the columns on offer.

    Parameters
    ----------
    source
        Names the columns, the condition and the timestamp.
    schema
        The columns on offer.
    window
        The span that rows must be in; None is all time.

    Raises
    ------
    DataError
        A column that was asked for is not on offer.
    ConfigurationError
        The condition or the timestamp column cannot work.
    """

    def __init__(self, source: Source, schema: pa.Schema, window: Window | None) -> None:
        shown, hidden = chosen(source, schema.names)
        self.hidden = hidden
        """Columns that the rows need but nobody asked for."""
        self.span = TimeSpan(source.timestamp, window) if source.timestamp else None
        self._private = source.private
        self._condition = None
        if source.where is not None:
            from airflow_mlmonitor.data.condition import Condition

            self._condition = Condition(source.where, schema)
        self._kept = [*shown, *hidden]
        looked_at = self._condition.columns if self._condition else []
        self.read = list(dict.fromkeys([*self._kept, *looked_at]))
        """Names of the columns to read, in the order that :meth:`apply` takes them in."""
        self.schema = pa.schema([self._given(schema.field(name)) for name in self._kept])
        """Of the batches that :meth:`apply` gives."""

    @property
    def narrows(self) -> bool:
        """Whether some rows may be left out."""
        return self._condition is not None or (self.span is not None and self.span.window is not None)

    def apply(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Keep what is asked for of batches with the columns in ``read``."""
        for batch in batches:
            kept = self._narrowed(batch)
            if kept.num_rows:
                columns = kept.columns[: len(self._kept)]
                yield pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def notes(self, notes: Mapping[str, str]) -> dict[str, str]:
        """The notes on columns that are given, without the values that private ones quote."""
        given = {"", *self.schema.names}
        return {
            name: _VALUE.sub("...", note) if name in self._private else note
            for name, note in notes.items()
            if name in given
        }

    def _narrowed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self._condition is not None:
            batch = self._condition.keep(batch)
        if self.span is not None:
            batch = self.span.keep(batch, self._kept.index(self.span.column))
        return batch

    def _given(self, field: pa.Field) -> pa.Field:
        if self.span is None or field.name != self.span.column:
            return pa.field(field.name, field.type)
        return pa.field(field.name, self.span.read_as(field.type))


def chosen(source: Source, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns to be summarised, and those that are only needed to place rows in time.

    Raises
    ------
    DataError
        One of them is not there.
    """
    if not names:
        raise DataError(f"{source.label} has no columns; check what writes it.")
    if source.columns is not None and not source.columns:
        raise ConfigurationError(
            f"{source.label}: columns=() asks for nothing; leave it out to read every column."
        )
    shown = list(dict.fromkeys([*(names if source.columns is None else source.columns), *source.slices]))
    hidden = [source.timestamp] if source.timestamp and source.timestamp not in shown else []
    asked = {
        "columns": shown,
        "timestamp": hidden,
        # A typing error in the name of a private column must not lay it open.
        "private": source.private,
    }
    _check_present(source.label, asked, names)
    return shown, hidden


def _check_present(label: str, asked: Mapping[str, Sequence[str]], names: Sequence[str]) -> None:
    for role, wanted in asked.items():
        missing = [name for name in wanted if name not in names]
        if missing:
            raise DataError(
                f"{label} has no column {', '.join(repr(name) for name in missing)}, asked for as {role}"
                f"{_near(missing, names)} It has {', '.join(names)}."
            )


def _near(missing: Sequence[str], names: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in names}
    near = [folded[match] for name in missing for match in get_close_matches(name.casefold(), folded, n=2)]
    return f"; did you mean {' or '.join(repr(name) for name in dict.fromkeys(near))}?" if near else "."
