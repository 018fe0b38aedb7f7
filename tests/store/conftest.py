"""A store on every backend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete

from airflow_mlmonitor.store import MemoryStore, MetricsStore, SqlStore, open_store
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.tables import metadata
from tests.starting import fresh_database

BACKENDS = ("sqlite", "postgresql", "mysql")
FRESH = {"postgresql": "postgres_database", "mysql": "mysql_database"}
MIGRATED = {"postgresql": "postgres_migrated", "mysql": "mysql_migrated"}


@pytest.fixture(params=("memory", *BACKENDS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MetricsStore]:
    """An empty store of any kind."""
    if request.param == "memory":
        yield MemoryStore()
    else:
        yield from _opened(request, tmp_path)


@pytest.fixture(params=BACKENDS)
def sql_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store in a database of any kind."""
    yield from _opened(request, tmp_path)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of any kind, without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mlmonitor.db'}"
    return str(request.getfixturevalue(FRESH[request.param]))


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with tables, to be copied: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "mlmonitor.db"
    open_store(f"sqlite:///{path}").upgrade()
    return path


@pytest.fixture(scope="session")
def postgres_migrated(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database with tables, to be emptied before each test."""
    yield from _migrated(postgres_url)


@pytest.fixture(scope="session")
def mysql_migrated(mysql_url: str) -> Iterator[str]:
    """A MySQL or MariaDB database with tables, to be emptied before each test."""
    yield from _migrated(mysql_url)


def _migrated(server: str) -> Iterator[str]:
    with fresh_database(server) as url:
        store = open_store(url)
        store.upgrade()
        store.dispose()
        yield url


def _opened(request: pytest.FixtureRequest, folder: Path) -> Iterator[SqlStore]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_migrated"), folder / "mlmonitor.db")
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue(MIGRATED[request.param])
        _empty(url)
    store = open_store(url)
    yield store
    store.dispose()


def _empty(url: str) -> None:
    engine = create_engine(read_url(url))
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    engine.dispose()
