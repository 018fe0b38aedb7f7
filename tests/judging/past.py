"""Histories as a store would give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store.history import History, Point, Run, State

FIRST = datetime(2013, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def run(number: int, state: State = State.CLEAN) -> Run:
    """The run of the n-th day."""
    window = Window(FIRST + number * DAY, FIRST + (number + 1) * DAY)
    return Run(
        monitor="flights/skew",
        model="flights",
        window=window,
        status=Status.OK,
        state=state,
        started=window.end,
    )


def points(values: Sequence[float | None], states: Sequence[State] = ()) -> list[Point]:
    """A series, a value a day."""
    known = [*states, *[State.CLEAN] * (len(values) - len(states))]
    return [
        Point(run=run(number, state), value=value, status=Status.OK)
        for number, (value, state) in enumerate(zip(values, known, strict=True))
    ]


def history(
    metrics: Sequence[Metric], values: Sequence[float | None], states: Sequence[State] = ()
) -> History:
    """The same past for several metrics."""
    series = points(values, states)
    return History(
        tuple(point.run for point in series), {metric.key: dict(enumerate(series)) for metric in metrics}
    )
