"""How full and how fresh a table upstream is."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.errors import DataError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.rule import Measure
    from airflow_mlmonitor.data.sql.statement import Sql

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
"""Rows that claim to be older are not counted."""


@dataclass(frozen=True)
class UpstreamTable(Dependency):
    """How full and how fresh a table upstream is: two numbers, judged by their own past.

    ``upstream_rows`` counts the rows; ``upstream_age_hours`` is the time from the newest moment to the end of the run's
    window. With a timestamp only rows before that end count, so that a backfill sees what the run then would have seen.

    Parameters
    ----------
    table
        The table or view, with its schema where it needs one.
    conn_id
        Airflow connection of the database.
    timestamp
        Column with the moment a row belongs to; without it there is no age.

    The other parameters are those of :class:`Dependency`; ``policy`` and ``expected`` say nothing of numbers.

    Examples
    --------
    >>> UpstreamTable("weather", conn_id="warehouse", timestamp="observed").title
    'rows of weather on warehouse'
    """

    table: str
    _: KW_ONLY
    conn_id: str
    timestamp: str | None = None

    @property
    def label(self) -> str:
        """The table and its connection."""
        return f"rows of {self.table} on {self.conn_id}"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Count, and find the newest moment."""
        from airflow_mlmonitor.data.rules.rule import Measure

        rows, newest = self._asked(connections, window)
        measures = [Measure("upstream_rows", float(rows), n=rows, scale="log", worse="both")]
        if self.timestamp:
            measures.append(self._age(newest, rows, window))
        return Fingerprint(measures=tuple(measures))

    def _age(self, newest: Any, rows: int, window: Window) -> Measure:
        from airflow_mlmonitor.data.rules.rule import Measure

        if newest is None:
            why = f"no row has a {self.timestamp} before {window.end:%Y-%m-%d %H:%M}"
            return Measure("upstream_age_hours", None, n=rows, scale="log", why=why)
        moment = _moment(newest, self.timestamp or "")
        hours = (window.end - moment).total_seconds() / 3600
        why = f"the newest {self.timestamp} is {moment:%Y-%m-%d %H:%M} UTC"
        return Measure("upstream_age_hours", hours, n=rows, scale="log", why=why)

    def _asked(self, connections: Connections, window: Window) -> tuple[int, Any]:
        from contextlib import closing

        import pyarrow as pa

        from airflow_mlmonitor.data.dependencies.inspected_database import named
        from airflow_mlmonitor.data.sql.reader import open_reader

        with closing(open_reader(connections.url(self.conn_id))) as reader:
            table = ".".join(reader.quoted(part) for part in named(self.table) if part)
            query: Sql = ("SELECT COUNT(*) AS total FROM ", table)
            if self.timestamp:
                newest = reader.quoted(self.timestamp)
                condition = reader.within(self.timestamp)
                query = (
                    "SELECT COUNT(*) AS total, MAX(",
                    newest,
                    ") AS newest FROM ",
                    table,
                    " WHERE ",
                    *condition,
                )
            answer = reader.answer(query, Window(BEGINNING, window.end))
            found = pa.Table.from_batches(list(answer.part()), answer.schema)
        row = found.to_pylist()[0]
        return int(row["total"]), row.get("newest")


def _moment(value: Any, column: str) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise DataError(f"The newest {column} is {value[:40]!r}, which is no moment.") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise DataError(f"The newest {column} is no moment but {type(value).__name__}; name another column.")
    return utc(value)
