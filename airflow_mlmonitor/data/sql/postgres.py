"""PostgreSQL through ADBC: rows come by binary COPY and are Arrow at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import pyarrow as pa
from adbc_driver_postgresql.dbapi import Connection, Cursor, Error, connect

from airflow_mlmonitor.data.schemas import named_apart
from airflow_mlmonitor.data.sql.reader import Answer, SqlReader, with_literals
from airflow_mlmonitor.data.sql.statement import Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

_UNREACHABLE = ("08", "57P", "53")
"""Classes of SQLSTATE: connection lost, server going down, server full."""

_KNOWN = {
    *("boolean", "smallint", "integer", "bigint", "oid", "real", "double precision"),
    *("text", "character varying", "character", "name", "bytea", "time without time zone"),
}
_FINITE = "CASE WHEN isfinite({0}) THEN {0} END"
_AS = {
    "numeric": "CAST({0} AS double precision)",
    "money": "CAST(CAST({0} AS numeric) AS double precision)",
    "interval": "CAST(EXTRACT(EPOCH FROM {0}) AS double precision)",
    "date": _FINITE,
    "timestamp without time zone": _FINITE,
    "timestamp with time zone": _FINITE,
}


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
            names, notes = named_apart(cursor.adbc_execute_schema(text).names)
            if not names:
                raise ConfigurationError("A source reads rows with a SELECT; this query gives none.")
            text = _as_arrow_knows(cursor, text, [f"c{number}" for number in range(len(names))])
            types = cursor.adbc_execute_schema(text).types
        schema = pa.schema(list(zip(names, types, strict=True)))
        return Answer(schema, partial(self._batches, text, schema), notes)

    def _batches(self, text: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with closing(self), self._cursor() as cursor:
            # Bound parameters would make the driver collect the whole answer before it hands out any of it.
            cursor.execute(text)
            with cursor.fetch_record_batch() as reader:
                for batch in reader:
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

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
            with connection.cursor() as cursor:
                # For this one transaction, which is never committed: a pooler may give the session to others after us.
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        except Error as error:
            raise self.unreachable(error) from None
        return connection


def _is_lost(error: Exception) -> bool:
    """Whether the connection broke; while rows are streaming only the words tell."""
    state = getattr(error, "sqlstate", None)
    return state.startswith(_UNREACHABLE) if state else bool(re.search(r"connection|terminat", str(error)))


def _as_arrow_knows(cursor: Cursor, text: str, places: list[str]) -> str:
    """The statement with columns that Arrow has no type for turned into what it has."""
    answer = f"({text}\n) AS answer({', '.join(places)})"
    asked = ", ".join(f"CAST(pg_typeof({place}) AS text)" for place in places)
    # With nothing to join, the query is planned for its types and not run.
    cursor.execute(f"SELECT {asked} FROM (SELECT 1) AS one LEFT JOIN {answer} ON FALSE")  # noqa: S608
    columns = [_column(place, type_) for place, type_ in zip(places, cursor.fetchone(), strict=True)]
    return text if columns == places else f"SELECT {', '.join(columns)} FROM {answer}"  # noqa: S608


def _column(place: str, type_: str) -> str:
    if type_ in _AS:
        return _AS[type_].format(place)
    return place if type_.removesuffix("[]") in _KNOWN else f"CAST({place} AS text)"
