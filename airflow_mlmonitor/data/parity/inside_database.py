"""Rows of two relations of one database side by side, there: they never leave it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from typing import Any

import pyarrow.types as kinds
from sqlalchemy import (
    REAL,
    BigInteger,
    ColumnElement,
    Double,
    Subquery,
    Text,
    case,
    cast,
    collate,
    column,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from airflow_mlmonitor.data.parity.matching import Kind, Matching
from airflow_mlmonitor.data.parity.side_by_side import NONE, ONE, SideBySide, pairs_of, places
from airflow_mlmonitor.data.relations import Query, Table
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.sql.alchemy import AlchemyReader, PsycopgReader
from airflow_mlmonitor.data.sql.mysql import MySQLReader
from airflow_mlmonitor.data.sql.reader import database_url
from airflow_mlmonitor.data.sql.sqlite_file import SqliteReader
from airflow_mlmonitor.data.window import Window

READERS: dict[str, type[AlchemyReader]] = {
    "sqlite": SqliteReader,
    "postgresql": PsycopgReader,
    "mysql": MySQLReader,
    "mariadb": MySQLReader,
}
"""Databases that both sides can be joined in, and the way into each by SQLAlchemy."""


def reader_for(
    training: Source, serving: Source, rows: tuple[Rows, Rows], matching: Matching, connections: Connections
) -> AlchemyReader | None:
    """The way into the database that holds both sides; None where they have to be joined outside of it.

    That is so where they do not lie in one database, and where it would compare otherwise than this package does: a
    column has two types, or several in one, or lies beyond what its aggregates take.
    """
    if not (isinstance(training, Table | Query) and isinstance(serving, Table | Query)):
        return None
    if training.conn_id != serving.conn_id:
        return None
    url = connections.url(training.conn_id)
    backend = "postgresql" if url.startswith("postgres") else url.partition(":")[0].partition("+")[0]
    if backend not in READERS or (backend == "postgresql" and not find_spec("psycopg")):
        return None
    return READERS[backend](database_url(url)) if _is_plain(rows, matching) else None


def _is_plain(rows: tuple[Rows, Rows], matching: Matching) -> bool:
    for twin in places(matching).values():
        named = list(zip(rows, (twin.training, twin.serving), strict=True))
        types = [side.schema.field(name).type for side, name in named]
        if any(name in side.notes for side, name in named):
            return False
        if twin.kind is Kind.BYTES or (twin.kind is Kind.MOMENT and twin.absolute):
            return False
        if any(kinds.is_time(type_) or kinds.is_duration(type_) for type_ in types):
            return False
        if types[0] != types[1] and twin.kind not in (Kind.WHOLE, Kind.NUMBER):
            return False
    return True


@contextmanager
def joined_in_database(
    reader: AlchemyReader,
    training: Table | Query,
    serving: Table | Query,
    matching: Matching,
    window: Window | None,
) -> Iterator[SideBySide]:
    """Have the database put both sides side by side, in a read-only transaction."""
    with closing(reader):
        pairs = pairs_of(
            _side(reader, training, "training", matching, window),
            _side(reader, serving, "serving", matching, window),
            matching,
        )
        yield SideBySide(matching=matching, pairs=pairs, run=reader.run)


def _side(
    reader: AlchemyReader, source: Table | Query, side: str, matching: Matching, window: Window | None
) -> Subquery:
    """One side as a subquery, with its columns brought to the kinds of both."""
    names = {name: (getattr(twin, side), twin.kind) for name, twin in places(matching).items()}
    given = reader.clause((*source.asked(reader, window), "\n"), window)  # it may end in a comment
    own_names = dict.fromkeys(own for own, _ in names.values())
    rows = given.columns(*[column(own) for own in own_names]).subquery(f"{side}_rows")
    level = _LEVELLING[reader.dialect]
    return select(*[level(rows.c[own], kind).label(name) for name, (own, kind) in names.items()]).subquery(
        side
    )


class Bytewise(FunctionElement[bytes]):
    """A text of MySQL or MariaDB as its bytes, in which neither case nor blanks at the end are lost on the way."""

    name = "bytewise"
    inherit_cache = True


@compiles(Bytewise)
def _bytewise(element: Bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(CONVERT({compiler.process(element.clauses, **options)} USING utf8mb4) AS BINARY)"


def _in_postgres(given: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
    if kind is Kind.NUMBER:
        return func.nullif(cast(given, Double()), literal_column("CAST('NaN' AS double precision)"))
    if kind is Kind.TRUTH:  # it has no largest of two truths
        return case((given.is_(None), null()), (given, ONE), else_=NONE)
    if kind is Kind.WHOLE:
        return cast(given, BigInteger())
    return cast(given, Text()) if kind is Kind.TEXT else given


def _in_mysql(given: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
    if kind is Kind.TEXT:
        return Bytewise(given)
    if kind is Kind.WHOLE:
        return given + NONE
    return given + literal_column("0e0", Double()) if kind is Kind.NUMBER else given


def _in_sqlite(given: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
    if kind is Kind.TEXT:
        return collate(given, "BINARY")
    return cast(given, REAL()) if kind is Kind.NUMBER else given


_LEVELLING = {
    "postgresql": _in_postgres,
    "mysql": _in_mysql,
    "mariadb": _in_mysql,
    "sqlite": _in_sqlite,
}
"""How each database brings a column to its kind, so that it compares as this package does."""
