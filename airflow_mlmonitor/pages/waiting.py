"""Monitors that cannot judge yet, since labels come later than predictions."""

from __future__ import annotations

from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

LABELLED = "labelled_share"
FAMILY = "quality"


def is_of_quality(store: MetricsStore, monitor: str) -> bool:
    """Whether a monitor holds predictions against labels."""
    return any(series.family == FAMILY for series in store.series(monitor))


def waits_for_labels(store: MetricsStore, run: Run) -> bool:
    """Whether a run saw predictions and not one label: then nothing else of it could be measured.

    A run of which somebody should read something is a finding, and not merely waiting.
    """
    if run.status.is_finding or not run.rows:
        return False
    history = store.history(run.monitor, asof=run.window.end, last=1, metric=LABELLED)
    shares = [point.value for points in history.points.values() for point in points.values()]
    return (
        bool(shares)
        and history.runs[-1].window == run.window
        and max(share or 0.0 for share in shares) == 0.0
    )
