"""From a database URL to an engine, with what each backend needs so that all behave alike."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from airflow_mlmonitor.errors import ConfigurationError, StoreEmpty

CONNECT_SECONDS = 10
LOCK_SECONDS = 10
STATEMENT_SECONDS = 10
"""After which a server ends a statement of those who only read."""

POOLED = 4
"""Connections that those who only read keep open."""

WRITES = "mlmonitor_writes"
"""The execution option of an engine whose transactions write."""

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
        # Without the text: it may hold a password.
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


def make_engine(url: URL, *, read_only: bool = False) -> Engine:
    """Make the engine of a URL; its transactions read, each in one snapshot.

    With ``read_only`` the database itself refuses writes, and a server ends a statement that takes too long.

    Raises
    ------
    ConfigurationError
        The driver that the URL names is not installed.
    """
    make = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[url.get_backend_name()]
    try:
        return make(url, read_only)
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigurationError(
            f"The driver in {url.render_as_string(hide_password=True)} is not installed ({error}); "
            "install it, or leave out the part from + to : and take one that is."
        ) from error


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: each statement sees what others have committed by then."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{WRITES: True})
    return engine.execution_options(**{WRITES: True}, isolation_level="READ COMMITTED")


def _installed(backend: str) -> str:
    for driver, module in DRIVERS[backend]:
        if find_spec(module):
            return driver
    raise ConfigurationError(f"No driver for {backend} is installed; run `pip install '{EXTRAS[backend]}'`.")


def _sqlite(url: URL, read_only: bool) -> Engine:
    # Without a pool no file stays open, so threads and forked processes share nothing.
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": LOCK_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "do_connect")
    def find_file(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        if read_only:
            arguments[0], options["uri"] = _unwritable(arguments[0], is_uri=bool(options.get("uri"))), True
        elif not options.get("uri"):
            Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        if not read_only:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that takes the write lock only when it first writes may find the file changed, and fail.
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _unwritable(name: str, *, is_uri: bool) -> str:
    """Name a SQLite file so that it is opened for reading, and not made where it is missing."""
    if is_uri:
        return f"{name}{'&' if '?' in name else '?'}mode=ro"
    path = Path(name).absolute()
    if not path.exists():
        raise StoreEmpty(f"There is no file {path}.")
    return f"file:{quote(str(path))}?mode=ro"


def _postgresql(url: URL, read_only: bool) -> Engine:
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    if url.get_driver_name() == "psycopg":
        # A pooler between us and the server may hand the next transaction to a backend that never saw the statement.
        arguments["prepare_threshold"] = None
    engine = _server(url, arguments, pool_size=POOLED if read_only else 1)
    if read_only:
        engine = engine.execution_options(postgresql_readonly=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            setup = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
        else:
            # Compiling a read of some hundred runs would take longer than reading them.
            setup = "SELECT set_config('jit', 'off', true)"
        if read_only:
            setup += f", set_config('statement_timeout', '{STATEMENT_SECONDS}s', true)"
        connection.exec_driver_sql(setup)

    return engine


def _mysql(url: URL, read_only: bool) -> Engine:
    # A server that is not strict would cut long texts and store zeros for what it cannot read.
    setup = f"SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = {LOCK_SECONDS}"
    arguments = {"connect_timeout": CONNECT_SECONDS, "init_command": setup, "charset": "utf8mb4"}
    engine = _server(url, arguments, pool_size=POOLED if read_only else 1)

    if read_only:

        @event.listens_for(engine, "connect")
        def restrict(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("SELECT version()")
            is_mariadb = "MariaDB" in cursor.fetchone()[0]
            limit = ("max_statement_time", 1) if is_mariadb else ("max_execution_time", 1_000)
            cursor.execute(f"SET SESSION {limit[0]} = {STATEMENT_SECONDS * limit[1]}")
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.close()

    return engine


def _server(url: URL, arguments: dict[str, Any], *, pool_size: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10 - pool_size,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
        connect_args={name: value for name, value in arguments.items() if name not in url.query},
    )
