"""Rows of any two sources side by side, in a DuckDB file that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Select, TableClause, column, select, table
from sqlalchemy.dialects import postgresql

from airflow_mlmonitor.data.parity.levelled import levelled
from airflow_mlmonitor.data.parity.matching import Matching
from airflow_mlmonitor.data.parity.side_by_side import SideBySide, pairs_of, places
from airflow_mlmonitor.data.source import Rows
from airflow_mlmonitor.errors import DataError

MEMORY = "700MB"
"""What DuckDB may take before it goes to disk; batches and Python come on top."""

THREADS = 2
"""More would each want memory of their own."""

DIALECT = postgresql.dialect(paramstyle="qmark")  # type: ignore[no-untyped-call]
"""DuckDB speaks PostgreSQL's SQL, but for how it names parameters."""


@contextmanager
def joined_out_of_core(training: Rows, serving: Rows, matching: Matching) -> Iterator[SideBySide]:
    """Stream both sides into a temporary file and join them there, in bounded memory.

    Raises
    ------
    DataError
        The rows cannot be read, or there is no room left on the disk.
    """
    with TemporaryDirectory(prefix="mlmonitor-parity-") as folder:
        connection = duckdb.connect(
            Path(folder) / "rows.duckdb",
            config={
                "memory_limit": MEMORY,
                "temp_directory": folder,
                "threads": THREADS,
                "preserve_insertion_order": False,
            },
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            pairs = pairs_of(
                _loaded(connection, training, "training", matching),
                _loaded(connection, serving, "serving", matching),
                matching,
            )
            _run(connection, select(pairs), "CREATE TABLE pairs AS ")
            stored = table("pairs", *[column(name) for name in pairs.c.keys()])  # noqa: SIM118 - no mapping
            yield SideBySide(
                matching=matching, pairs=stored, run=lambda query: _run(connection, query).fetchall()
            )
        except duckdb.Error as error:
            raise DataError(f"Training and serving cannot be joined in a temporary file: {error}.") from error
        finally:
            connection.close()


def _loaded(connection: duckdb.DuckDBPyConnection, rows: Rows, side: str, matching: Matching) -> TableClause:
    """One side as a table of the file, with its columns brought to the types of both."""
    twins = places(matching)
    schema = pa.schema([(name, twin.kind.value) for name, twin in twins.items()])
    _add(connection, f"CREATE TABLE {side} AS", schema.empty_table())
    connection.begin()
    for batch in (batch for part in rows.parts for batch in part()):
        arrays = [
            levelled(batch.column(getattr(twin, side)), twin.kind, twin.training) for twin in twins.values()
        ]
        _add(connection, f"INSERT INTO {side}", pa.Table.from_arrays(arrays, schema=schema))
    connection.commit()
    return table(side, *[column(name) for name in twins])


def _add(connection: duckdb.DuckDBPyConnection, what: str, rows: pa.Table) -> None:
    connection.register("coming", rows)
    connection.execute(f"{what} SELECT * FROM coming")  # noqa: S608 - the side's own name
    connection.unregister("coming")


def _run(
    connection: duckdb.DuckDBPyConnection, query: Select[Any], before: str = ""
) -> duckdb.DuckDBPyConnection:
    compiled = query.compile(dialect=DIALECT)
    values: Sequence[Any] = [compiled.params[name] for name in compiled.positiontup or ()]
    return connection.execute(before + str(compiled), values)
