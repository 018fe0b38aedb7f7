"""Invariants of rows that come in batches: one pass of DuckDB over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa

from airflow_mlmonitor.data.frame import Frame
from airflow_mlmonitor.data.invariants.asking import Questions, values_of
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window

BATCHES = "mlmonitor_batches"


def answers_in_batches(
    questions: Questions, source: Source, rows: Rows, window: Window | None, connections: Connections
) -> list[Any]:
    """Answer all questions in one pass over the batches of an opened source."""
    columns = questions.columns
    statement = BATCHES.join(questions.statement(columns))
    if statement == BATCHES:
        return []
    if len(columns) < len(rows.schema.names) and not isinstance(source, Frame):
        rows = replace(source, columns=tuple(columns), slices=()).open(window, connections)
    schema = pa.schema([rows.schema.field(name) for name in columns])
    reader = pa.RecordBatchReader.from_batches(schema, batches_of(rows, columns))
    with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
        connection.register(BATCHES, reader)
        return values_of(connection.sql(statement).to_arrow_table())


def batches_of(rows: Rows, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of an opened source, batch by batch."""
    for part in rows.parts:
        for batch in part():
            yield batch.select(columns)
