"""A store on every backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete

from airflow_mlmonitor.store import MemoryStore, MetricsStore, SqlStore, open_store
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.tables import metadata
from tests.starting import fresh_database

BACKENDS = ("sqlite", "postgresql", "mysql")
FRESH = {"postgresql": "postgres_database", "mysql": "mysql_database"}


@pytest.fixture(params=("memory", *BACKENDS))
def store(request: pytest.FixtureRequest) -> MetricsStore:
    """An empty store of any kind."""
    return MemoryStore() if request.param == "memory" else _emptied(request)


@pytest.fixture(params=BACKENDS)
def sql_store(request: pytest.FixtureRequest) -> SqlStore:
    """An empty store in a database of any kind."""
    return _emptied(request)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of any kind, without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mlmonitor.db'}"
    return str(request.getfixturevalue(FRESH[request.param]))


@dataclass(frozen=True)
class Shared:
    """A store that tests use one after the other: making tables takes longer than most of them."""

    store: SqlStore
    engine: Engine

    def empty(self) -> None:
        with self.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with _shared(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'mlmonitor.db'}") as shared:
        yield shared


@pytest.fixture(scope="session")
def shared_postgresql(postgres_url: str) -> Iterator[Shared]:
    with fresh_database(postgres_url) as url, _shared(url) as shared:
        yield shared


@pytest.fixture(scope="session")
def shared_mysql(mysql_url: str) -> Iterator[Shared]:
    with fresh_database(mysql_url) as url, _shared(url) as shared:
        yield shared


@contextmanager
def _shared(url: str) -> Iterator[Shared]:
    shared = Shared(open_store(url), create_engine(read_url(url)))
    shared.store.upgrade()
    try:
        yield shared
    finally:
        shared.store.dispose()
        shared.engine.dispose()


def _emptied(request: pytest.FixtureRequest) -> SqlStore:
    shared: Shared = request.getfixturevalue(f"shared_{request.param}")
    shared.empty()
    return shared.store
