"""Traces of runs that left none: each is scored as if it had been judged on its day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.evaluation import traced
from airflow_mlmonitor.judging.learned.past_runs import Left, Past
from airflow_mlmonitor.judging.learned.sample import Sample, finite

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.learned.learned import Learned
    from airflow_mlmonitor.store.history import History


def rehearsed(judge: Learned, days: Iterable[tuple[Window, Sample]], past: Past | None = None) -> Past:
    """Return the past that some days would have left, oldest first, each knowing those before it."""
    past = past or Past()
    for window, sample in days:
        past = past.then(window, traced(judge, sample, past, window))
    return past


def known(judge: Learned, sample: Sample, history: History) -> Past:
    """Return what a history knows: its traces, and where a run left none, what its points would have left.

    Only the metrics of the run under test are looked for in the points; the others do not matter to it.
    """
    past = Past.read(history)
    if not history.points or len(past) == sum(run.state.trains for run in history.runs):
        return past
    traces = {run.window: run for run in past.runs}
    found = replace(past, runs=())
    for position, run in enumerate(history.runs):
        if run.window in traces:
            found = replace(found, runs=(*found.runs, traces[run.window]))
        elif run.state.trains:
            day = _sample(sample, history, position)
            parts = traced(judge, day, found, run.window)
            found = replace(found, runs=(*found.runs, Left(run.window, parts, run.state == "accepted")))
    return found


def _sample(sample: Sample, history: History, position: int) -> Sample:
    points = [history.points.get(key, {}).get(position) for key in (metric.key for metric in sample.metrics)]
    return replace(sample, values=finite([point and point.value for point in points]))
