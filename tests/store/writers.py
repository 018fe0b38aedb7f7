"""What other processes do to a store while a test watches."""

from __future__ import annotations

from airflow_mlmonitor.errors import WindowClaimed
from airflow_mlmonitor.judging.incident import Happening
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MetricsStore, SqlStore, open_store
from tests.store.making import day, report, verdict

ROUNDS = 5
SHARED = 0


def write(url: str, number: int) -> None:
    """Write one window that every writer writes, and windows of one's own, in turns."""
    store = open_store(url, auto_upgrade=True)
    for turn in range(ROUNDS):
        write_shared(store, number)
        store.save(report(10 * number + turn + 1, verdict("ks", number), verdict(f"own {number}")))
    store.dispose()


def write_shared(store: MetricsStore, number: int) -> None:
    """Write the shared window so that every part of it tells who wrote it."""
    verdicts = [verdict(f"m{rank}", number) for rank in range(5 + 3 * number)]
    facts = {"writer": str(number), f"only {number}": "x"}
    store.save(report(SHARED, *verdicts, rows=number, facts=facts), profile=b"%d" % number)


def claim(url: str, number: int) -> str:
    """Claim a window in the name of a task of one's own; return what became of it."""
    store = open_store(url)
    try:
        store.save(report(SHARED, tags=Tags(dag_id="flights", task_id=f"task_{number}")))
    except WindowClaimed:
        return "refused"
    finally:
        store.dispose()
    return f"task_{number}"


def alert(url: str, number: int) -> int:
    """Write every fourth of consecutive windows that all alert; return how many incidents that opened."""
    store = open_store(url)
    found = verdict("null_share", 0.3, family="missing", status=Status.FAIL, upper=0.01, severity=2.0)
    opened = 0
    for turn in range(ROUNDS):
        notices = store.save(report(4 * turn + number, found))
        opened += sum(notice.what is Happening.OPENED for notice in notices)
    store.dispose()
    return opened


def pin(url: str, number: int) -> None:
    """Pin one version, with days that tell who pinned it."""
    store: SqlStore = open_store(url)
    for _ in range(ROUNDS):
        content = b"%d" % number
        days = {day(shift): content for shift in range(number, number + 4)}
        store.pin("flight_delay", "v1", content, rows=number, days=days)
    store.dispose()
