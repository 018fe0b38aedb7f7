"""One database, entered by transactions that are tried again when two of them meet."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.store.faults import explained, is_passing

CONNECT_SECONDS = 10
LOCK_SECONDS = 10
PATIENCE = 30.0
"""Seconds for which a transaction that lost against another one is tried again."""

DRIVERS = {
    "sqlite": (("pysqlite", "sqlite3"),),
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2")),
    "mysql": (("pymysql", "pymysql"), ("mysqldb", "MySQLdb")),
}
"""Backend to SQLAlchemy's name of a driver and the module it needs, the preferred one first."""

EXTRAS = {
    "postgresql": "airflow-provider-mlmonitor[postgres]",
    "mysql": "airflow-provider-mlmonitor[mysql]",
}

T = TypeVar("T")


class Database:
    """One database, entered by transactions.

    Readers see one snapshot (repeatable read); writers see what others committed meanwhile (read committed) and wait
    for their locks. Whatever the driver raises becomes a :class:`~airflow_mlmonitor.errors.StoreError`.

    Parameters
    ----------
    url
        As :func:`read_url` gives it.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.name = url.render_as_string(hide_password=True)
        self._reader = _engine(url)
        self._writer = self._reader.execution_options(**_writing(url))
        self._process = os.getpid()

    @property
    def backend(self) -> str:
        """``sqlite``, ``postgresql`` or ``mysql``."""
        return self.url.get_backend_name()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction that sees one snapshot."""
        return self._attempt(self._reader, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction; it is done again, from its start, if it lost against another one."""
        return self._attempt(self._writer, work)

    def dispose(self) -> None:
        """Close every connection; the next use opens new ones."""
        self._reader.dispose()

    def _attempt(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        self._forget_parent()
        deadline = time.monotonic() + PATIENCE
        pause = 0.02
        while True:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except (SQLAlchemyError, OSError) as error:
                passing = isinstance(error, SQLAlchemyError) and is_passing(error)
                if not passing or time.monotonic() > deadline:
                    raise explained(error, self.name) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - writers must not meet again in step
            pause = min(pause * 2, 1.0)

    def _forget_parent(self) -> None:
        """Leave the connections that a forked process inherited to its parent, who still speaks on them."""
        if self._process != os.getpid():
            self._reader.dispose(close=False)
            self._process = os.getpid()


def read_url(text: str) -> URL:
    """Read a database URL, choosing a driver that is installed where it names none.

    Raises
    ------
    ConfigurationError
        It is not a URL of SQLite, PostgreSQL, MySQL or MariaDB; it names no file; or no driver is installed.

    Examples
    --------
    >>> read_url("sqlite:////var/lib/mlmonitor.db").database
    '/var/lib/mlmonitor.db'
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigurationError(
            "The metrics store's address is not a database URL; write one such as sqlite:////path/mlmonitor.db "
            "or postgresql://user:password@host/database."
        ) from None
    backend, _, driver = url.drivername.partition("+")
    backend = {"postgres": "postgresql", "mariadb": "mysql"}.get(backend, backend)
    if backend not in DRIVERS:
        raise ConfigurationError(
            f"A metrics store cannot live in {backend!r}; take SQLite, PostgreSQL, MySQL or MariaDB."
        )
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigurationError(
            "A metrics store in memory forgets everything when its task ends; name a file, such as "
            "sqlite:////path/mlmonitor.db. (For tests there is MemoryStore.)"
        )
    return url.set(drivername=f"{backend}+{driver or _installed(backend)}")


def _installed(backend: str) -> str:
    for driver, module in DRIVERS[backend]:
        if find_spec(module):
            return driver
    raise ConfigurationError(f"No driver for {backend} is installed; run `pip install '{EXTRAS[backend]}'`.")


def _engine(url: URL) -> Engine:
    make = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[url.get_backend_name()]
    try:
        return make(url)
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigurationError(
            f"The driver in {url.render_as_string(hide_password=True)} is not installed ({error}); "
            "install it, or leave the part after + out and take the one this package comes with."
        ) from error


def _writing(url: URL) -> dict[str, Any]:
    return (
        {"begin": "IMMEDIATE"}
        if url.get_backend_name() == "sqlite"
        else {"isolation_level": "READ COMMITTED"}
    )


def _sqlite(url: URL) -> Engine:
    # Without a pool no file stays open: forks, and threads, share nothing.
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": LOCK_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "do_connect")
    def make_folder(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        if not options.get("uri"):
            Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine


def _postgresql(url: URL) -> Engine:
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    if url.get_driver_name() == "psycopg":
        arguments["prepare_threshold"] = (
            None  # a pooler between us and the server may not know our statements
        )
    engine = _server(url, arguments)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")

    return engine


def _mysql(url: URL) -> Engine:
    # A server that is not strict would cut long texts and store zeros for what it cannot read.
    setup = f"SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = {LOCK_SECONDS}"
    return _server(url, {"connect_timeout": CONNECT_SECONDS, "init_command": setup, "charset": "utf8mb4"})


def _server(url: URL, arguments: dict[str, Any]) -> Engine:
    wanted = {name: value for name, value in arguments.items() if name not in url.query}
    return create_engine(
        url,
        pool_size=1,
        max_overflow=9,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
        connect_args=wanted,
    )
