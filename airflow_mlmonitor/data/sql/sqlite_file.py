"""SQLite files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import URL

from airflow_mlmonitor.data.sql.alchemy import AlchemyReader, Block
from airflow_mlmonitor.data.sql.statement import Bound, Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError

_TYPES = {
    frozenset[str](): pa.null(),
    frozenset({"integer"}): pa.int64(),
    frozenset({"real"}): pa.float64(),
    frozenset({"integer", "real"}): pa.float64(),
    frozenset({"text"}): pa.string(),
    frozenset({"blob"}): pa.binary(),
}


class SqliteReader(AlchemyReader):
    """A SQLite file. Its columns have no type but its values have, so the query runs once more to find them."""

    before = ("PRAGMA query_only = ON",)

    def __init__(self, url: URL) -> None:
        path = url.database or ""
        if not path.startswith("file:") and not Path(path).is_file():
            raise DataError(
                f"The SQLite file {path or '(none)'} does not exist; correct the path in the connection."
            )
        super().__init__(url)

    def within(self, column: str) -> Sql:
        """The condition, which finds moments in all the ways that SQLite writes them."""
        name = f"julianday({self.quoted(column)})"
        return (f"{name} >= julianday(", Bound.START, f") AND {name} < julianday(", Bound.END, ")")

    def parameter(self, moment_: datetime) -> Any:
        """A moment as SQLite's own functions write it."""
        return moment_.replace(tzinfo=None).isoformat(" ")

    def _types(self, sql: Sql, window: Window | None, first: Block) -> list[tuple[pa.DataType, str]]:
        places = [f"c{number}" for number in range(len(first.names))]
        found = ", ".join(f"group_concat(DISTINCT typeof({place}))" for place in places)
        query = (f"WITH answer({', '.join(places)}) AS (", *sql, "\n) SELECT ", found, " FROM answer")
        (told,) = self._blocks(query, window)
        return [_type_of(names[0]) for names in told.columns]


def _type_of(names: str | None) -> tuple[pa.DataType, str]:
    found = frozenset((names or "null").split(",")) - {"null"}
    type_ = _TYPES.get(found)
    if type_ is None:
        return pa.string(), f"holds {' and '.join(sorted(found))} values; read as text"
    return type_, ""
