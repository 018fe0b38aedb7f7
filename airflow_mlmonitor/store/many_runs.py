"""What is read of many runs at once, whichever monitors they are of: a few statements for a hundred of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store import cases, incident_tables, tables
from airflow_mlmonitor.store.history import KnownSeries, Point, Run
from airflow_mlmonitor.store.portions import portions
from airflow_mlmonitor.store.queries import as_verdict, judged
from airflow_mlmonitor.store.run_queries import STATUSES, facts_by_run
from airflow_mlmonitor.store.tables import digest

Key = tuple[str, Window]


def facts(connection: Connection, runs: Collection[Run], names: Sequence[str]) -> dict[Key, dict[str, str]]:
    """Read facts of some names."""
    found: dict[Key, dict[str, str]] = {_key(run): {} for run in runs}
    for known in _known(connection, runs):
        for run_id, name, content in facts_by_run(connection, known, names):
            found[_key(known[run_id])][name] = content
    return found


def points(connection: Connection, runs: Collection[Run], series: tuple[str, str, str]) -> dict[Key, Point]:
    """Read the values of one series, by its names, of each monitor."""
    metric, own, run = tables.metric, tables.series, tables.run
    found: dict[Key, Point] = {}
    for known in _known(connection, runs):
        its = and_(own.c.monitor_id == run.c.monitor_id, own.c.digest == digest(*series))
        same = and_(metric.c.run_id == run.c.id, metric.c.series_id == own.c.id)
        value = metric.c
        rows = connection.execute(
            select(run.c.id, value.value, value.status, value.lower, value.upper, value.expected)
            .select_from(run.join(own, its).join(metric, same))
            .where(run.c.id.in_(known))
        )
        for run_id, number, status, lower, upper, expected in rows:
            one = known[run_id]
            found[_key(one)] = Point(one, number, STATUSES[status], lower, upper, expected)
    return found


def status_counts(connection: Connection, runs: Collection[Run]) -> dict[Key, dict[Status, int]]:
    """Count their verdicts by status."""
    metric = tables.metric.c
    found: dict[Key, dict[Status, int]] = {_key(run): {} for run in runs}
    for known in _known(connection, runs):
        rows = connection.execute(
            select(metric.run_id, metric.status, func.count())
            .where(metric.run_id.in_(known))
            .group_by(metric.run_id, metric.status)
        )
        for run_id, status, number in rows:
            found[_key(known[run_id])][STATUSES[status]] = number
    return found


def verdicts(connection: Connection, runs: Collection[Run]) -> dict[Key, list[Verdict]]:
    """Read all of their verdicts, those of each in the order in which they were saved."""
    metric = tables.metric.c
    found: dict[Key, list[Verdict]] = {_key(run): [] for run in runs}
    for known in _known(connection, runs):
        rows: Iterable[Sequence[Any]] = connection.execute(
            judged(metric.run_id).where(metric.run_id.in_(known)).order_by(metric.run_id, metric.position)
        )
        for run_id, *row in rows:
            found[_key(known[run_id])].append(as_verdict(*row))
    return found


def alerts(connection: Connection, runs: Collection[Run]) -> dict[Key, Alert]:
    """Read what they found; those that found nothing are left out."""
    alert = incident_tables.alert
    return {
        _key(known[row.run_id]): cases.alert_in(row)
        for known in _known(connection, runs)
        for row in connection.execute(select(alert).where(alert.c.run_id.in_(known)))
    }


def series(connection: Connection, monitors: Collection[str], family: str) -> dict[str, list[KnownSeries]]:
    """Read the series of one family of some monitors."""
    own = tables.series.c
    names = {number: name for name, number in _monitor_ids(connection, monitors).items()}
    found: dict[str, list[KnownSeries]] = {}
    for part in portions(sorted(names)):
        rows = connection.execute(
            select(
                own.monitor_id, own.metric, own.column_name, own.slice, own.scale, own.family, own.worse
            ).where(own.monitor_id.in_(part), own.family == family)
        )
        for monitor_id, *one in rows:
            known = KnownSeries(*one)
            if known.family == family:  # MySQL takes "quality" and "quality " for one
                found.setdefault(names[monitor_id], []).append(known)
    return {monitor: sorted(known) for monitor, known in found.items()}


def _monitor_ids(connection: Connection, monitors: Collection[str]) -> dict[str, int]:
    of = tables.monitor.c
    return {
        name: number
        for part in portions(sorted({digest(monitor) for monitor in monitors}))
        for number, name in connection.execute(select(of.id, of.name).where(of.digest.in_(part)))
    }


def _known(connection: Connection, runs: Collection[Run]) -> Iterator[dict[int, Run]]:
    """Find runs by their ids, some at a time."""
    own = tables.run.c
    ids = _monitor_ids(connection, {run.monitor for run in runs})
    wanted = {(ids[run.monitor], run.window): run for run in runs if run.monitor in ids}
    for names in portions(sorted(wanted)):
        each = (
            and_(own.monitor_id == one, own.window_start == window.start, own.window_end == window.end)
            for one, window in names
        )
        found = connection.execute(
            select(own.id, own.monitor_id, own.window_start, own.window_end).where(or_(*each))
        )
        known = {number: wanted[one, Window(start, end)] for number, one, start, end in found}
        if known:
            yield known


def _key(run: Run) -> Key:
    return run.monitor, run.window
