"""How far a young monitor has come: how many runs it takes, and what alerts until then."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.documents import LearningDocument, WouldHaveDocument
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.pages.titles import Place, plainly, title
from airflow_mlmonitor.pages.vocabulary import metric_words
from airflow_mlmonitor.report.words import amount
from airflow_mlmonitor.store.history import Run

NEEDED = 14
"""Runs after which a monitor knows what is usual well enough: two weeks of daily ones."""

FEWEST = 3
"""Runs before which nothing but hard things and what is far from the baseline alerts."""

SHOWN = 5

HARD = (
    "A run without rows, a column that is gone, new, of another type or without any value, "
    "and limits that somebody wrote alert from the first run on."
)
FAR = "What is far from its baseline warns."


def learning(
    run: Run, known: int, earlier: Sequence[Run], verdicts: Sequence[Verdict]
) -> LearningDocument | None:
    """Say how far a monitor has come; None for one that is no longer young, and for one that learns nothing.

    Parameters
    ----------
    run
        The run.
    known
        Earlier runs that it was judged by, and days of training that stood in for them.
    earlier
        Runs before it, the latest one last.
    verdicts
        All of the run.
    """
    doubtful = [verdict for verdict in verdicts if verdict.status is Status.LEARNING]
    if known >= NEEDED or not doubtful:
        return None
    told = sorted((verdict for verdict in doubtful if verdict.severity > 0), key=lambda one: -one.severity)
    return {
        "runs": known,
        "needed": NEEDED,
        "until": _until(run, known, earlier),
        "still_alerts": f"{HARD} {FAR}" if known < FEWEST else HARD,
        "would_have": [_would_have(run, verdict) for verdict in told[:SHOWN]],
    }


def _until(run: Run, known: int, earlier: Sequence[Run]) -> str | None:
    """The window of the run that will be the first to know enough, if runs go on coming as they do."""
    before = [one for one in earlier if one.window < run.window]
    step = run.window.start - before[-1].window.start if before else run.window.span
    try:
        return iso(run.window.start + (NEEDED - known) * step)
    except OverflowError:
        return None


def _would_have(run: Run, verdict: Verdict) -> WouldHaveDocument:
    metric = verdict.metric
    column = metric.column or ""
    counted = f"{metric_words(metric.name, column, metric.slice)} {amount(metric.value, metric.scale)}"
    said = title(verdict, [column] if column else [], Place())
    return {
        "series": {"monitor": run.monitor, "metric": metric.name, "column": column, "slice": metric.slice},
        "words": plainly(f"{said}: {counted}"),
        "window_start": iso(run.window.start),
    }
