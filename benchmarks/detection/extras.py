"""What is reported apart from the 26 failures: other columns, other partitions, and single operational series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.data import Window
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.learned.learned import Learned
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.memory_store import MemoryStore
from benchmarks.detection.partition import Days, partitioned
from benchmarks.detection.plan import SEED, Plan, full
from benchmarks.detection.subject import Subject

EMBEDDING = 8
OTHERS = 6
"""Columns of the subject that stay beside the added ones."""

SERIES = 10
"""Of each operational shape."""

RUNS = 100
BROKEN = 60
"""Runs after which a series changes."""


def extended(subject: Subject) -> Subject:
    """The subject with a date, an embedding and the training side's value of a feature beside few other columns."""
    wanted = [name for name in (subject.prediction, subject.label) if name]
    kept = [*subject.numeric[:OTHERS], *subject.categorical[:2], *wanted]
    frame = subject.frame[[name for name in subject.frame if name in kept]].copy()
    frame["issued_on"] = subject.dates
    for number, values in enumerate(_embedded(subject).T):
        frame[f"embedding_{number}"] = values
    if subject.numeric:
        frame["feature_in_training"] = frame[subject.numeric[0]]
    return replace(
        subject,
        name=f"{subject.name}, extended",
        frame=frame,
        numeric=subject.numeric[:OTHERS],
        categorical=subject.categorical[:2],
        joined=(),
        key=(),
        hours=(),
        segment=None,
        segment2=None,
    )


def _embedded(subject: Subject) -> NDArray[np.float64]:
    """A fixed random projection of the numbers, squashed: an embedding that knows something of its row."""
    numbers = subject.frame[list(subject.numeric)]
    scaled = ((numbers - numbers.mean()) / numbers.std().replace(0.0, 1.0)).fillna(0.0).to_numpy(float)
    if not scaled.shape[1]:
        scaled = np.random.default_rng(SEED).normal(size=(len(numbers), 1))
    weights = np.random.default_rng(SEED).normal(size=(scaled.shape[1], EMBEDDING))
    vectors: NDArray[np.float64] = np.round(np.tanh(scaled @ weights / np.sqrt(scaled.shape[1])), 5)
    return vectors


def plan_of_extended(days: Days, plan: Plan) -> Plan:
    """The failures of the added columns, on the days of the other plan that can show them."""
    from benchmarks.detection.failures import EXTRAS

    telling = [p for p in days.tested if days.dates[p].day <= 12 and days.dates[p].day != days.dates[p].month]
    rng = np.random.default_rng((SEED, 5))
    chosen = rng.choice(
        telling or list(days.tested), min(len(plan.positions), 8, len(telling) or 8), replace=False
    )
    return replace(plan, positions=tuple(sorted(map(int, chosen))), kinds=tuple(EXTRAS), creeps=(), starts=())


def weekly(subject: Subject, plan: Plan) -> tuple[Days, Plan] | None:
    """The subject by week, and what fails in six of the weeks; None where there are too few."""
    try:
        weeks = partitioned(subject, weekly=True)
    except SystemExit:
        return None
    whole = full(weeks)
    return weeks, replace(plan, positions=whole.positions[::3], shares=plan.shares[:2], creeps=(), starts=())


SHAPES: Mapping[str, Callable[[NDArray[np.int64]], NDArray[np.float64]]] = {
    "nothing": np.zeros_like,
    "latency steps up by half": lambda age: np.where(age > 0, np.log(1.5), 0.0),
    "latency steps up by a fifth": lambda age: np.where(age > 0, np.log(1.2), 0.0),
    "memory leaks 3 % a run": lambda age: np.log(1.03) * np.maximum(age, 0),
    "memory leaks 1 % a run": lambda age: np.log(1.01) * np.maximum(age, 0),
}


def operational(advance: Callable[[int], object]) -> dict[str, Any]:
    """How our judge follows single series: made, with a coefficient of variation of 8 % and weekends a tenth lower."""
    judge, found = Learned(), dict[str, Any]()
    for number, (name, shape) in enumerate(SHAPES.items()):
        rng = np.random.default_rng((SEED, 6, number))
        alerts = [_alerts(judge, _series(rng, shape), "memory" in name) for _ in range(SERIES)]
        advance(1)
        if name == "nothing":
            days = sum(map(len, alerts)) / SERIES
            found["false_alert_days_per_30_runs"] = 30 * days / (RUNS - BROKEN)
            continue
        firsts = [min(days, default=None) for days in alerts]
        found[name] = {
            f"within_{limit}_runs": sum(first is not None and first <= limit for first in firsts) / SERIES
            for limit in (3, 14, 30)
        }
    return found


def _series(
    rng: np.random.Generator, shape: Callable[[NDArray[np.int64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    run = np.arange(RUNS)
    quiet = 0.08 * rng.normal(size=RUNS) - np.where(run % 7 >= 5, 0.1, 0.0)
    series: NDArray[np.float64] = np.exp(np.log(120.0) + quiet + shape(run - BROKEN + 1))
    return series


def _alerts(judge: Judge, series: NDArray[np.float64], memory: bool) -> list[int]:
    """The runs after the change, the first being 1, that alert."""
    store, alerts = MemoryStore(), []
    name = "peak_memory" if memory else "latency_p95"
    first = datetime(2013, 1, 7, tzinfo=UTC)
    for run, value in enumerate(series):
        window = Window(first + timedelta(days=run), first + timedelta(days=run + 1))
        metric = Metric(name=name, value=float(value), n=1, scale="log", family="operations", worse="up")
        history = store.history("job", asof=window.start, points=judge.wants_points, traces=judge.traces)
        judgement = judge.judge([metric], history, window)
        report = Report(
            monitor="job", model="job", window=window, verdicts=tuple(judgement.verdicts),
            score=judgement.score, threshold=judgement.threshold, traces=judgement.traces, started=window.end,
        )  # fmt: skip
        store.save(report)
        if run >= BROKEN and report.status.is_finding:
            alerts.append(run - BROKEN + 1)
    return alerts
