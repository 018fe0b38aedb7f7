"""Every other database, through its SQLAlchemy dialect and a server-side cursor."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

import pyarrow as pa
from sqlalchemy import URL, Connection, Executable, NullPool, TextClause, create_engine, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from airflow_mlmonitor.data.python_values import array_of, type_of
from airflow_mlmonitor.data.schemas import named_apart
from airflow_mlmonitor.data.sql.reader import Answer, SqlReader, moment
from airflow_mlmonitor.data.sql.statement import Bound, Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

BLOCK_ROWS = 10_000
"""Rows fetched at a time; the types of columns are those of the first block."""


@dataclass(frozen=True)
class Block:
    """Some rows as the driver gives them.

    Parameters
    ----------
    names, codes
        The columns' names, and the driver's numbers for their types.
    columns
        Their values.
    """

    names: Sequence[str]
    codes: Sequence[Any]
    columns: Sequence[Sequence[Any]]


class AlchemyReader(SqlReader):
    """A database that SQLAlchemy has a dialect for. Decimals come as floats."""

    before: Sequence[str] = ()
    """Statements that make a transaction read-only, and UTC."""

    declared: Mapping[Any, pa.DataType] = {}
    """The driver's numbers to types, for columns that are null as far as one has read."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        try:
            self._engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        except (ImportError, NoSuchModuleError) as error:
            raise ConfigurationError(
                f"No driver for {url.drivername} is installed ({error}); install SQLAlchemy's dialect for it."
            ) from error

    def quoted(self, name: str) -> str:
        """A name quoted in the dialect's way, where it needs that."""
        return str(self._engine.dialect.identifier_preparer.quote(name))

    def names(self, sql: Sql, window: Window | None) -> list[str]:
        """The columns of a statement."""
        (block,) = self._blocks(sql, window)
        return list(block.names)

    def answer(self, sql: Sql, window: Window | None) -> Answer:
        """Run a statement as far as its first block."""
        blocks = self._blocks(sql, window)
        first = next(blocks)
        names, notes = named_apart(first.names)
        typed = self._types(sql, window, first)
        schema = pa.schema([(name, type_) for name, (type_, _) in zip(names, typed, strict=True)])
        notes |= {name: note for name, (_, note) in zip(names, typed, strict=True) if note}
        return Answer(schema, partial(self._batches, first, blocks, schema), notes)

    def run(self, query: Executable) -> list[Sequence[Any]]:
        """Put a query of SQLAlchemy's to the database, and get its whole answer."""
        with self._connected() as connection:
            return [tuple(row) for row in connection.execute(query)]

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the dialect."""
        return str(self._engine.dialect.name)

    def parameter(self, moment_: datetime) -> Any:
        """A moment as the driver takes it."""
        return moment_.replace(tzinfo=None)

    def cleaned(self, code: Any, values: Sequence[Any]) -> Sequence[Any]:
        """Values without what the driver lets through of the database's own ways."""
        return values

    def leave(self, connection: Connection, cursor: Any) -> None:
        """Make ready to close a cursor before all of its rows were fetched."""

    def _types(self, sql: Sql, window: Window | None, first: Block) -> list[tuple[pa.DataType, str]]:
        """The type of each column, and a note on what was changed to get it."""
        return [
            self._found(code, values, whole=len(values) < BLOCK_ROWS)
            for code, values in zip(first.codes, first.columns, strict=True)
        ]

    def _found(self, code: Any, values: Sequence[Any], *, whole: bool) -> tuple[pa.DataType, str]:
        type_, note = type_of(values)
        if type_ == pa.null():
            return self.declared.get(code, type_ if whole else pa.string()), ""
        return type_, note

    def _batches(self, first: Block, rest: Generator[Block], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with closing(self), closing(rest):
            for block in chain([first], rest):
                arrays = [
                    self._array(values, field) for field, values in zip(schema, block.columns, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _array(self, values: Sequence[Any], field: pa.Field) -> pa.Array:
        try:
            return array_of(values, field.type)
        except ValueError as error:
            raise DataError(
                f"Column {field.name!r} in {self.shown} is {field.type} in its first {BLOCK_ROWS:,} rows and later "
                f"{error}; cast it to one type in the query."
            ) from error

    def _blocks(self, sql: Sql, window: Window | None) -> Generator[Block]:
        """The answer, block by block; there is a first one even if it has no rows."""
        with self._connected() as connection:
            result = connection.execute(self.clause(sql, window))
            if not result.returns_rows:
                raise ConfigurationError("A source reads rows with a SELECT; this query gives none.")
            names, cursor = list(result.keys()), result.cursor
            codes = [column[1] for column in cursor.description]
            found = (list(zip(*rows, strict=True)) for rows in result.partitions(BLOCK_ROWS))
            try:
                for columns in chain([next(found, [()] * len(names))], found):
                    cleaned = [
                        self.cleaned(code, values) for code, values in zip(codes, columns, strict=True)
                    ]
                    yield Block(names, codes, cleaned)
            except BaseException:
                self.leave(connection, cursor)
                raise
            finally:
                result.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        connection: Connection = self.connection
        try:
            yield connection
        except DBAPIError as error:
            raise (self.unreachable if error.connection_invalidated else self.refused)(error.orig) from error

    def _connect(self) -> Connection:
        try:
            connection = self._engine.connect()
            for statement in self.before:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise self.unreachable(error.orig) from None
        return connection.execution_options(stream_results=True, max_row_buffer=BLOCK_ROWS)

    def clause(self, sql: Sql, window: Window | None) -> TextClause:
        """The statement, with every other colon kept from SQLAlchemy, to which it would be a parameter."""
        written = "".join(
            piece.replace(":", r"\:") if isinstance(piece, str) else f":{piece.value}" for piece in sql
        )
        parameters = {
            piece.value: self.parameter(moment(piece, window)) for piece in sql if isinstance(piece, Bound)
        }
        return text(written).bindparams(**parameters)


class PsycopgReader(AlchemyReader):
    """A PostgreSQL database where ADBC is not installed."""

    before = ("SET TRANSACTION READ ONLY", "SET LOCAL TIME ZONE 'UTC'")
    declared: Mapping[Any, pa.DataType] = {
        16: pa.bool_(),
        **dict.fromkeys((20, 21, 23, 26), pa.int64()),
        **dict.fromkeys((700, 701, 1700), pa.float64()),
        1082: pa.date32(),
        1114: pa.timestamp("us"),
        1184: pa.timestamp("us", "UTC"),
    }

    def parameter(self, moment_: datetime) -> Any:
        """A moment with its zone."""
        return moment_
