"""What is written, statement by statement. Every function works inside one transaction, which is not its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Row, bindparam, delete, insert, select, update

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Notice
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import tables, tracking
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.saving import alert_in, no_such_run, refuse_stranger, state_of
from airflow_mlmonitor.store.store import Pin
from airflow_mlmonitor.store.tables import digest
from airflow_mlmonitor.store.upsert import insert_missing, upsert

if TYPE_CHECKING:
    Found = CursorResult[*tuple[Any, ...]]


def save(connection: Connection, report: Report, profile: bytes | None) -> list[Notice]:
    """Write a run in place of what was known of its monitor and window; say what it meant for incidents."""
    monitor_id = _monitor(connection, report)
    run_id = _run(connection, monitor_id, report)
    _replace_metrics(connection, run_id, _series(connection, monitor_id, report), report)
    _replace_facts(connection, run_id, report)
    _replace_traces(connection, run_id, report)
    if profile is None:
        part, window = tables.profile.c, report.window
        same = (part.window_start == window.start, part.window_end == window.end)
        connection.execute(delete(tables.profile).where(part.digest == digest(report.monitor), *same))
    else:
        keep(connection, report.monitor, {report.window: profile})
    tracking.replace_alert(connection, run_id, alert_in(report))
    return tracking.track(connection, monitor_id, report.monitor, report.model, report.window)


def keep(connection: Connection, label: str, profiles: Mapping[Window, bytes]) -> None:
    """Write dated profiles under a label, each in place of the one of the same window."""
    rows = [
        {
            "digest": digest(label),
            "window_start": window.start,
            "window_end": window.end,
            "label": label,
            "content": content,
        }
        for window, content in sorted(profiles.items())
    ]
    upsert(connection, tables.profile, rows, ["content"])


def pin(connection: Connection, pinned: Pin, days: Mapping[Window, bytes]) -> None:
    """Write a baseline and its dated parts in place of an earlier pin of the same version."""
    row = {
        "model_digest": digest(pinned.model),
        "version_digest": digest(pinned.version),
        "model": pinned.model,
        "version": pinned.version,
        "label": pinned.label,
        "row_count": pinned.rows,
        "pinned_at": pinned.pinned_at,
        "content": pinned.profile,
    }
    upsert(connection, tables.pin, [row], ["label", "row_count", "pinned_at", "content"])
    parts = tables.profile
    connection.execute(delete(parts).where(parts.c.digest == digest(pinned.days_label)))
    keep(connection, pinned.days_label, days)


def mark(connection: Connection, monitor: str, window: Window, state: State, *, who: str, note: str) -> None:
    """Write what a person says of a run, and that this person said so."""
    known = _known_monitor(connection, monitor).one_or_none()
    found = _locked_run(connection, known.id, window).one_or_none() if known else None
    if found is None:
        raise no_such_run(monitor, window)
    run = tables.run
    connection.execute(update(run).where(run.c.id == found.id).values(state=state.value))
    said = {"who": who, "note": note, "made_at": datetime.now(UTC)}
    states = {"state_before": found.state, "state_after": state.value}
    connection.execute(insert(tables.annotation).values(run_id=found.id, **said, **states))
    if state is State.ACCEPTED:
        tracking.accept_groups(connection, found.id)


def _monitor(connection: Connection, report: Report) -> int:
    row = {"digest": digest(report.monitor), "name": report.monitor, "model": report.model}
    known = _known_monitor(connection, report.monitor).one_or_none()
    if known is None:
        insert_missing(connection, tables.monitor, [row])
        known = _known_monitor(connection, report.monitor).one()
    if known.model != report.model:
        monitor = tables.monitor
        connection.execute(update(monitor).where(monitor.c.id == known.id).values(model=report.model))
    return int(known.id)


def _known_monitor(connection: Connection, name: str) -> Found:
    """Find a monitor and lock its row: whoever writes runs of one monitor does so one after the other.

    Each has to see what the run of the one before meant for the monitor's incidents.
    """
    monitor = tables.monitor.c
    known = select(monitor.id, monitor.model).where(monitor.digest == digest(name))
    return connection.execute(known.with_for_update())


def _run(connection: Connection, monitor_id: int, report: Report) -> int:
    """Lock the run's row, making it where it is missing, and write it; the lock keeps a parallel writer waiting."""
    row = _described(report) | {"monitor_id": monitor_id, "state": state_of(report, None).value}
    found = _locked_run(connection, monitor_id, report.window).one_or_none()
    if found is None:
        insert_missing(connection, tables.run, [row])
        found = _locked_run(connection, monitor_id, report.window).one()
    owner = Tags(
        dag_id=found.dag_id, task_id=found.task_id, map_index=found.map_index, run_id=found.dag_run_id
    )
    refuse_stranger(report, owner, found.started)
    row["state"] = state_of(report, State(found.state)).value
    connection.execute(update(tables.run).where(tables.run.c.id == found.id).values(row))
    return int(found.id)


