"""The operational metrics of one run, each judged by itself: latency, memory, duration, throughput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.calendar_classes import calendar_class
from airflow_mlmonitor.judging.learned.level import Labels
from airflow_mlmonitor.judging.learned.operational import Operational
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.threshold import Budget, days_between
from airflow_mlmonitor.judging.learned.trace import key_hash, pack, unpack
from airflow_mlmonitor.judging.phrases import phrase
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.words import amount, expectation, number, plural

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.learned.learned import Learned
    from airflow_mlmonitor.store.history import History, Run

FAMILY = TRACE = "operations"
"""Of which metrics, and under which name their trace stands beside a run."""

YEAR = 365
"""Earlier runs that are looked at."""

WAYS = {"up": 1, "down": -1, "both": 0}

STREAK = 3
"""Runs over the line in a row from which on it is a failure."""

UNKNOWN = "too few earlier runs to say what is normal"


@dataclass(frozen=True)
class Operations:
    """The operational metrics of one run, judged.

    Parameters
    ----------
    verdicts
        One a metric, in their order.
    traces
        What later runs want to find of this one; empty without such metrics.
    """

    verdicts: Sequence[Verdict] = ()
    traces: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, judge: Learned, metrics: Sequence[Metric], history: History, window: Window) -> Self:
        """Judge each metric of the family ``operations`` from its own series.

        Together they share the false alerts asked for, or half of them where there are other metrics as well.

        Parameters
        ----------
        judge
            What was asked for.
        metrics
            Of the run under test; those of other families are not looked at.
        history
            Earlier runs; those marked bad are left out, those that alerted are not: what changed must be seen to last.
        window
            Of the run under test.
        """
        others = len(metrics)
        metrics = [metric for metric in metrics if metric.family == FAMILY]
        if not metrics:
            return cls()
        budget = judge.false_alerts_per_month / (1 if others == len(metrics) else 2)
        runs = [(place, run) for place, run in enumerate(history.runs) if run.state != "bad"][-YEAR:]
        left = [_left(history, place) for place, _ in runs]
        windows = (*(run.window for _, run in runs), window)
        share = Budget.of(budget / len(metrics), days_between(windows[:-1], window)).share
        season = _Season(
            classes=np.array([calendar_class(one, judge.seasonality) for one in windows]),
            hourly=window.span <= timedelta(hours=12),
            share=share,
        )
        series = [_Series.of(metric, history, [run for _, run in runs], left) for metric in metrics]
        judged = [one.judged(season) for one in series]
        scores = np.array([np.nan if one is None else one.score for one in judged])
        parts = {
            "opkeys": np.array([key_hash(*metric.key) for metric in metrics], np.uint64),
            "ops": np.stack(
                [[np.nan if metric.value is None else metric.value for metric in metrics], scores]
            ),
        }
        return cls(
            [one.verdict(found) for one, found in zip(series, judged, strict=True)], {TRACE: pack(parts)}
        )


@dataclass(frozen=True, kw_only=True)
class _Season:
    classes: Labels
    hourly: bool
    share: float


@dataclass(frozen=True, kw_only=True)
class _Series:
    """One metric with its earlier values and scores, and from where on a person accepted it."""

    metric: Metric
    values: Array
    scores: Array
    accepted: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        metric: Metric,
        history: History,
        runs: Sequence[Run],
        left: Sequence[Mapping[int, tuple[float, float]]],
    ) -> Self:
        known = [one.get(key_hash(*metric.key), (np.nan, np.nan)) for one in left]
        now = np.nan if metric.value is None else metric.value
        return cls(
            metric=metric,
            values=np.array([value for value, _ in known] + [now]),
            scores=np.array([score for _, score in known]),
            accepted=np.array([*_accepted(history.accepted.get((metric.column or "", FAMILY)), runs), False]),
        )

    def judged(self, season: _Season) -> Operational | None:
        return Operational.of(
            self.values,
            season.classes,
            WAYS[self.metric.worse],
            season.share,
            earlier=self.scores,
            accepted=self.accepted,
            hourly=season.hourly,
        )

    def verdict(self, found: Operational | None) -> Verdict:
        metric = self.metric
        if metric.value is None:
            return Verdict(metric=metric, status=Status.OK)
        if found is None:
            return Verdict(metric=metric, status=Status.LEARNING, why=UNKNOWN)
        lower, upper = _plain(found.lower), _plain(found.upper)
        quiet = found.severity <= 1
        return Verdict(
            metric=metric,
            status=Status.OK if quiet else self._grave(found),
            lower=lower,
            upper=upper,
            expected=found.usual,
            severity=found.severity,
            why="" if quiet else self._said(found, lower, upper),
        )

    def _grave(self, found: Operational) -> Status:
        """A failure where it would be one at a tenth of the budget, or where it lasts."""
        before = self.scores[1 - STREAK :]
        lasting = len(before) == STREAK - 1 and bool((before > found.line).all())
        return Status.FAIL if lasting or found.is_grave else Status.WARN

    def _said(self, found: Operational, lower: float | None, upper: float | None) -> str:
        metric = self.metric
        known = plural(found.runs, "earlier run")
        if found.began == 1:
            usual = expectation(lower, upper, found.usual, metric.scale)
            return (
                f"{phrase(metric)}; expected {usual}, usually {amount(found.usual, metric.scale)} ({known})"
            )
        moved = f"{_times(found.times)} what is usual" if found.times > 0 else "away from what is usual"
        here = amount(found.usual, metric.scale)
        return f"{phrase(metric)}, usually {here}; for about {found.began} runs {moved} ({known})"


def _times(ratio: float) -> str:
    if ratio >= 2:
        return f"{number(ratio)} times"
    return f"{abs(ratio - 1):.0%} {'above' if ratio >= 1 else 'below'}"


def _left(history: History, place: int) -> dict[int, tuple[float, float]]:
    """Hash of each metric to its value and score in one run; without a trace, the values that the store has."""
    trace = history.traces.get(TRACE, {}).get(place)
    parts = unpack(trace) if trace is not None else {}
    if parts:
        return {
            int(key): (float(value), float(score))
            for key, value, score in zip(parts["opkeys"], *parts["ops"], strict=True)
        }
    found = {key: points[place].value for key, points in history.points.items() if place in points}
    return {key_hash(*key): (value, np.nan) for key, value in found.items() if value is not None}


def _accepted(since: datetime | None, runs: Sequence[Run]) -> list[bool]:
    """Which runs are accepted: from the last acceptance of the metric on, and where a run was as a whole."""
    return [run.state == "accepted" or (since is not None and run.window.start >= since) for run in runs]


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
