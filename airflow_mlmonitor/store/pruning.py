"""Old numbers are removed from a SQL database, bit by bit.

What there is to remove is read beforehand, page by page along the index of (monitor, window), with look-ups by key for
what each run still has. What is removed is then named by its key. So no statement reads or locks more than it removes,
and between two transactions there is time for those of others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, delete, func, or_, select

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store import tables
from airflow_mlmonitor.store.retention import KEPT, PRUNED, Pruned, Tell, stamp
from airflow_mlmonitor.store.store import days_label
from airflow_mlmonitor.store.tables import digest
from airflow_mlmonitor.store.upsert import upsert

PAGE = 1_000
"""Runs or profiles that one statement looks at."""

METRICS_A_TRANSACTION = 10_000
RUNS_A_TRANSACTION = 100

LONGEST_PAUSE = 1.0
"""Seconds between two transactions at most."""

T = TypeVar("T")


class Transacting(Protocol):
    """Does some work in a transaction of its own, once more if that lost against another one."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Do it."""


class Old(NamedTuple):
    """An old run and what it still has; or an old profile of no run, whose id is 0."""

    run_id: int
    window: Window
    has: Pruned


class Pruning:
    """One pass over a store.

    Parameters
    ----------
    read, write
        Do work in transactions.
    before
        What ended by then is old.
    dry_run
        Only say what would be removed.
    tell
        Gets what has been removed so far, after every transaction.
    """

    def __init__(
        self, read: Transacting, write: Transacting, *, before: datetime, dry_run: bool, tell: Tell
    ) -> None:
        self._read = read
        self._write = write
        self._before = before
        self._dry_run = dry_run
        self._tell = tell
        self._done = Pruned()

    def run(self) -> Pruned:
        """Go over the runs of every monitor and the profiles under every other name."""
        for monitor in self._read(_monitors):
            self._go_over(partial(_old_runs, monitor, self._before), partial(_remove_runs, monitor))
        label = self._read(partial(_next_label, ""))
        while label is not None:
            self._go_over(partial(_old_profiles, label, self._before), partial(_remove_profiles, label))
            label = self._read(partial(_next_label, label))
        return self._done

    def _go_over(
        self,
        look: Callable[[Window | None, Connection], list[Old]],
        remove: Callable[[Sequence[Old], Connection], Pruned],
    ) -> None:
        page = self._read(partial(look, None))
        while page:
            for batch in _batches([old for old in page if old.has.rows]):
                self._remove(batch, remove)
            last = page[-1].window
            page = self._read(partial(look, last)) if len(page) == PAGE else []

    def _remove(self, batch: Sequence[Old], remove: Callable[[Sequence[Old], Connection], Pruned]) -> None:
        if self._dry_run:
            self._done = sum((old.has for old in batch), self._done)
            return
        begun = time.monotonic()
        self._done += self._write(partial(remove, batch))
        self._tell(self._done)
        # Whoever waits for SQLite's only lock looks for it now and then, and would hardly ever find it free.
        time.sleep(min(time.monotonic() - begun, LONGEST_PAUSE))


def _batches(page: Sequence[Old]) -> Iterator[Sequence[Old]]:
    """Split a page into what one transaction removes; a run is never split."""
    batch: list[Old] = []
    metrics = 0
    for old in page:
        if batch and (len(batch) == RUNS_A_TRANSACTION or metrics + old.has.metrics > METRICS_A_TRANSACTION):
            yield batch
            batch, metrics = [], 0
        batch.append(old)
        metrics += old.has.metrics
    if batch:
        yield batch


