"""What a judge reads: the earlier runs of a monitor, their metrics as points, and the traces they left."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from airflow_mlmonitor.store import cases, tables
from airflow_mlmonitor.store.deciding import accepted_parts, merged
from airflow_mlmonitor.store.history import History, Point, Run, State
from airflow_mlmonitor.store.portions import portions
from airflow_mlmonitor.store.run_queries import STATUSES, runs
from airflow_mlmonitor.store.tables import digest

RUNS_A_STATEMENT = 500


def history(  # noqa: PLR0913 - as the contract has it
    connection: Connection,
    monitor: str,
    *,
    asof: datetime,
    last: int,
    metric: str | None,
    column: str | None,
    points: bool,
    traces: Sequence[str],
    series: Collection[tuple[str, str, str]] | None = None,
) -> History:
    """Read earlier runs, oldest first, with their metrics, if wanted, and with some of their traces."""
    found = runs(connection, monitor=monitor, model=None, asof=asof, last=last)
    by_age = dict(reversed(found.items()))
    left = _traces(connection, list(by_age), traces)
    accepted = {run_id: run.window.start for run_id, run in by_age.items() if run.state is State.ACCEPTED}
    parts = []
    if any(run.status.is_finding for run in by_age.values()):
        parts = accepted_parts(cases.accepted_in_part(connection, monitor), list(by_age.values()))
    since, in_part = merged(cases.accepted(connection, accepted), parts)
    known = tuple(by_age.values())
    if not points:
        return History(known, {}, left, since, in_part)
    names = _series(connection, monitor, metric, column, series)
    wanted = None if metric is None and column is None and series is None else list(names)
    with _collector_paused():
        return History(known, _points(connection, by_age, names, wanted), left, since, in_part)


def _traces(connection: Connection, ids: Sequence[int], names: Sequence[str]) -> dict[str, dict[int, bytes]]:
    """Read what runs left under some names, by position; a name that none of them left anything under is left out."""
    trace = tables.trace.c
    ages = {run_id: age for age, run_id in enumerate(ids)}
    known = {digest(name): name for name in names}
    traces: dict[str, dict[int, bytes]] = {}
    for some in portions(ids if known else [], RUNS_A_STATEMENT):
        found = connection.execute(
            select(trace.run_id, trace.digest, trace.content).where(
                trace.run_id.in_(some), trace.digest.in_(known)
            )
        )
        for run_id, key, content in found:
            traces.setdefault(known[key], {})[ages[run_id]] = bytes(content)
    return traces


def _series(
    connection: Connection,
    monitor: str,
    metric: str | None,
    column: str | None,
    keys: Collection[tuple[str, str, str]] | None,
) -> dict[int, tuple[str, str, str]]:
    series, of = tables.series, tables.monitor
    found = (
        select(series.c.id, series.c.metric, series.c.column_name, series.c.slice)
        .join(of, of.c.id == series.c.monitor_id)
        .where(of.c.digest == digest(monitor))
    )
    if keys is not None:
        found = found.where(series.c.digest.in_([digest(*key) for key in keys]))
    # Compared here, since MySQL takes "ks" and "ks " for one.
    return {
        row.id: (row.metric, row.column_name, row.slice)
        for row in connection.execute(found)
        if metric in (None, row.metric) and column in (None, row.column_name)
    }


def _metrics(run_ids: Sequence[int], series_ids: Sequence[int] | None) -> Select[Any]:
    """Select what a judge needs of the runs' metrics; of all series for None."""
    metric = tables.metric.c
    judged = (metric.value, metric.status, metric.lower, metric.upper, metric.expected)
    found = select(metric.run_id, metric.series_id, *judged).where(metric.run_id.in_(run_ids))
    return found if series_ids is None else found.where(metric.series_id.in_(series_ids))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles, which it does for every few hundred objects made, while many are.

    Points make no cycles. Reading 365 runs of 500 metrics from SQLite took .75-.92 s of CPU with the collector and
    .36-.46 s without.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _points(
    connection: Connection,
    by_age: Mapping[int, Run],
    names: Mapping[int, tuple[str, str, str]],
    wanted: Sequence[int] | None,
) -> dict[tuple[str, str, str], dict[int, Point]]:
    ids = list(by_age)
    ages = {run_id: age for age, run_id in enumerate(ids)}
    points: dict[int, dict[int, Point]] = {}
    for some in portions(ids, RUNS_A_STATEMENT):
        found = connection.execute(_metrics(some, wanted)).all()
        for run_id, series_id, value, status, lower, upper, expected in found:
            point = Point(by_age[run_id], value, STATUSES[status], lower, upper, expected)
            points.setdefault(series_id, {})[ages[run_id]] = point
    return {names[series_id]: found for series_id, found in points.items()}
