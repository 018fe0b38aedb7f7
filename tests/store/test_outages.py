"""Killed in the middle of a write, disk full, locked, server gone and back: nothing is half-written, and it is said."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, NullPool, Pool, create_engine, event, make_url, select, text

from airflow_mlmonitor.errors import StoreError, StoreUnavailable
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store import MetricsStore, SqlStore, engines, open_store
from airflow_mlmonitor.store import database as transactions
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.tables import run as run_table
from tests.store.making import day, report, verdict
from tests.store.proxy import Proxy

MONITOR = "flight_delay/skew"
LATER = datetime(2014, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
LAST_STATEMENTS = "INSERT INTO mlmonitor_fact"

HANGS = f"""
import sys, time
from sqlalchemy import Engine, event
from airflow_mlmonitor.store import open_store
from tests.store.test_outages import new

@event.listens_for(Engine, "before_cursor_execute")
def hang(connection, cursor, statement, *more):
    if statement.startswith("{LAST_STATEMENTS}"):
        print("writing", flush=True)
        time.sleep(300)

open_store(sys.argv[1]).save(new(), profile=b"new")
"""


def old() -> Report:
    return report(0, verdict("ks", 0.25), rows=1, facts={"schema": "old"})


def new() -> Report:
    return report(0, *(verdict(f"m{rank}", rank) for rank in range(2_000)), rows=2, facts={"schema": "new"})


def content(store: MetricsStore) -> tuple[object, ...]:
    return (
        store.runs(),
        store.verdicts(MONITOR, day(0)),
        store.facts(MONITOR, day(0)),
        store.profiles(MONITOR, asof=LATER, last=9),
    )


@contextmanager
def on_last_statements(action: Any) -> Iterator[None]:
    """Do something when a save has written nearly everything, and is not yet committed."""

    def listen(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(LAST_STATEMENTS):
            action()

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def test_a_writer_killed_in_the_middle_of_a_save_leaves_what_was_there(database: str) -> None:
    store = open_store(database, auto_upgrade=True)
    store.save(old(), profile=b"old")
    before = content(store)
    with subprocess.Popen(
        [sys.executable, "-c", HANGS, database], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "writing\n"
        one.send_signal(signal.SIGKILL)
    assert content(store) == before
    store.save(new(), profile=b"new")
    assert len(store.verdicts(MONITOR, day(0))) == 2_000
    store.dispose()


def test_a_full_disk_leaves_what_was_there_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mlmonitor.db"
    store = open_store(f"sqlite:///{path}")
    store.save(old(), profile=b"old")
    before = content(store)

    def fill_up(connection: sqlite3.Connection, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 10}")

    event.listen(Pool, "connect", fill_up)
    try:
        with pytest.raises(
            StoreUnavailable, match=rf"{path} is full: database or disk is full. Free some space"
        ):
            store.save(new(), profile=b"new")
    finally:
        event.remove(Pool, "connect", fill_up)
    assert content(store) == before
    store.save(new(), profile=b"new")
    assert len(store.verdicts(MONITOR, day(0))) == 2_000


@pytest.fixture(params=["postgres_database", "mysql_database"])
def proxied(request: pytest.FixtureRequest) -> Iterator[tuple[Proxy, SqlStore, SqlStore]]:
    """A store whose server is reached by way that can be cut, and one that reaches it directly."""
    url = make_url(request.getfixturevalue(request.param))
    with Proxy("127.0.0.1", url.port or 0) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port)
        stores = [
            open_store(one.render_as_string(hide_password=False), auto_upgrade=True) for one in (through, url)
        ]
        stores[0].save(old(), profile=b"old")
        yield proxy, stores[0], stores[1]
        for store in stores:
            store.dispose()


def test_a_server_that_goes_away_is_named_and_the_store_works_when_it_is_back(
    proxied: tuple[Proxy, SqlStore, SqlStore],
) -> None:
    proxy, store, direct = proxied
    before = content(direct)
    proxy.cut()
    with pytest.raises(
        StoreUnavailable, match=rf"127.0.0.1:{proxy.port}/\w+ cannot be reached: .* try again"
    ):
        store.history(MONITOR, asof=LATER)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.save(new())
    proxy.restore()
    assert content(store) == before
    store.save(new())
    assert len(direct.verdicts(MONITOR, day(0))) == 2_000


def test_a_server_that_goes_away_in_the_middle_of_a_save_leaves_what_was_there(
    proxied: tuple[Proxy, SqlStore, SqlStore],
) -> None:
    proxy, store, direct = proxied
    before = content(direct)
    with on_last_statements(proxy.cut), pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.save(new(), profile=b"new")
    assert content(direct) == before
    proxy.restore()
    store.save(new(), profile=b"new")
    assert len(direct.verdicts(MONITOR, day(0))) == 2_000


@contextmanager
def locked(url: str) -> Iterator[Connection]:
    """Hold what a save of the stored run needs."""
    engine = create_engine(read_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("BEGIN IMMEDIATE"))
        else:
            connection.execute(select(run_table.c.id).with_for_update())
        yield connection


def test_a_lock_that_is_given_back_in_time_is_only_waited_for(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LOCK_SECONDS", 1)
    store = open_store(database, auto_upgrade=True)
    store.save(old())
    with locked(database) as holder:
        release = Timer(1.6, holder.rollback)
        release.start()
        began = time.monotonic()
        store.save(new())
        release.join()
    assert time.monotonic() - began > 1.5
    assert len(store.verdicts(MONITOR, day(0))) == 2_000
    store.dispose()


def test_a_lock_that_is_never_given_back_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "LOCK_SECONDS", 1)
    monkeypatch.setattr(transactions, "PATIENCE", 0.5)
    store = open_store(database, auto_upgrade=True)
    store.save(old())
    before = content(store)
    with locked(database) as holder:
        with pytest.raises(StoreUnavailable, match=r"stayed locked: .* Find what holds the lock"):
            store.save(new())
        assert content(store) == before, "readers do not wait for writers"
        holder.rollback()
    store.dispose()


def test_a_server_that_never_answered_is_named_without_its_password() -> None:
    for backend in ("postgresql", "mysql"):
        store = open_store(f"{backend}://me:secret@127.0.0.1:9/metrics")
        with pytest.raises(
            StoreUnavailable, match=r"me:\*\*\*@127.0.0.1:9/metrics cannot be reached"
        ) as refused:
            store.runs()
        assert "secret" not in str(refused.value)
        assert "SELECT" not in str(refused.value)


@pytest.mark.parametrize("server", ["postgres", "mysql"])
def test_a_database_that_does_not_exist_is_named(server: str, request: pytest.FixtureRequest) -> None:
    url = make_url(request.getfixturevalue(f"{server}_url")).set(database="mlmonitor_nowhere")
    store = open_store(url.render_as_string(hide_password=False))
    with pytest.raises(StoreUnavailable, match=r"/mlmonitor_nowhere cannot be \w+: .*mlmonitor_nowhere"):
        store.runs()
    store.dispose()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mlmonitor.db"
    open_store(f"sqlite:///{path}").save(old())
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert [run.rows for run in store.runs()] == [1]
    with pytest.raises(
        StoreUnavailable, match=r"mlmonitor.db.* cannot be written: .* Give this user the right"
    ):
        store.save(new())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = open_store(f"sqlite:///{tmp_path}/file/mlmonitor.db")
    with pytest.raises(StoreUnavailable, match=rf"{tmp_path}/file/mlmonitor.db cannot be opened: .* exists"):
        store.save(old())


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk " * 100)
    with pytest.raises(StoreError, match=r"notes.txt refused: file is not a database"):
        open_store(f"sqlite:///{path}").save(old())
    assert path.read_text() == "remember the milk " * 100