def _described(report: Report) -> dict[str, Any]:
    return {
        "window_start": report.window.start,
        "window_end": report.window.end,
        "status": report.status.value,
        "row_count": int(report.rows),
        "model_version": report.model_version,
        "dag_id": report.tags.dag_id,
        "task_id": report.tags.task_id,
        "map_index": report.tags.map_index,
        "dag_run_id": report.tags.run_id,
        "try_number": report.tags.try_number,
        "dag_digest": digest(report.tags.dag_id),
        "dag_run_digest": digest(report.tags.dag_id, report.tags.run_id),
        "started": report.started,
        "seconds": float(report.seconds),
        "score": _number(report.score),
        "threshold": _number(report.threshold),
    }


def _locked_run(connection: Connection, monitor_id: int, window: Window) -> Found:
    run = tables.run.c
    columns = (run.id, run.state, run.dag_id, run.task_id, run.map_index, run.dag_run_id, run.started)
    key = (run.monitor_id == monitor_id, run.window_start == window.start, run.window_end == window.end)
    return connection.execute(select(*columns).where(*key).with_for_update())


def _series(connection: Connection, monitor_id: int, report: Report) -> dict[str, int]:
    """Find the ids of a report's series by digest, making those that are new."""
    wanted = {
        digest(*metric.key): {
            "monitor_id": monitor_id,
            "metric": metric.name,
            "column_name": metric.column or "",
            "slice": metric.slice,
            "scale": metric.scale,
            "family": metric.family,
            "worse": metric.worse,
        }
        for metric in (verdict.metric for verdict in report.verdicts)
    }
    known = _known_series(connection, monitor_id)
    # In one order for every writer: two that make the same series then wait for each other instead of deadlocking.
    missing = [{"digest": key, **wanted[key]} for key in sorted(wanted.keys() - known.keys())]
    if missing:
        insert_missing(connection, tables.series, missing)
        known = _known_series(connection, monitor_id)
    kind = ("scale", "family", "worse")
    changed = [
        {"changed_id": known[key].id, **{name: row[name] for name in kind}}
        for key, row in sorted(wanted.items())
        if any(getattr(known[key], name) != row[name] for name in kind)
    ]
    if changed:
        connection.execute(
            update(tables.series).where(tables.series.c.id == bindparam("changed_id")), changed
        )
    return {key: known[key].id for key in wanted}


def _known_series(connection: Connection, monitor_id: int) -> dict[str, Row[*tuple[Any, ...]]]:
    series = tables.series.c
    columns = (series.digest, series.id, series.scale, series.family, series.worse)
    return {
        row.digest: row for row in connection.execute(select(*columns).where(series.monitor_id == monitor_id))
    }


def _replace_metrics(connection: Connection, run_id: int, series: Mapping[str, int], report: Report) -> None:
    connection.execute(delete(tables.metric).where(tables.metric.c.run_id == run_id))
    rows = [
        {
            "run_id": run_id,
            "series_id": series[digest(*verdict.metric.key)],
            "position": position,
            **_measured(verdict),
        }
        for position, verdict in enumerate(report.verdicts)
    ]
    if rows:
        connection.execute(insert(tables.metric), rows)


def _measured(verdict: Verdict) -> dict[str, Any]:
    metric = verdict.metric
    return {
        "n": int(metric.n),
        "value": _number(metric.value),
        "lower": _number(verdict.lower),
        "upper": _number(verdict.upper),
        "expected": _number(verdict.expected),
        "baseline": _number(metric.expected),
        "p_value": _number(metric.p_value),
        "effect": _number(metric.effect),
        "severity": float(verdict.severity),
        "status": verdict.status.value,
        "why": verdict.why or None,
        "basis": metric.why,
    }


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _replace_facts(connection: Connection, run_id: int, report: Report) -> None:
    connection.execute(delete(tables.fact).where(tables.fact.c.run_id == run_id))
    facts = [
        {"run_id": run_id, "digest": digest(name), "name": name, "content": content}
        for name, content in report.facts.items()
    ]
    if facts:
        connection.execute(insert(tables.fact), facts)


def _replace_traces(connection: Connection, run_id: int, report: Report) -> None:
    connection.execute(delete(tables.trace).where(tables.trace.c.run_id == run_id))
    traces = [
        {"run_id": run_id, "digest": digest(name), "name": name, "content": content}
        for name, content in report.traces.items()
    ]
    if traces:
        connection.execute(insert(tables.trace), traces)
