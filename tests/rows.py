"""Rows in memory, laid out in parts and batches as a test wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.source import Connections, Part, Rows, Source
from airflow_mlmonitor.data.window import Window


@dataclass(frozen=True, kw_only=True)
class Batches(Source):
    """A source of parts, each a list of batches."""

    schema: pa.Schema
    parts: tuple[tuple[pa.RecordBatch, ...], ...]
    hidden: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def open(self, window: Window | None, connections: Connections) -> Rows:
        expected = sum(batch.num_rows for part in self.parts for batch in part)
        parts = [_part(batches) for batches in self.parts]
        return Rows(schema=self.schema, parts=parts, expected=expected, hidden=self.hidden, notes=self.notes)

    @property
    def label(self) -> str:
        return "batches"


def held(
    columns: Mapping[str, Any] | pa.Table, *, parts: int = 1, batch_rows: int = 1 << 20, **options: Any
) -> Batches:
    """A source of some columns, in equal parts and in batches of so many rows."""
    table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    rows = -(-table.num_rows // parts) or 1
    pieces = [table.slice(part * rows, rows) for part in range(parts)]
    return Batches(
        schema=table.schema, parts=tuple(tuple(piece.to_batches(batch_rows)) for piece in pieces), **options
    )


def profiled(columns: Mapping[str, Any] | pa.Table, **layout: Any) -> Profile:
    """The profile of some columns; ``layout`` is that of :func:`held`."""
    return read(held(columns, **layout))


def _part(batches: tuple[pa.RecordBatch, ...]) -> Part:
    def part() -> Iterator[pa.RecordBatch]:
        yield from batches

    return part
