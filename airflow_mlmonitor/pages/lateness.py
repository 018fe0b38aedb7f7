"""Whether a run that should be there is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from airflow_mlmonitor.pages.dag_facts import DagFacts
from airflow_mlmonitor.store.history import Run

GRACE = timedelta(hours=1)
"""By which any run may come later than usual."""

PATIENCE = 0.5
"""Part of the usual distance between runs by which one may come later than usual."""


def late_since(runs: Sequence[Run], facts: DagFacts | None, now: datetime) -> datetime | None:
    """Return when the next run of a monitor was due, where it should be there by now; None where it is not late.

    Only what has a schedule and is not paused can be late: by Airflow's own word, or because the monitor's last run is
    longer ago than its runs usually are apart.

    Parameters
    ----------
    runs
        Its last runs, latest first.
    facts
        What Airflow knows of its DAG; None where it knows nothing.
    now
        The present.
    """
    if facts is None or facts.is_paused or facts.due_at is None or not runs:
        return None
    apart = distance(runs)
    usual = runs[0].started + apart if apart else None
    slack = max(GRACE, PATIENCE * (apart or timedelta()))
    late = [due for due in (facts.due_at, usual) if due is not None and now > due + slack]
    return min(late, default=None)


def distance(runs: Sequence[Run]) -> timedelta | None:
    """Return how far the windows of runs usually lie apart; None for a single one."""
    starts = sorted({run.window.start for run in runs})
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    return timedelta(seconds=median(gaps)) if gaps else None


def every_words(apart: timedelta | None) -> str:
    """Say how often runs come.

    >>> every_words(timedelta(days=1)), every_words(timedelta(hours=6)), every_words(timedelta(days=7))
    ('due every day', 'due every 6 hours', 'due every 7 days')
    >>> every_words(None)
    ''
    """
    if apart is None:
        return ""
    days, hours = round(apart / timedelta(days=1)), round(apart / timedelta(hours=1))
    count, unit = (
        (days, "day")
        if hours >= 24
        else (hours, "hour")
        if hours
        else (round(apart.total_seconds() / 60), "minute")
    )
    return f"due every {unit}" if count <= 1 else f"due every {count} {unit}s"
