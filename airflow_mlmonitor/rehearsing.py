"""The days of the training data as the past of a monitor that has none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.baseline import Reference
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.measuring import attempted
from airflow_mlmonitor.store.history import History, Point, Run, State
from airflow_mlmonitor.store.shelf import StoreShelf

REHEARSALS = 60
"""Days of the training data that stand in for runs, the latest ones."""

ROOTS = 28
"""Own runs from which on a judge that leaves no traces no longer needs them."""

END = datetime.max.replace(tzinfo=UTC)

Answers = Sequence[tuple[Check, Reference | None]]


def with_training(
    history: History, judge: Judge, answers: Answers, shelf: StoreShelf, *, most: int
) -> History:
    """Put the days of the pinned training data before a history that is still short.

    Each day is compared with what the run under test is compared with. A check that cannot be measured on a day has no
    value there. What the days showed for the first time the baseline itself remembers. What a judge's traces of them
    would be is worked out once, and kept in the store beside the profiles.

    Parameters
    ----------
    history
        The monitor's own runs.
    judge
        Who is to learn from it.
    answers
        The checks of the run under test, and what each was compared with.
    shelf
        Where the days are.
    most
        Runs that a judge looks at.

    Raises
    ------
    StoreError
        The days could not be read.
    """
    if len(history) >= (most if judge.traces else ROOTS):
        return history
    asof = min([shelf.window.start, *(run.window.start for run in history.runs[:1])])
    past = _traced(judge, answers, shelf, asof) if judge.traces else _measured(answers, shelf, asof)
    return past + history


def _measured(answers: Answers, shelf: StoreShelf, asof: datetime) -> History:
    """The days with a point for each metric."""
    days = shelf.training_days(ROOTS, asof=asof)
    runs = tuple(_imagined(shelf, window, day.rows) for window, day in days)
    points: dict[tuple[str, str, str], dict[int, Point]] = {}
    for position, (_, day) in enumerate(days):
        for metric in _metrics(answers, day):
            point = Point(run=runs[position], value=metric.value, status=Status.OK, expected=metric.expected)
            points.setdefault(metric.key, {})[position] = point
    return History(runs, points)


def _traced(judge: Judge, answers: Answers, shelf: StoreShelf, asof: datetime) -> History:
    """The days with what the judge would have left of each."""
    label = _label(shelf, judge, answers)
    if label is None:
        return History()
    kept = shelf.store.profiles(label, asof=END, last=REHEARSALS)
    if not kept:
        days = shelf.training_days(REHEARSALS, asof=END)
        traces = judge.rehearse([(window, _metrics(answers, day)) for window, day in days])
        kept = [(window, trace) for (window, _), trace in zip(days, traces, strict=True)]
        for window, trace in kept:
            shelf.store.keep(label, window, trace)
    before = [(window, trace) for window, trace in kept if window.end <= asof]
    runs = tuple(_imagined(shelf, window, 0) for window, _ in before)
    return History(runs, {}, {judge.traces[0]: {place: trace for place, (_, trace) in enumerate(before)}})


def _label(shelf: StoreShelf, judge: Judge, answers: Answers) -> str | None:
    """Under what a judge's traces of the training days are kept: others for another pin, or for other checks."""
    pin = shelf.store.pinned(shelf.model)
    if pin is None:
        return None
    asked = [
        (check.name, check.prefix, reference.label if reference and not reference.runs else "")
        for check, reference in answers
    ]
    digest = hashlib.sha256(f"{judge!r}{pin.pinned_at}{asked}".encode()).hexdigest()[:16]
    return f"{shelf.monitor}: {pin.days_label} as its past, {digest}"


def _metrics(answers: Answers, day: Profile) -> list[Metric]:
    return [metric for check, reference in answers for metric in attempted(check, day, reference)]


def _imagined(shelf: StoreShelf, window: Window, rows: int) -> Run:
    return Run(
        monitor=shelf.monitor,
        model=shelf.model,
        window=window,
        status=Status.OK,
        state=State.CLEAN,
        rows=rows,
        started=window.end,
    )
