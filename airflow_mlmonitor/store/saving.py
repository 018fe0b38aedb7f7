"""What holds whenever a run is saved, whatever keeps it."""

from __future__ import annotations

import math
from datetime import datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, StoreError, WindowClaimed
from airflow_mlmonitor.judging.incident import Alert, alert_of
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.groups import grouped
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.report.text import heading
from airflow_mlmonitor.store.history import State

HUMAN = frozenset({State.BAD, State.ACCEPTED})
"""The states that only a person gives."""


def refuse_unstorable(report: Report) -> None:
    """Refuse what no history can keep: a number that is not finite, or one series with two values.

    Raises
    ------
    StoreError
        It names the metric and what to do.
    """
    for name in ("score", "threshold"):
        _refuse_infinite(report, "the whole run", name, getattr(report, name))
    known = set()
    for verdict in report.verdicts:
        key = verdict.metric.key
        if key in known:
            raise StoreError(
                f"Monitor {report.monitor!r} holds {_named(verdict)} twice for {report.window}; "
                "give one of the checks that measure it a prefix."
            )
        known.add(key)
        for name in ("lower", "upper", "expected", "severity"):
            _refuse_infinite(report, _named(verdict), name, getattr(verdict, name))


def refuse_stranger(report: Report, earlier: Tags, started: datetime) -> None:
    """Refuse a run whose monitor and window another task has saved already.

    Raises
    ------
    WindowClaimed
        It names both.
    """
    if report.tags.may_replace(earlier):
        return
    which = f", run {earlier.run_id}" if earlier.run_id else ""
    raise WindowClaimed(
        f"Monitor {report.monitor!r} already has its run for {report.window}, saved by {earlier}{which} "
        f"at {started:%Y-%m-%d %H:%M} UTC; now {report.tags} claims it too. "
        "Two tasks need two monitors: give one of them another name with monitor='...'."
    )


def state_of(report: Report, earlier: State | None) -> State:
    """What a run is worth as history: a person's word stays, otherwise findings decide.

    A warning that no history stands behind keeps no run from training: else a monitor whose first runs differ from
    their baseline would never learn what is usual.
    """
    if earlier in HUMAN:
        return earlier
    return State.ALERT if any(verdict.is_grounded for verdict in report.findings) else State.CLEAN


def alert_in(report: Report) -> Alert | None:
    """What a run found, as far as incidents go."""
    groups = grouped(report.findings, report.causes)
    return alert_of(report.findings, heading(groups[0]) if groups else "")


def refuse_half_named(dag_id: str | None, *parts: str | int | None) -> None:
    """Refuse to look for a DAG run, a task or an instance without its DAG: their names mean nothing alone.

    Raises
    ------
    ConfigurationError
        It says what to add.
    """
    if dag_id is None and any(part is not None for part in parts):
        raise ConfigurationError(
            "A DAG run, a task or a map index was named without its DAG; add dag_id='...'."
        )


def no_such_run(monitor: str, window: Window) -> StoreError:
    """Say that a run which somebody named was never saved."""
    return StoreError(f"Monitor {monitor!r} has no run for {window}; `mlmonitor runs` lists those there are.")


def _refuse_infinite(report: Report, of: str, name: str, number: float | None) -> None:
    """A metric is finite by itself; what a judge says of it may not be."""
    if number is not None and not math.isfinite(number):
        raise StoreError(
            f"The judge of monitor {report.monitor!r} gave {of} the {name} {number} for {report.window}; "
            "a metrics store keeps finite numbers. Use None where there is none."
        )


def _named(verdict: Verdict) -> str:
    name, column, part = verdict.metric.key
    return name + (f" of column {column!r}" if column else "") + (f" where {part}" if part else "")
