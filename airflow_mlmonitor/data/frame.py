"""Rows from memory."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.selection import Selection

PART_ROWS = 262_144


@dataclass(frozen=True)
class Frame(Source):
    """Rows that a function returns, or that are in memory already.

    In a DAG file give a function: it runs when the task does, so that nothing is loaded when the file is parsed.

    Parameters
    ----------
    data
        A pandas or polars frame, an Arrow table or reader, anything else that speaks Arrow's PyCapsule protocol, a list
        of dicts or a dict of columns; or a function that returns one. A function that has parameters called ``window``,
        ``start`` or ``end`` is given the run's window, or its start and end. The index of a pandas frame is left out,
        and its NaN count as null.

    The other parameters are those of :class:`~airflow_mlmonitor.data.source.Source`; ``where`` is in DuckDB's SQL and
    sees one row at a time.

    Examples
    --------
    >>> def scores(start, end):
    ...     return {"day": [start.date()], "score": [0.5]}
    >>> Frame(scores).label
    'what scores() returns'
    >>> from airflow_mlmonitor.data.connections import NamedConnections
    >>> Frame(scores).open(Window.parse("2013-02-08"), NamedConnections({})).schema.names
    ['day', 'score']
    """

    data: Any = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """The function's name, or what the data is."""
        if _is_function(self.data):
            return f"what {getattr(self.data, '__name__', type(self.data).__name__)}() returns"
        return f"{type(self.data).__name__} in memory"

    def open(self, window: Window | None, connections: Connections) -> Rows:
        """Get the rows."""
        from airflow_mlmonitor.data.arrow_tables import arrow_of
        from airflow_mlmonitor.data.selection import Selection

        data, notes = arrow_of(self._called(window) if _is_function(self.data) else self.data, self.label)
        selection = Selection(self, data.schema, window)
        rows = getattr(data, "num_rows", None)
        if rows is None:
            parts = [partial(_streamed, data, selection)]
        else:
            parts = [partial(_sliced, data, offset, selection) for offset in range(0, rows, PART_ROWS)]
        return Rows(
            schema=selection.schema,
            parts=parts,
            expected=None if selection.narrows else rows,
            hidden=tuple(selection.hidden),
            notes=selection.notes(notes),
        )

    def rendered(self, render: Callable[[str], str]) -> Self:
        """A copy whose strings have gone through ``render``, but for those in the data."""
        plain = replace(self, data=None)
        return replace(super(Frame, plain).rendered(render), data=self.data)

    def serialize(self) -> dict[str, dict[str, Any]]:
        """The recipe as plain values; of the data only what it is, since Airflow shows and stores this."""
        ((name, values),) = super().serialize().items()
        return {name: {"data": self.label, **values}}

    def loaded(self, window: Window | None) -> Self:
        """The same with the data at hand: a function is called."""
        return replace(self, data=self._called(window)) if _is_function(self.data) else self

    def _called(self, window: Window | None) -> Any:
        taken = inspect.signature(self.data).parameters
        known = {"window": window, "start": window and window.start, "end": window and window.end}
        given = {name: value for name, value in known.items() if name in taken and value is not None}
        lacking = [
            name
            for name, taken_ in taken.items()
            if name not in given
            and taken_.default is taken_.empty
            and taken_.kind not in (taken_.VAR_POSITIONAL, taken_.VAR_KEYWORD)
        ]
        if lacking:
            raise ConfigurationError(
                f"{self.label} needs {', '.join(lacking)}; a frame's function is given window, start and end, "
                "and only when it is read for a window."
            )
        return self.data(**given)


def _is_function(data: Any) -> bool:
    return callable(data) and not hasattr(data, "__arrow_c_stream__")


def _sliced(table: pa.Table, offset: int, selection: Selection) -> Iterator[pa.RecordBatch]:
    return selection.apply(table.slice(offset, PART_ROWS).select(selection.read).to_batches())


def _streamed(reader: pa.RecordBatchReader, selection: Selection) -> Iterator[pa.RecordBatch]:
    with reader:
        yield from selection.apply(batch.select(selection.read) for batch in reader)
