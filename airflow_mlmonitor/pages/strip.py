"""Runs as small cells: how unusual each was, in parts of its alert line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.pages.findings_document import StripDocument
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.store.history import Run


def strip(runs: Iterable[Run], alerts: Mapping[Window, Alert] | None = None) -> list[StripDocument]:
    """Write the runs of one monitor, oldest first; ``alerts`` say what some of them found, by window."""
    known = alerts or {}
    ordered = sorted(runs, key=lambda run: run.window)
    return [strip_cell(run, known.get(run.window)) for run in ordered]


def strip_cell(run: Run, alert: Alert | None = None) -> StripDocument:
    """Write one run as a cell."""
    return {
        "window_start": iso(run.window.start),
        "run_id": run.tags.run_id,
        "ratio": ratio(run, alert),
        "status": run.status.value,
        "state": run.state.value,
    }


def ratio(run: Run, alert: Alert | None = None) -> float | None:
    """Say how unusual a run was, in parts of its alert line: 1 is on the line; None where nothing tells.

    The judge's score tells it, where there is one. A finding that stands on a limit of its own counts by its severity,
    which is 1 on its line as well; at least it is over it.
    """
    scored = run.score / run.threshold if run.score is not None and run.threshold else None
    if not run.status.is_finding:
        return scored
    severity = max(alert.groups.values(), default=None) if alert else None
    known = [part for part in (scored, severity) if part is not None]
    return max(1.0, *known) if known else None
