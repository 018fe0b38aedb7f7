"""One small warehouse in every kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import NullPool, create_engine, text

from airflow_mlmonitor.data import Query, Table
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.source import Rows
from airflow_mlmonitor.data.window import Window
from tests import sources
from tests.starting import fresh_database

BACKENDS = ("postgresql", "psycopg", "mysql", "sqlite", "duckdb")


@dataclass(frozen=True)
class Warehouse:
    """A database that tests may write to and sources read from."""

    kind: str
    url: str
    run: Callable[..., None]

    @property
    def connections(self) -> NamedConnections:
        return NamedConnections({"warehouse": self.url})

    def rows(self, source: Table | Query, window: Window | None = None) -> list[dict[str, Any]]:
        return sources.rows_of(source, window, self.connections)

    def opened(self, source: Table | Query, window: Window | None = None) -> Rows:
        return sources.opened(source, window, self.connections)

    def types(self, source: Table | Query, window: Window | None = None) -> dict[str, str]:
        return sources.types_of(source, window, self.connections)


def table(name: str, **options: Any) -> Table:
    return Table(name, conn_id="warehouse", **options)


def query(sql: str, **options: Any) -> Query:
    return Query(sql, conn_id="warehouse", **options)


@pytest.fixture(params=BACKENDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of database, PostgreSQL both with ADBC and without."""
    if request.param == "psycopg":
        from airflow_mlmonitor.data.sql import reader

        monkeypatch.setattr(reader, "find_spec", lambda name: name != "adbc_driver_postgresql")
    return str(request.param)


@pytest.fixture(scope="session")
def stock(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Warehouse]]:
    """Gives the one database of a kind, with forty-eight hours of flights, one an hour; nobody may change it."""
    stocked: dict[str, Warehouse] = {}
    with ExitStack() as stack:

        def stock_of(kind: str) -> Warehouse:
            if kind not in stocked:
                stocked[kind] = _warehouse(kind, request, tmp_path_factory.mktemp(kind), stack)
                stocked[kind].run(*_flights(kind))
            return stocked[kind]

        yield stock_of


@pytest.fixture
def flights(kind: str, stock: Callable[[str], Warehouse]) -> Warehouse:
    return stock(kind)


def _warehouse(kind: str, request: pytest.FixtureRequest, folder: Path, stack: ExitStack) -> Warehouse:
    if kind == "sqlite":
        path = folder / "warehouse.sqlite"
        return Warehouse(kind, f"sqlite:///{path}", lambda *sql: _run_sqlite(path, sql))
    if kind == "duckdb":
        path = folder / "warehouse.duckdb"
        return Warehouse(kind, f"duckdb:///{path}", lambda *sql: _run_duckdb(path, sql))
    server = request.getfixturevalue("mysql_url" if kind == "mysql" else "postgres_url")
    url = stack.enter_context(fresh_database(server))
    return Warehouse(kind, url, lambda *sql: run_server(url, *sql))


def _flights(kind: str) -> tuple[str, str]:
    quote, moment = ("`", "DATETIME") if kind == "mysql" else ('"', "TIMESTAMP")
    rows = ", ".join(
        f"({hour}, {'NULL' if hour == 20 else hour / 2}, '{'EWR' if hour % 2 else 'JFK'}', "
        f"'2013-02-{7 + hour // 24:02} {hour % 24:02}:00:00', 1)"
        for hour in range(48)
    )
    odd = f"{quote}Odd Name{quote}"
    return (
        f"CREATE TABLE flights (n INTEGER, delay DOUBLE PRECISION, origin VARCHAR(9), ts {moment}, {odd} INTEGER)",
        f"INSERT INTO flights VALUES {rows}",
    )


def _run_sqlite(path: Path, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _run_duckdb(path: Path, statements: tuple[str, ...]) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def run_server(url: str, *statements: str) -> None:
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
    name, rest = url.split("://")
    engine = create_engine(f"{driver[name]}://{rest}", poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement.replace(":", r"\:")))
