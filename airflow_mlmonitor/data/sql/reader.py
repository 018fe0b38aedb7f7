"""What every way into a database promises, and which one a database takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from weakref import finalize

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from airflow_mlmonitor.data.sql.statement import Bound, Sql
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.source import Part

BATCH_ROWS = 65_536

_DIALECTS = {"postgres": "postgresql"}
_DRIVERS = {
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2")),
    "mysql": (("pymysql", "pymysql"), ("mysqldb", "MySQLdb")),
    "mariadb": (("pymysql", "pymysql"), ("mysqldb", "MySQLdb")),
}
"""Dialect to SQLAlchemy's name of a driver and the module it needs, the preferred one first."""

_EXTRAS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}


@dataclass(frozen=True)
class Answer:
    """The rows of a statement, not yet read.

    Parameters
    ----------
    schema
        Their columns, each with a name of its own.
    part
        Reads them, once.
    notes
        Column name to what was changed on the way.
    """

    schema: pa.Schema
    part: Part
    notes: Mapping[str, str]


class SqlReader(ABC):
    """One database, read without changing it, whose rows come as record batches in bounded memory.

    Moments without a zone are UTC, in what it is asked as in what it answers. It connects when it is first asked, and
    hangs up when an answer has been read, or when nobody wants one any more.

    Parameters
    ----------
    url
        Of the database.
    """

    backslashes = False
    """Whether its texts escape a quote by a backslash."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._connection: Any = None
        self._hang_up: Callable[[], object] = lambda: None

    @property
    def connection(self) -> Any:
        """The driver's connection."""
        if self._connection is None:
            self._connection = self._connect()
            self._hang_up = finalize(self, self._connection.close)
        return self._connection

    def close(self) -> None:
        """Hang up."""
        self._hang_up()
        self._connection = None

    @abstractmethod
    def _connect(self) -> Any:
        """Connect so that nothing can be changed and moments are UTC."""

    @abstractmethod
    def quoted(self, name: str) -> str:
        """A column's, table's or schema's name as the database takes it."""

    @abstractmethod
    def names(self, sql: Sql, window: Window | None) -> list[str]:
        """The columns of a statement that gives no rows."""

    @abstractmethod
    def answer(self, sql: Sql, window: Window | None) -> Answer:
        """Put a statement to the database."""

    def within(self, column: str) -> Sql:
        """The condition that a column lies in the window."""
        name = self.quoted(column)
        return (f"{name} >= ", Bound.START, f" AND {name} < ", Bound.END)

    def unreachable(self, error: object) -> SourceUnavailable:
        """The database does not let us in."""
        return SourceUnavailable(
            f"{self.shown} cannot be reached: {self._words(error)}. "
            "Is it running, and are host, login and password of the connection right?"
        )

    def refused(self, error: object) -> DataError:
        """The database does not run the statement."""
        return DataError(f"{self.shown} does not answer the query: {self._words(error)}.")

    @property
    def shown(self) -> str:
        """The URL without the password."""
        return self.url.render_as_string(hide_password=True)

    def _words(self, error: object) -> str:
        """The database's own words, without codes, positions and the password."""
        told: tuple[object, ...] = getattr(error, "args", ())
        text = str(told[-1] if len(told) == 2 else error).strip().partition("\n")[0]
        text = text.rpartition("ERROR:  ")[2].rstrip(".!")
        return text.replace(self.url.password, "***") if self.url.password else text


def moment(bound: Bound, window: Window | None) -> datetime:
    """The start or end of a window.

    Raises
    ------
    ConfigurationError
        There is no window.
    """
    if window is None:
        raise ConfigurationError(
            f"The query asks for :{bound.value}, but it is read without a window; read it for one, "
            "or leave the condition out."
        )
    return window.start if bound is Bound.START else window.end


def with_literals(sql: Sql, window: Window | None) -> str:
    """A statement with the moments written into it, as PostgreSQL and DuckDB write moments with a zone."""
    return "".join(
        piece if isinstance(piece, str) else f"TIMESTAMPTZ '{moment(piece, window).isoformat()}'"
        for piece in sql
    )


def open_reader(url: str) -> SqlReader:
    """The best way into a database: Arrow's own where there is one, else SQLAlchemy's.

    Raises
    ------
    ConfigurationError
        It is not a database's URL, or no driver is installed.
    """
    target = _read_url(url)
    backend = target.get_backend_name()
    if backend == "duckdb":
        from airflow_mlmonitor.data.sql.duckdb_file import DuckDBReader

        return DuckDBReader(target)
    if backend == "postgresql" and find_spec("adbc_driver_postgresql"):
        from airflow_mlmonitor.data.sql.postgres import PostgresReader

        return PostgresReader(target)
    if backend == "sqlite":
        from airflow_mlmonitor.data.sql.sqlite_file import SqliteReader

        return SqliteReader(target)
    target = _with_driver(target)
    if backend in ("mysql", "mariadb"):
        from airflow_mlmonitor.data.sql.mysql import MySQLReader

        return MySQLReader(target)
    from airflow_mlmonitor.data.sql.alchemy import AlchemyReader, PsycopgReader

    return PsycopgReader(target) if backend == "postgresql" else AlchemyReader(target)


def database_url(text: str) -> URL:
    """Read a database's URL, with a driver that is installed.

    Raises
    ------
    ConfigurationError
        It is not a database's URL, or no driver is installed.
    """
    return _with_driver(_read_url(text))


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigurationError(
            "The connection is not a database URL; write one such as postgresql://user:password@host/database."
        ) from None
    dialect, plus, driver = url.drivername.partition("+")
    return url.set(drivername=_DIALECTS.get(dialect, dialect) + plus + driver)


def _with_driver(url: URL) -> URL:
    """The URL with a driver that is installed, where it names none."""
    if "+" in url.drivername or url.drivername not in _DRIVERS:
        return url
    for driver, module in _DRIVERS[url.drivername]:
        if find_spec(module):
            return url.set(drivername=f"{url.drivername}+{driver}")
    raise ConfigurationError(
        f"No driver for {url.drivername} is installed; "
        f"run `pip install 'airflow-provider-mlmonitor[{_EXTRAS[url.drivername]}]'`."
    )
