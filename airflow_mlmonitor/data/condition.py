"""An SQL condition on record batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from airflow_mlmonitor.errors import ConfigurationError, DataError


class Condition:
    """An SQL condition in DuckDB's dialect that looks at one row at a time.

    DuckDB only says which rows to keep; the rows themselves never leave Arrow, so their types stay as they are.

    Parameters
    ----------
    sql
        What would follow ``WHERE``.
    schema
        The columns it may name.

    Raises
    ------
    ConfigurationError
        It is not a condition, or names a column that is not there.
    """

    def __init__(self, sql: str, schema: pa.Schema) -> None:
        self._sql = sql
        self._names = schema.names
        # A condition such as ``true`` names no column, but DuckDB takes no table without any.
        self.columns = _among(self._named(), schema.names) or schema.names[:1]
        """The columns it looks at."""
        self._check(schema)

    def keep(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows that meet it."""
        try:
            return batch.filter(self._met(batch.select(self.columns)))
        except duckdb.Error as error:
            raise DataError(
                f"The condition where={self._sql!r} fails on the rows: {_first_line(error)}."
            ) from error

    def _named(self) -> Iterator[str]:
        """Every name in it that may be a column's, and ``*`` for all of them."""
        statement = f"SELECT ({self._sql}\n) FROM batch"  # noqa: S608 - it is parsed, not run
        with _database().cursor() as cursor:
            text = cursor.execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0][0]
        tree = json.loads(text)
        if tree["error"] or len(tree["statements"]) != 1:
            raise self._refused(tree.get("error_message", "it is more than one statement"))
        for node in _nodes(tree):
            kind = node.get("class")
            if kind == "SUBQUERY":
                raise self._refused("it holds a query; a condition on files or frames sees one row at a time")
            if kind == "COLUMN_REF":
                yield from node["column_names"]
            elif kind == "STAR":
                yield from self._names

    def _check(self, schema: pa.Schema) -> None:
        if len({name.casefold() for name in self.columns}) < len(self.columns):
            raise self._refused(
                "SQL does not tell its columns apart, which differ in upper and lower case only"
            )
        nothing = pa.Table.from_arrays(
            [pa.nulls(0, schema.field(name).type) for name in self.columns], names=self.columns
        )
        try:
            with _database().cursor() as cursor:
                # As a filter it may hold no aggregate, whose one value would be taken for every row's.
                cursor.from_arrow(nothing).filter(f"({self._sql}\n)").fetchall()
        except duckdb.Error as error:
            raise self._refused(str(error)) from error

    def _met(self, batch: pa.RecordBatch) -> pa.Array:
        with _database().cursor() as cursor:
            rows = cursor.from_arrow(pa.Table.from_batches([batch]))
            met = rows.project(f"({self._sql}\n)::BOOLEAN AS met").to_arrow_table()
        return met.column(0).combine_chunks()

    def _refused(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"The condition where={self._sql!r} cannot work: {_first_line(why)}. "
            f"The columns are {', '.join(self._names)}."
        )


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory; each query has a cursor of its own, so threads may share it."""
    database = duckdb.connect(config={"threads": 1})
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    return database


def _among(named: Iterator[str], names: list[str]) -> list[str]:
    """The columns meant, in their own order; SQL overlooks upper and lower case, so an exact match goes first."""
    wanted = set(named)
    folded = {name.casefold() for name in wanted if name not in names}
    return [name for name in names if name in wanted or name.casefold() in folded]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for item in tree:
            yield from _nodes(item)


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".!")
