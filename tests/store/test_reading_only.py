"""A store that is opened for reading only: pages read it, and nothing they do can change it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, create_engine, text

from airflow_mlmonitor.errors import StoreEmpty, StoreError, StoreOutdated, StoreUnavailable
from airflow_mlmonitor.store import SqlStore, State, open_store
from airflow_mlmonitor.store import engines as store_engines
from airflow_mlmonitor.store.database import Database
from airflow_mlmonitor.store.engines import read_url
from tests.store.making import day, report

MONITOR = "flight_delay/skew"


@pytest.fixture
def filled(database: str) -> str:
    """The URL of a database with one run."""
    store = open_store(database, auto_upgrade=True)
    store.save(report(0, rows=981), profile=b"profile")
    store.dispose()
    return database


def test_it_reads_what_was_saved_before_and_what_is_saved_meanwhile(filled: str) -> None:
    reading, writing = open_store(filled, read_only=True), open_store(filled)
    assert [run.rows for run in reading.runs()] == [981]
    writing.save(report(1, rows=7))
    assert [run.rows for run in reading.runs()] == [7, 981]
    assert len(reading.verdicts(MONITOR, day(0))) == 1
    _dispose(reading, writing)


def test_what_would_write_is_refused_with_the_way_out(filled: str) -> None:
    store = open_store(filled, read_only=True, auto_upgrade=True)
    said = "was opened for reading only; open it without read_only to write to it"
    with pytest.raises(StoreError, match=said):
        store.save(report(1))
    with pytest.raises(StoreError, match=said):
        store.mark(MONITOR, day(0), State.BAD, who="ana")
    with pytest.raises(StoreError, match=said):
        store.upgrade()
    assert len(store.runs()) == 1
    store.dispose()


def test_the_database_itself_refuses_to_write(filled: str) -> None:
    """Whatever the code above it does."""
    database = Database(read_url(filled), read_only=True)
    with pytest.raises(StoreError, match="cannot be written"):
        database.read(lambda connection: connection.execute(text("UPDATE mlmonitor_run SET row_count = 1")))
    database.dispose()
    store = open_store(filled)
    assert [run.rows for run in store.runs()] == [981]
    store.dispose()


def test_tables_are_neither_made_nor_upgraded(database: str) -> None:
    for auto_upgrade in (False, True):
        store = open_store(database, read_only=True, auto_upgrade=auto_upgrade)
        with pytest.raises(
            StoreEmpty,
            match=r"has no tables yet. Run `mlmonitor db upgrade`|is empty: the first run of a monitor",
        ):
            store.runs()
        assert store.current() is None
        store.dispose()
    writing = open_store(database, auto_upgrade=True)
    writing.upgrade()
    engine = create_engine(read_url(database), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mlmonitor_version SET version_num = '0002'"))
    store = open_store(database, read_only=True, auto_upgrade=True)
    with pytest.raises(StoreOutdated, match=r"revision 0002; .* Run `mlmonitor db upgrade`"):
        store.runs()
    with engine.begin() as connection:
        connection.execute(text("UPDATE mlmonitor_version SET version_num = :now"), {"now": store.head()})
    assert store.runs() == []
    _dispose(store, writing)


def test_a_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/folder/mlmonitor.db", read_only=True)
    with pytest.raises(
        StoreEmpty, match=r"mlmonitor.db is empty: the first run .* If monitors have run, check its path"
    ):
        store.runs()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b.db", "50%20.db", "what?.db", "#1.db", "Größe 🛫.db"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    url = URL.create("sqlite", database=str(tmp_path / name)).render_as_string()
    open_store(url).save(report(0))
    assert len(open_store(url, read_only=True).runs()) == 1
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.iterdir()} == {name}


SLEEP = {"postgresql": "SELECT pg_sleep(5)", "mysql": "SELECT sleep(5)"}


def test_a_server_ends_what_takes_too_long(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = read_url(filled).get_backend_name()
    if backend not in SLEEP:
        pytest.skip("SQLite has no server")
    monkeypatch.setattr(store_engines, "STATEMENT_SECONDS", 1)
    database = Database(read_url(filled), read_only=True)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="took too long to answer"):
        database.read(lambda connection: connection.execute(text(SLEEP[backend])).all())
    assert time.monotonic() - began < 4
    database.dispose()


def _dispose(*stores: SqlStore) -> None:
    for store in stores:
        store.dispose()
