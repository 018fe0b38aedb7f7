"""DuckDB files, whose rows are Arrow at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from airflow_mlmonitor.data.schemas import named_apart
from airflow_mlmonitor.data.sql.reader import BATCH_ROWS, Answer, SqlReader, with_literals
from airflow_mlmonitor.data.sql.statement import Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

_MOMENTS = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}


class DuckDBReader(SqlReader):
    """A DuckDB file. The moments ``infinity`` and ``-infinity`` come as null, an ``INTERVAL`` as seconds."""

    def quoted(self, name: str) -> str:
        """A name in double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def names(self, sql: Sql, window: Window | None) -> list[str]:
        """The columns of a statement, which is not run."""
        with self._connected() as connection:
            return list(self._relation(connection, with_literals(sql, window)).columns)

    def answer(self, sql: Sql, window: Window | None) -> Answer:
        """Look at the types of a statement, and get ready to run it."""
        text = with_literals(sql, window)
        with self._connected() as connection:
            told = self._relation(connection, text)
            names, notes = named_apart(told.columns)
            text = _cast(text, [str(type_) for type_ in told.types])
            with self._relation(connection, f"{text}\nLIMIT 0").to_arrow_reader(BATCH_ROWS) as reader:
                types = reader.schema.types
        schema = pa.schema(list(zip(names, types, strict=True)))
        return Answer(schema, partial(self._batches, text, schema), notes)

    def _batches(self, text: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with (
            closing(self),
            self._connected() as connection,
            self._relation(connection, text).to_arrow_reader(BATCH_ROWS) as reader,
        ):
            for batch in reader:
                yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    def _relation(self, connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.DuckDBPyRelation:
        relation = connection.sql(text)
        if relation is None:
            raise ConfigurationError(f"A source reads rows with a SELECT; this does not: {text[:80]}")
        return relation

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self.connection
        try:
            yield connection
        except (duckdb.Error, OSError, pa.ArrowException) as error:
            raise self.refused(error) from error

    def _connect(self) -> duckdb.DuckDBPyConnection:
        path = self.url.database or ""
        if "://" not in path and not path.startswith("md:") and not Path(path).is_file():
            raise DataError(
                f"The DuckDB file {path or '(none)'} does not exist; correct the path in the connection."
            )
        try:
            connection = duckdb.connect(path, read_only=True)
        except duckdb.Error as error:
            raise self.unreachable(error) from error
        connection.execute("SET TimeZone = 'UTC'")
        return connection


def _cast(text: str, types: list[str]) -> str:
    places = [f"c{number}" for number in range(len(types))]
    columns = [_finite(place, type_) for place, type_ in zip(places, types, strict=True)]
    return f"SELECT {', '.join(columns)} FROM ({text}\n) AS answer({', '.join(places)})"  # noqa: S608 - the query is the user's


def _finite(place: str, type_: str) -> str:
    if type_ in _MOMENTS:
        return f"CASE WHEN isfinite({place}) THEN {place} END"
    return f"CAST(epoch({place}) AS DOUBLE)" if type_ == "INTERVAL" else place
