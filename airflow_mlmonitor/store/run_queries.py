"""How runs are found and what is read about many of them: the statements, and what their rows become."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import cases, incident_tables, tables
from airflow_mlmonitor.store.history import KnownSeries, Run, State
from airflow_mlmonitor.store.portions import MOST, portions
from airflow_mlmonitor.store.tables import digest

STATUSES = {status.value: status for status in Status}
STATES = {state.value: state for state in State}


def runs(  # noqa: PLR0913 - each is one way to name runs
    connection: Connection,
    *,
    monitor: str | None = None,
    model: str | None = None,
    dag_id: str | None = None,
    run_id: str | None = None,
    task_id: str | None = None,
    map_index: int | None = None,
    since: datetime | None = None,
    asof: datetime | None = None,
    last: int,
) -> dict[int, Run]:
    """Read runs by their id, latest window first."""
    run = tables.run.c
    known: dict[int, Row[*tuple[Any, ...]]] | None = None
    if monitor is not None or model is not None:
        # Models are compared here, since MySQL takes "fare" and "fare " for one.
        known = {row.id: row for row in _monitors(connection, monitor) if model in (None, row.model)}
    found = _latest(None if known is None else list(known), last)
    if dag_id is not None:
        key = run.dag_digest == digest(dag_id)
        found = found.where(key if run_id is None else run.dag_run_digest == digest(dag_id, run_id))
    if since is not None:
        found = found.where(run.window_start >= since)
    if asof is not None:
        # The first follows from the second; it is what bounds the range in the index.
        found = found.where(run.window_start < asof, run.window_end <= asof)
    if map_index is not None:
        found = found.where(run.map_index == map_index)
    if task_id is not None:
        found = found.where(run.task_id == task_id)
    rows = connection.execute(found).all()
    # MySQL takes "skew" and "skew " for one task.
    rows = [row for row in rows if task_id in (None, row.task_id)]
    if known is None:
        known = _named(connection, {row.monitor_id for row in rows})
    return {row.id: as_run(row, known[row.monitor_id]) for row in rows}


def run(connection: Connection, monitor: str, window: Window) -> Run | None:
    """Read one run."""
    own, of = tables.run, tables.monitor
    found = connection.execute(
        select(own, of.c.name, of.c.model)
        .join(of, of.c.id == own.c.monitor_id)
        .where(
            of.c.digest == digest(monitor), own.c.window_start == window.start, own.c.window_end == window.end
        )
    ).one_or_none()
    return as_run(found, found) if found else None


def latest(
    connection: Connection, names: Collection[str] | None, last: int, asof: datetime | None = None
) -> dict[str, list[Run]]:
    """Read the last runs of each of some monitors, latest first.

    One statement finds where the last runs of each begin, another reads them: no backend ranks the runs of all.
    """
    own, of = tables.run.c, tables.monitor.c
    # The first follows from the second; it is what bounds the range in the index.
    until = [] if asof is None else [own.window_start < asof, own.window_end <= asof]
    first = (
        select(own.window_start)
        .where(own.monitor_id == of.id, *until)
        .order_by(own.window_start.desc(), own.window_end.desc())
        .limit(1)
    )
    nth = first.offset(max(last, 1) - 1).scalar_subquery()
    oldest = select(func.min(own.window_start)).where(own.monitor_id == of.id, *until).scalar_subquery()
    bounds = select(of.id, of.name, of.model, func.coalesce(nth, oldest).label("begin"))
    wanted = None if names is None else sorted({digest(name) for name in names})
    asked = [bounds] if wanted is None else [bounds.where(of.digest.in_(part)) for part in portions(wanted)]
    known = {row.id: row for part in asked for row in connection.execute(part) if row.begin is not None}
    found: dict[str, list[Run]] = {}
    for ids in portions(sorted(known) if last > 0 else []):
        each = (and_(own.monitor_id == one, own.window_start >= known[one].begin) for one in ids)
        rows = connection.execute(
            select(tables.run)
            .where(or_(*each), *until)
            .order_by(own.monitor_id, own.window_start.desc(), own.window_end.desc())
        )
        for row in rows:
            of_one = found.setdefault(known[row.monitor_id].name, [])
            if len(of_one) < last:
                of_one.append(as_run(row, known[row.monitor_id]))
    return found


def monitors(connection: Connection) -> list[tuple[str, str]]:
    """Read every monitor and its model."""
    of = tables.monitor.c
    return [(row.name, row.model) for row in connection.execute(select(of.name, of.model).order_by(of.id))]


def series(connection: Connection, monitor: str) -> list[KnownSeries]:
    """Read the series of one monitor."""
    own, of = tables.series, tables.monitor
    found = connection.execute(
        select(own.c.metric, own.c.column_name, own.c.slice, own.c.scale, own.c.family, own.c.worse)
        .join(of, of.c.id == own.c.monitor_id)
        .where(of.c.digest == digest(monitor))
    )
    return sorted(KnownSeries(*row) for row in found)


def status_counts(connection: Connection, monitor: str, window: Window) -> dict[Status, int]:
    """Count the verdicts of one run by status."""
    metric = tables.metric.c
    found = connection.execute(
        select(metric.status, func.count())
        .where(metric.run_id == run_id_of(monitor, window))
        .group_by(metric.status)
    )
    return {STATUSES[status]: number for status, number in found}


def alerts(
    connection: Connection, monitor: str, *, since: datetime | None, asof: datetime | None, last: int
) -> dict[Window, Alert]:
    """Read what the last runs with findings found, latest first."""
    own, of, alert = tables.run.c, tables.monitor, incident_tables.alert
    its = select(of.c.id).where(of.c.digest == digest(monitor)).scalar_subquery()
    found = (
        select(own.window_start, own.window_end, alert.c.status, alert.c.title, alert.c.severities)
        .join(alert, alert.c.run_id == own.id)
        .where(own.monitor_id == its)
        .order_by(own.window_start.desc(), own.window_end.desc())
        .limit(max(last, 0))
    )
    if since is not None:
        found = found.where(own.window_start >= since)
    if asof is not None:
        found = found.where(own.window_start < asof, own.window_end <= asof)
    return {
        Window(row.window_start, row.window_end): cases.alert_in(row) for row in connection.execute(found)
    }


def facts_of(
    connection: Connection, monitor: str, names: Sequence[str], *, asof: datetime, last: int
) -> dict[Window, dict[str, str]]:
    """Read some facts of the last runs, oldest first."""
    windows = {
        run_id: run.window
        for run_id, run in reversed(runs(connection, monitor=monitor, asof=asof, last=last).items())
    }
    found: dict[Window, dict[str, str]] = {window: {} for window in windows.values()}
    for ids in portions(list(windows)):
        for run_id, name, content in facts_by_run(connection, ids, names):
            found[windows[run_id]][name] = content
    return found


def facts_by_run(
    connection: Connection, ids: Collection[int], names: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """Read some facts of some runs: the id of the run, and the name and content of the fact."""
    fact, keys = tables.fact.c, [digest(name) for name in names]
    wanted = select(fact.run_id, fact.name, fact.content).where(fact.run_id.in_(ids), fact.digest.in_(keys))
    return (tuple(row) for row in connection.execute(wanted))


def run_id_of(monitor: str, window: Window) -> Any:
    """Select the id of one run."""
    own, of = tables.run, tables.monitor
    return (
        select(own.c.id)
        .join(of, of.c.id == own.c.monitor_id)
        .where(
            of.c.digest == digest(monitor), own.c.window_start == window.start, own.c.window_end == window.end
        )
        .scalar_subquery()
    )


def as_run(row: Row[*tuple[Any, ...]], monitor: Row[*tuple[Any, ...]]) -> Run:
    """Make a run of its row and its monitor's."""
    # In the order of the table's columns: ten thousand of them by name take twice as long.
    (_, _, start, end, status, state, rows, version, dag_id, task_id, *left) = row
    map_index, run_id, try_number, started, seconds, score, threshold, *_ = left
    tags = Tags(dag_id=dag_id, task_id=task_id, map_index=map_index, run_id=run_id, try_number=try_number)
    return Run(
        monitor=monitor.name,
        model=monitor.model,
        window=Window(start, end),
        status=STATUSES[status],
        state=STATES[state],
        rows=rows,
        model_version=version,
        tags=tags,
        started=started,
        seconds=seconds,
        score=score,
        threshold=threshold,
    )


def _monitors(connection: Connection, name: str | None) -> Sequence[Row[*tuple[Any, ...]]]:
    of = tables.monitor.c
    wanted = select(of.id, of.name, of.model)
    return connection.execute(wanted if name is None else wanted.where(of.digest == digest(name))).all()


def _named(connection: Connection, ids: set[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    """Read monitors by their ids."""
    of = tables.monitor.c
    wanted = select(of.id, of.name, of.model)
    if len(ids) <= MOST:
        wanted = wanted.where(of.id.in_(ids))
    return {row.id: row for row in connection.execute(wanted)} if ids else {}


def _latest(monitor_ids: Sequence[int] | None, last: int) -> Select[Any]:
    """Select the runs with the latest windows, latest first; of all monitors for None."""
    own = tables.run.c
    found = select(tables.run).order_by(own.window_start.desc(), own.window_end.desc())
    if monitor_ids is not None and len(monitor_ids) == 1:
        found = found.where(own.monitor_id == monitor_ids[0])
    else:
        # Of several monitors, runs of one window come in the order of their first save.
        found = found.order_by(own.id.desc())
        found = found if monitor_ids is None else found.where(own.monitor_id.in_(monitor_ids))
    return found.limit(max(last, 0))
