"""Rows from databases."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.source import Connections, Part, Rows, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from airflow_mlmonitor.data.selection import Selection
    from airflow_mlmonitor.data.sql.reader import SqlReader
    from airflow_mlmonitor.data.sql.statement import Sql

LABEL_CHARACTERS = 60


@dataclass(frozen=True)
class Table(Source):
    """Rows of one table or view of a database.

    PostgreSQL and DuckDB hand over Arrow directly; MySQL, MariaDB, SQLite and every other database with a SQLAlchemy
    dialect are read through a server-side cursor. Only the wanted columns and rows leave the database.

    Parameters
    ----------
    name
        The table, with its schema where it needs one: ``features`` or ``analytics.features``.
    conn_id
        Airflow connection of the database.

    The other parameters are those of :class:`~airflow_mlmonitor.data.source.Source`; ``where`` is in the database's own
    SQL, and ``:start`` and ``:end`` in it are the window's.

    Examples
    --------
    >>> Table("features_served", conn_id="warehouse", where="day = '{{ ds }}'").label
    'features_served on warehouse'
    """

    name: str
    _: KW_ONLY
    conn_id: str

    @property
    def label(self) -> str:
        """The table and its connection."""
        return f"{self.name} on {self.conn_id}"

    def open(self, window: Window | None, connections: Connections) -> Rows:
        """Look at the table's columns."""
        from airflow_mlmonitor.data.sql.reader import open_reader

        reader = open_reader(connections.url(self.conn_id))
        return _rows(self, reader, self.asked(reader, window), window)

    def asked(self, reader: SqlReader, window: Window | None) -> Sql:
        """The statement that gives its rows."""
        table = ".".join(reader.quoted(part) for part in _name_parts(self.name))
        return _statement(self, reader, (table,), None, window)


@dataclass(frozen=True)
class Query(Source):
    """Rows that a query gives.

    Parameters
    ----------
    sql
        One SELECT in the database's own SQL. ``:start`` and ``:end`` are bound to the window, in UTC; every other colon
        stays as it is. The database is read in a read-only transaction.
    conn_id
        Airflow connection of the database.

    The other parameters are those of :class:`~airflow_mlmonitor.data.source.Source`. With ``columns``, ``where`` or a
    ``timestamp`` the query becomes a subquery.

    Examples
    --------
    >>> Query("SELECT * FROM scores WHERE scored_at >= :start AND scored_at < :end", conn_id="warehouse").label
    'SELECT * FROM scores WHERE scored_at >= :start AND scored_at... on warehouse'
    """

    sql: str
    _: KW_ONLY
    conn_id: str

    @property
    def label(self) -> str:
        """The beginning of the query, and its connection."""
        words = " ".join(self.sql.split())
        short = words if len(words) <= LABEL_CHARACTERS else f"{words[:LABEL_CHARACTERS]}..."
        return f"{short} on {self.conn_id}"

    def open(self, window: Window | None, connections: Connections) -> Rows:
        """Have the database look at the query."""
        from airflow_mlmonitor.data.sql.reader import open_reader

        reader = open_reader(connections.url(self.conn_id))
        return _rows(self, reader, self.asked(reader, window), window)

    def asked(self, reader: SqlReader, window: Window | None) -> Sql:
        """The statement that gives its rows."""
        from airflow_mlmonitor.data.sql.statement import statement

        query = statement(self.sql, backslashes=reader.backslashes)
        return _statement(self, reader, ("(", *query, "\n) mlmonitor_rows"), query, window)


def _statement(
    source: Source, reader: SqlReader, relation: Sql, query: Sql | None, window: Window | None
) -> Sql:
    """What a source asks for of a relation, that is, of what may follow FROM.

    The query, if there is one, gives all of the relation's rows and columns as they are.
    """
    from airflow_mlmonitor.data.selection import chosen

    narrows = source.columns is not None or source.where is not None or (source.timestamp and window)
    if query is not None and not narrows:
        return query
    names = reader.names(("SELECT * FROM ", *relation, " WHERE 1 = 0"), window)
    shown, hidden = chosen(source, names)
    columns = ", ".join(reader.quoted(name) for name in (*shown, *hidden))
    return ("SELECT ", columns, " FROM ", *relation, *_conditions(source, reader, window))


def _rows(source: Source, reader: SqlReader, query: Sql, window: Window | None) -> Rows:
    """The rows that a statement gives, selected once more where only their types tell how."""
    from airflow_mlmonitor.data.selection import Selection

    answer = reader.answer(query, window)
    # The window is looked at once more: the moments in texts are known only here.
    selection = Selection(replace(source, where=None), answer.schema, window)
    return Rows(
        schema=selection.schema,
        parts=[partial(_selected, answer.part, answer.schema.names, selection)],
        hidden=tuple(selection.hidden),
        notes=selection.notes(answer.notes),
    )


def _conditions(source: Source, reader: SqlReader, window: Window | None) -> Sql:
    from airflow_mlmonitor.data.sql.statement import joined, statement

    conditions = []
    if source.where is not None:
        conditions.append(("(", *statement(source.where, backslashes=reader.backslashes), "\n)"))
    if source.timestamp and window:
        conditions.append(reader.within(source.timestamp))
    return (" WHERE ", *joined(conditions, " AND ")) if conditions else ()


def _selected(part: Part, names: list[str], selection: Selection) -> Iterator[pa.RecordBatch]:
    return selection.apply(batch.select(selection.read) for batch in part())


def _name_parts(name: str) -> list[str]:
    """The parts of a name between its dots; a part in double quotes may hold dots itself."""
    parts = re.findall(r'"((?:[^"]|"")+)"|([^."]+)', name)
    if not parts:
        raise ConfigurationError(f"Table({name!r}) names no table; write 'features' or 'schema.features'.")
    return [quoted.replace('""', '"') or plain for quoted, plain in parts]
