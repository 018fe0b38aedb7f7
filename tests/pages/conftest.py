"""Stores to build pages of: in memory, and in SQLite as people have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_mlmonitor.store import MemoryStore, MetricsStore, open_store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MetricsStore]:
    """An empty store of either kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    store = open_store(f"sqlite:///{tmp_path / 'mlmonitor.db'}")
    yield store
    store.dispose()
