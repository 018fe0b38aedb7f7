"""PostgreSQL through ADBC: rows come by binary COPY and are Arrow at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import pyarrow as pa
from adbc_driver_postgresql.dbapi import Connection, Cursor, Error, connect

from airflow_mlmonitor.data.schemas import is_moment, named_apart
from airflow_mlmonitor.data.sql.reader import Answer, SqlReader, with_literals
from airflow_mlmonitor.data.sql.statement import Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

_UNREACHABLE = ("08", "57P", "53")
"""Classes of SQLSTATE: connection lost, server going down, server full."""


class PostgresReader(SqlReader):
    """A PostgreSQL database. ``NUMERIC`` and ``INTERVAL`` (in seconds) come as floats, what Arrow has no type for as
    text, and the moments ``infinity`` and ``-infinity`` as null.
    """

    def quoted(self, name: str) -> str:
        """A name in double quotes, where it needs them."""
        return self.url.get_dialect()().identifier_preparer.quote(name)

    def names(self, sql: Sql, window: Window | None) -> list[str]:
        """The columns of a statement, which is not run."""
        with self._cursor() as cursor:
            return list(cursor.adbc_execute_schema(with_literals(sql, window)).names)

    def answer(self, sql: Sql, window: Window | None) -> Answer:
        """Look at the types of a statement, and get ready to run it."""
        text = with_literals(sql, window)
        with self._cursor() as cursor:
            told = cursor.adbc_execute_schema(text)
            if not told.names:
                raise ConfigurationError("A source reads rows with a SELECT; this query gives none.")
            text = self._cast(text, told)
            given = cursor.adbc_execute_schema(text)
        names, notes = named_apart(told.names)
        schema = pa.schema(list(zip(names, given.types, strict=True)))
        return Answer(schema, partial(self._batches, text, schema), notes)

    def _batches(self, text: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with closing(self), self._cursor() as cursor:
            # Bound parameters would make the driver collect the whole answer before it hands out any of it.
            cursor.execute(text)
            with cursor.fetch_record_batch() as reader:
                for batch in reader:
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    def _cast(self, text: str, told: pa.Schema) -> str:
        """The statement with columns that Arrow has no type for turned into what it has."""
        places = [f"c{number}" for number in range(len(told))]
        columns = [_as_arrow_knows(place, field) for place, field in zip(places, told, strict=True)]
        if columns == places:
            return text
        return f"SELECT {', '.join(columns)} FROM ({text}\n) AS answer({', '.join(places)})"  # noqa: S608 - the query is the user's

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        with self.connection.cursor() as cursor:
            try:
                yield cursor
            except (Error, OSError, pa.ArrowException) as error:
                raise (self.unreachable if _is_lost(error) else self.refused)(error) from error

    def _connect(self) -> Connection:
        uri = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            connection = connect(uri)
        except Error as error:
            raise self.unreachable(error) from None
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            cursor.execute("SET TIME ZONE 'UTC'")
        connection.commit()
        return connection


def _is_lost(error: Exception) -> bool:
    """Whether the connection broke; while rows are streaming only the words tell."""
    state = getattr(error, "sqlstate", None)
    return state.startswith(_UNREACHABLE) if state else bool(re.search(r"connection|terminat", str(error)))


def _as_arrow_knows(place: str, field: pa.Field) -> str:
    told: dict[bytes, Any] = field.metadata or {}
    postgres_type = told.get(b"ADBC:postgresql:typname", told.get(b"POSTGRESQL:type"))
    if postgres_type == b"numeric":
        return f"CAST({place} AS double precision)"
    if postgres_type == b"money":
        return f"CAST(CAST({place} AS numeric) AS double precision)"
    if field.type == pa.month_day_nano_interval():
        return f"CAST(EXTRACT(EPOCH FROM {place}) AS double precision)"
    if is_moment(field.type):
        return f"CASE WHEN isfinite({place}) THEN {place} END"
    if b"ADBC:postgresql:typname" in told or isinstance(field.type, pa.BaseExtensionType):
        return f"CAST({place} AS text)"
    return place