def _monitors(connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    of = tables.monitor.c
    return connection.execute(select(of.id, of.digest).order_by(of.id)).all()


def _old_runs(
    monitor: Row[*tuple[Any, ...]], before: datetime, after: Window | None, connection: Connection
) -> list[Old]:
    """Read the next old runs of a monitor, oldest first, and count what each still has."""
    run, part = tables.run.c, tables.profile.c
    own = run.monitor_id == monitor.id
    newest = _newest_old(connection, tables.run, own)
    if newest is None:
        return []
    same_window = (part.window_start == run.window_start, part.window_end == run.window_end)
    metrics, traces, profiles = (
        select(func.count()).select_from(table).where(*where).correlate(tables.run).scalar_subquery()
        for table, where in (
            (tables.metric, (tables.metric.c.run_id == run.id,)),
            (tables.trace, (tables.trace.c.run_id == run.id,)),
            (tables.profile, (part.digest == monitor.digest, *same_window)),
        )
    )
    found = select(run.id, run.window_start, run.window_end, metrics, traces, profiles)
    rows = connection.execute(_between(found.where(own), tables.run, after, newest, before)).all()
    return [
        Old(run_id, Window(start, end), _of_run(metrics=metrics, traces=traces, profiles=profiles))
        for run_id, start, end, metrics, traces, profiles in rows
    ]


def _of_run(*, metrics: int, traces: int, profiles: int) -> Pruned:
    runs = 1 if metrics or traces or profiles else 0
    return Pruned(runs=runs, metrics=metrics, traces=traces, profiles=profiles)


def _old_profiles(label: str, before: datetime, after: Window | None, connection: Connection) -> list[Old]:
    """Read the next old profiles under a name that is no monitor's, oldest first."""
    part = tables.profile.c
    own = part.digest == label
    newest = _newest_old(connection, tables.profile, own)
    if newest is None or _belongs(connection, label):
        return []
    found = select(part.window_start, part.window_end).where(own)
    rows = connection.execute(_between(found, tables.profile, after, newest, before)).all()
    return [Old(0, Window(start, end), Pruned(profiles=1)) for start, end in rows]


def _belongs(connection: Connection, label: str) -> bool:
    """Whether profiles are those of a monitor's runs, or days of training data that judges learn from, however old."""
    of, pin = tables.monitor.c, tables.pin.c
    pins = connection.execute(select(pin.model, pin.version))
    is_monitor = connection.scalar(select(of.id).where(of.digest == label)) is not None
    return is_monitor or label in {digest(days_label(*row)) for row in pins}


def _newest_old(connection: Connection, table: Table, own: ColumnElement[bool]) -> Window | None:
    """Find the newest window that is not among those that are kept, whatever their age."""
    start, end = table.c.window_start, table.c.window_end
    found = select(start, end).where(own).order_by(start.desc(), end.desc()).offset(KEPT).limit(1)
    row = connection.execute(found).one_or_none()
    return Window(row.window_start, row.window_end) if row else None


def _between(
    found: Select[Any], table: Table, after: Window | None, newest: Window, before: datetime
) -> Select[Any]:
    """Restrict to the windows of one page; the bounds of the start alone are what bounds the range in the index."""
    start, end = table.c.window_start, table.c.window_end
    if after is not None:
        found = found.where(start >= after.start, or_(start > after.start, end > after.end))
    return (
        found.where(start <= newest.start, or_(start < newest.start, end <= newest.end))
        .where(start < before, end <= before)
        .order_by(start, end)
        .limit(PAGE)
    )


def _next_label(after: str, connection: Connection) -> str | None:
    """Find the next name under which there are profiles, in the order of their digests."""
    own = tables.profile.c.digest
    return connection.scalar(select(own).where(own > after).order_by(own).limit(1))


def _remove_runs(monitor: Row[*tuple[Any, ...]], batch: Sequence[Old], connection: Connection) -> Pruned:
    # As whoever saves a run does: one that is saved again meanwhile keeps all of its numbers or none.
    of = tables.monitor.c
    connection.execute(select(of.id).where(of.id == monitor.id).with_for_update())
    ids = [old.run_id for old in batch]
    said = {"digest": digest(PRUNED), "name": PRUNED, "content": stamp(datetime.now(UTC))}
    upsert(connection, tables.fact, [{"run_id": run_id, **said} for run_id in ids], ["content"])
    return Pruned(
        runs=len(batch),
        metrics=connection.execute(delete(tables.metric).where(tables.metric.c.run_id.in_(ids))).rowcount,
        traces=connection.execute(delete(tables.trace).where(tables.trace.c.run_id.in_(ids))).rowcount,
    ) + _remove_profiles(monitor.digest, [old for old in batch if old.has.profiles], connection)


def _remove_profiles(label: str, batch: Sequence[Old], connection: Connection) -> Pruned:
    if not batch:
        return Pruned()
    part = tables.profile.c
    windows = (
        and_(part.window_start == old.window.start, part.window_end == old.window.end) for old in batch
    )
    # That they lie between the oldest and the newest follows; it is what bounds the range in the index.
    span = part.window_start.between(batch[0].window.start, batch[-1].window.start)
    removed = connection.execute(delete(tables.profile).where(part.digest == label, span, or_(*windows)))
    return Pruned(profiles=removed.rowcount)
