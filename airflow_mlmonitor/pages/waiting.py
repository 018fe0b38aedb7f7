"""Monitors that cannot judge yet, since labels come later than predictions."""

from __future__ import annotations

from airflow_mlmonitor.pages.known_quality import quality_of
from airflow_mlmonitor.pages.moment_words import window_words
from airflow_mlmonitor.report.words import STATUS_WORDS
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

LABELLED = "labelled_share"

LOOKED_BACK = 30
"""Runs among which the last one that had labels is looked for."""


def waiting_words(store: MetricsStore, run: Run) -> str:
    """Say that a run saw predictions and not one label, and which run was judged last; empty where it is not so.

    A run of which somebody should read something is a finding, and not merely waiting.
    """
    if run.status.is_finding or not run.rows:
        return ""
    labelled = [
        series.key
        for series in quality_of(store, [run.monitor])[run.monitor]
        if series.metric.rpartition(".")[2] == LABELLED and not series.slice
    ]
    if not labelled:
        return ""
    history = store.history(run.monitor, asof=run.window.end, last=LOOKED_BACK, series=labelled)
    shares: dict[Run, float] = {}
    for points in history.points.values():
        for point in points.values():
            shares[point.run] = max(point.value or 0.0, shares.get(point.run, 0.0))
    if shares.get(run) != 0:
        return ""
    judged = [one for one, share in shares.items() if share and one.window < run.window]
    said = f"No labels yet for {window_words(run.window)}"
    if not judged:
        return f"{said}; no run has been judged so far."
    last = max(judged, key=lambda one: one.window)
    return f"{said}; last judged: {window_words(last.window)}, {STATUS_WORDS[last.status]}."
