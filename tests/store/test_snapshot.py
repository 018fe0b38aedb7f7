"""Several reads that see one state of the store."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, event

from airflow_mlmonitor.errors import StoreEmpty, StoreError
from airflow_mlmonitor.store import MetricsStore, SqlStore, open_store
from tests.store.making import day, report


def test_reads_are_those_of_any_other_time(store: MetricsStore) -> None:
    store.save(report(0))
    with store.snapshot(), store.snapshot():
        assert [run.window for run in store.runs()] == [day(0)]
        assert len(store.verdicts("flight_delay/skew", day(0))) == 1
    store.save(report(1))
    with store.snapshot():
        assert len(store.runs()) == 2


def test_what_another_thread_writes_meanwhile_is_seen_afterwards(sql_store: SqlStore) -> None:
    sql_store.save(report(0))
    with sql_store.snapshot():
        assert len(sql_store.runs()) == 1
        writer = threading.Thread(target=sql_store.save, args=(report(1),))
        writer.start()
        writer.join(20)
        assert not writer.is_alive()
        assert len(sql_store.runs()) == 1
    assert len(sql_store.runs()) == 2


def test_threads_do_not_share_one(sql_store: SqlStore) -> None:
    sql_store.save(report(0))
    found: list[int] = []
    with sql_store.snapshot():
        sql_store.runs()
        sql_store.save(report(1))
        reader = threading.Thread(target=lambda: found.append(len(sql_store.runs())))
        reader.start()
        reader.join(20)
    assert found == [2]


def test_all_of_it_is_one_transaction(sql_store: SqlStore) -> None:
    begun: list[object] = []

    def note(connection: object) -> None:
        begun.append(connection)

    sql_store.runs()
    event.listen(Engine, "begin", note)
    try:
        with sql_store.snapshot():
            for _ in range(3):
                sql_store.runs()
    finally:
        event.remove(Engine, "begin", note)
    assert len(begun) == 1


def test_an_error_inside_is_what_it_was_and_ends_it(sql_store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), sql_store.snapshot():
        raise ZeroDivisionError
    with pytest.raises(StoreError, match="no incident 9"), sql_store.snapshot():
        sql_store.incident(9)
    sql_store.save(report(0))
    assert len(sql_store.runs()) == 1


def test_a_store_that_is_not_there_is_said_to_be_empty(database: str) -> None:
    store = open_store(database, read_only=True)
    with pytest.raises(StoreEmpty, match=r"no tables yet|is empty"), store.snapshot():
        store.runs()
    store.dispose()
