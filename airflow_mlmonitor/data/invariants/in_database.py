"""Invariants of rows in a database: one aggregate query, which the rows never leave."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pyarrow as pa

from airflow_mlmonitor.data.invariants.asking import Questions, values_of
from airflow_mlmonitor.data.invariants.dialect import LOCAL, Dialect, dialect_of
from airflow_mlmonitor.data.relations import Query, Table
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.sql.reader import SqlReader, open_reader
from airflow_mlmonitor.data.window import Window


def dialect_in(source: Table | Query, connections: Connections) -> Dialect | None:
    """How the source's database writes questions; None where its rows have to come here."""
    reader = open_reader(connections.url(source.conn_id))
    backend = reader.url.get_backend_name()
    return (
        LOCAL if backend == "duckdb" else dialect_of(backend, reader.quoted, backslashes=reader.backslashes)
    )


def answers_in_database(
    questions: Questions, source: Table | Query, window: Window | None, connections: Connections
) -> list[Any]:
    """Answer all questions by one query."""
    before, after = questions.statement(questions.columns)
    if not before:
        return []
    reader: SqlReader = open_reader(connections.url(source.conn_id))
    with closing(reader):
        rows = source.asked(reader, window)
        statement = (f"{before}(", *rows, f"\n) mlmonitor_source{after}")
        return values_of(pa.Table.from_batches(reader.answer(statement, window).part()))
