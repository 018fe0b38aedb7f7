"""Processes that write at once leave exactly one row a key, whole, and see no database error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from airflow_mlmonitor.store import MetricsStore, SqlStore, State, open_store
from tests.store import writers
from tests.store.making import day, report

MONITOR = "flight_delay/skew"
LATER = datetime(2014, 1, 1, tzinfo=UTC)
WRITERS = range(4)

FORK = """
import os, sys
from airflow_mlmonitor.store import open_store
from tests.store.making import report

store = open_store(sys.argv[1])
store.save(report(0))
child = os.fork()
status = 1
try:
    for turn in range(5):
        store.save(report(2 * turn + (1 if child else 2)))
    status = 0
finally:
    if not child:
        os._exit(status)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), len(store.runs(last=99)))
store.dispose()
"""


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(len(WRITERS), mp_context=get_context("spawn")) as pool:
        yield pool


def together(processes: ProcessPoolExecutor, work: Callable[..., Any], url: str) -> list[Any]:
    """Let every writer do its work on one database at once."""
    return list(processes.map(work, [url] * len(WRITERS), WRITERS))


def shared_run(store: MetricsStore) -> tuple[object, ...]:
    (run,) = [run for run in store.runs(last=99) if run.window == day(writers.SHARED)]
    return (
        run.rows,
        store.verdicts(MONITOR, day(writers.SHARED)),
        store.facts(MONITOR, day(writers.SHARED)),
        store.profiles(MONITOR, asof=LATER, last=99, windows=[day(writers.SHARED)]),
    )


def test_writers_that_begin_with_an_empty_database_leave_one_run_a_window(
    processes: ProcessPoolExecutor, database: str
) -> None:
    together(processes, writers.write, database)
    store = open_store(database)
    own = [day(10 * number + turn + 1) for number in WRITERS for turn in range(writers.ROUNDS)]
    assert sorted(run.window for run in store.runs(last=99)) == sorted([day(writers.SHARED), *own])
    written = shared_run(store)
    writers.write_shared(store, int(str(written[0])))
    assert shared_run(store) == written, "the run is a mixture of what several wrote"
    store.dispose()


def test_of_several_tasks_that_claim_a_window_at_once_one_gets_it(
    processes: ProcessPoolExecutor, database: str
) -> None:
    store = open_store(database)
    store.upgrade()
    told = together(processes, writers.claim, database)
    (run,) = store.runs()
    assert sorted(told) == sorted(["refused"] * (len(WRITERS) - 1) + [run.tags.task_id])
    store.dispose()


def test_alerts_of_one_problem_that_several_save_at_once_are_one_incident(
    processes: ProcessPoolExecutor, database: str
) -> None:
    store = open_store(database)
    store.upgrade()
    opened = together(processes, writers.alert, database)
    found = [one for one in store.incidents(last=99) if one.runs]
    assert [one.windows for one in found] == [tuple(map(day, range(len(WRITERS) * writers.ROUNDS)))]
    assert sum(opened) == 1
    store.dispose()


def test_a_version_pinned_by_several_at_once_is_pinned_by_one_of_them(
    processes: ProcessPoolExecutor, database: str
) -> None:
    store = open_store(database)
    store.upgrade()
    together(processes, writers.pin, database)
    pin = store.pinned("flight_delay")
    assert pin is not None
    days = store.profiles(pin.days_label, asof=LATER, last=99)
    assert days == [(day(pin.rows + shift), pin.profile) for shift in range(4)]
    store.dispose()


def test_a_mark_made_while_its_run_is_saved_again_is_not_lost(sql_store: SqlStore) -> None:
    sql_store.save(report(0))
    marking = Thread(
        target=lambda: sql_store.mark(MONITOR, day(0), State.BAD, who="ana", note="made in between")
    )

    def mark_now(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("UPDATE mlmonitor_run") and not marking.ident:
            marking.start()
            marking.join(0.5)

    event.listen(Engine, "before_cursor_execute", mark_now)
    try:
        sql_store.save(report(0))
    finally:
        event.remove(Engine, "before_cursor_execute", mark_now)
    marking.join()
    assert [run.state for run in sql_store.runs()] == [State.BAD]


def test_a_forked_process_may_go_on_with_its_parents_store(database: str) -> None:
    store = open_store(database)
    store.upgrade()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", FORK, database], capture_output=True, text=True, cwd=root, check=False
    )
    assert done.stdout == "0 11\n", done.stderr
    assert len(store.runs(last=99)) == 11
    store.save(report(0))
    store.dispose()
