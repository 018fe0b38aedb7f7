"""The monitors of a DAG over time: a heat map of how unusual each run was, and the incidents below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import UNRESOLVED, Alert, Incident
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.concluding import headline, last_dag_run, overall, task_name
from airflow_mlmonitor.pages.documents import CellDocument, DagPage, DisplayName, MonitorRowDocument
from airflow_mlmonitor.pages.incident_line import incident_document, lane_document, open_first
from airflow_mlmonitor.pages.known_quality import quality_of
from airflow_mlmonitor.pages.moment_words import short_day
from airflow_mlmonitor.pages.slots import Period, slot_words, thinned
from airflow_mlmonitor.pages.strip import strip_cell
from airflow_mlmonitor.pages.version_events import version_events
from airflow_mlmonitor.pages.whereabouts import dags_of
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

MOST_DAYS = 400
MOST_RUNS = 10_000
"""Runs of all monitors that are read, the latest ones: a hundred daily monitors, or four hourly ones, for 90 days."""

MOST_INCIDENTS = 300

RECENT = 3
"""Last DAG runs in which a monitor must have run to be one of the DAG's."""


@dataclass(frozen=True)
class _Row:
    """A monitor of the DAG: its runs in the period, oldest first, and what some of them found."""

    name: str
    runs: Sequence[Run]
    alerts: Mapping[Window, Alert]

    @property
    def last(self) -> Run:
        return self.runs[-1]

    @property
    def task(self) -> str:
        return printable(task_name(self.last.tags, self.name))


def dag_page(store: MetricsStore, *, dag_id: str, days: int = 90, now: datetime | None = None) -> DagPage:
    """Build the page of a DAG.

    Parameters
    ----------
    store
        Where its runs are.
    dag_id
        The DAG.
    days
        Days that the heat map shows, 400 at most.
    now
        The present, for tests; by default what the clock says.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    newest = store.runs(dag_id=dag_id, last=1)
    if not newest:
        return _empty()
    period = Period.until(newest[0], min(max(days, 1), MOST_DAYS), now or datetime.now(UTC))
    found = store.runs(dag_id=dag_id, since=period.begin, last=MOST_RUNS)
    whole = period
    if len(found) >= MOST_RUNS:
        period = period.after(found[-1])
        found = [run for run in found if run.window.start >= period.begin]
    rows = _rows(store, found)
    incidents = _incidents(store, dag_id, rows, period)
    slots = {row.name: period.slot(len(row.runs)) for row in rows}
    current = _current(found)
    statuses = _statuses(store, rows, last_dag_run(found), current)
    concluded = [(row.task, statuses[row.name]) for row in rows if row.name in current]
    opened = open_first(incidents)
    return {
        "status": overall(concluded),
        "headline": headline(concluded, when="in the last run"),
        "detail": " ".join(
            filter(
                None,
                [
                    _told(incidents, len(opened), len(period.days)),
                    slot_words(slots.values()),
                    ""
                    if period == whole
                    else f"Runs before {short_day(period.begin)} are too many to be shown.",
                ],
            )
        ),
        "incident": incident_document(opened[0], dag_id) if opened else None,
        "days": period.days,
        "monitors": [
            _document(row, statuses[row.name], incidents, slots[row.name], period.begin) for row in rows
        ],
        "incidents": [lane_document(one) for one in sorted(incidents, key=lambda one: (one.opened, one.id))],
        "events": version_events(found),
        "can_edit": False,
    }


def _empty() -> DagPage:
    return {
        "status": "none",
        "headline": "No monitor of this DAG has run yet.",
        "detail": "Its first run fills this page.",
        "incident": None,
        "days": [],
        "monitors": [],
        "incidents": [],
        "events": [],
        "can_edit": False,
    }


def _rows(store: MetricsStore, found: Sequence[Run]) -> list[_Row]:
    """Gather runs by monitor: those of the last DAG run in the order in which they started, then the others."""
    by_monitor: dict[str, list[Run]] = defaultdict(list)
    for run in reversed(found):
        by_monitor[run.monitor].append(run)
    last = last_dag_run(found)
    started = {name: runs[-1].started for name, runs in by_monitor.items()}
    taking_part = {run.monitor for run in found if run.tags.run_id == last}
    names = sorted(by_monitor, key=lambda name: (name not in taking_part, started[name], name))
    alerts: dict[str, dict[Window, Alert]] = defaultdict(dict)
    for (name, window), alert in store.alerts_of_runs(
        [run for run in found if run.status.is_finding]
    ).items():
        alerts[name][window] = alert
    return [_Row(name, by_monitor[name], alerts[name]) for name in names]


def _incidents(store: MetricsStore, dag_id: str, rows: Sequence[_Row], period: Period) -> list[Incident]:
    """Those of the DAG's own runs: a monitor may have run in another DAG before."""
    found = store.incidents(monitor=[row.name for row in rows], since=period.begin, last=MOST_INCIDENTS)
    own = {(row.name, run.window) for row in rows for run in row.runs}
    seen = [one for one in found if any((one.monitor, window) in own for window in one.windows)]
    older = [one for one in found if one not in seen and one.state in UNRESOLVED]
    dags = dags_of(store, older)
    return seen + [one for one in older if dags[one.id] == dag_id]


