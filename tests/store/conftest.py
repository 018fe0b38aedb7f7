"""A store on every backend, each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_mlmonitor.store import MemoryStore, MetricsStore, SqlStore, open_store

BACKENDS = ("sqlite", "postgresql", "mysql")


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    return url_of(request, tmp_path)


@pytest.fixture
def sql_store(database: str) -> Iterator[SqlStore]:
    """A store in a database of its own."""
    store = open_store(database, auto_upgrade=True)
    yield store
    store.dispose()


@pytest.fixture(params=("memory", *BACKENDS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MetricsStore]:
    """An empty store of any kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    sql = open_store(url_of(request, tmp_path), auto_upgrade=True)
    yield sql
    sql.dispose()


def url_of(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'mlmonitor.db'}"
    return str(
        request.getfixturevalue({"postgresql": "postgres_database", "mysql": "mysql_database"}[request.param])
    )