def _current(found: Sequence[Run]) -> set[str]:
    """The monitors that are the DAG's now: one that has gone from it counts no more."""
    latest: dict[str, datetime] = {}
    for run in found:
        latest[run.tags.run_id] = max(run.started, latest.get(run.tags.run_id, run.started))
    recent = set(sorted(latest, key=lambda run_id: latest[run_id], reverse=True)[:RECENT])
    last = last_dag_run(found)
    return {run.monitor for run in found if run.tags.run_id in recent | {last}}


def _statuses(
    store: MetricsStore, rows: Sequence[_Row], last: str, current: Collection[str]
) -> dict[str, DisplayName]:
    """How each monitor came out in the last DAG run; one of quality that is not there waits for its labels."""
    statuses: dict[str, DisplayName] = {}
    quality = quality_of(store, [row.name for row in rows if row.name in current])
    for row in rows:
        own = [run for run in row.runs if run.tags.run_id == last]
        if own:
            statuses[row.name] = max((run.status for run in own), key=lambda status: status.rank).value
        else:
            waits = row.name in current and bool(quality[row.name])
            statuses[row.name] = "waiting" if waits else "none"
    return statuses


def _document(
    row: _Row, status: DisplayName, incidents: Sequence[Incident], slot: timedelta | None, begin: datetime
) -> MonitorRowDocument:
    numbers = {
        window: one.id
        for one in sorted(incidents, key=lambda one: -one.id)
        if one.monitor == row.name
        for window in one.windows
    }
    cells = [(run, _cell(run, row.alerts.get(run.window), numbers.get(run.window))) for run in row.runs]
    return {
        "monitor": row.name,
        "task_id": row.task,
        "status": status,
        "cells": thinned(cells, slot, begin),
    }


def _cell(run: Run, alert: Alert | None, number: int | None) -> CellDocument:
    return {
        **strip_cell(run, alert),
        "day": run.window.start.date().isoformat(),
        "top": printable(alert.title) if alert else "",
        "incident_id": number,
    }


def _told(incidents: Sequence[Incident], opened: int, days: int) -> str:
    """Say how many incidents there were, how grave they were, and how many are open where that is more than one."""
    span = f"in {plural(days, 'day')}"
    if not incidents:
        return f"No incident {span}."
    failed = sum(one.status is Status.FAIL for one in incidents)
    if len(incidents) == 1:
        return f"1 incident {span}, {'with' if failed else 'without'} a failure."
    still = f" {opened} are open." if opened > 1 else ""
    return f"{len(incidents)} incidents {span}, {failed or 'none'} with a failure.{still}"
