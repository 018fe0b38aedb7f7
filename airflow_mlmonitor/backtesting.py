"""What the learned judge would have said of runs that are long over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Self

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.incidents import Sighting, followed
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.learned.learned import LIMITED
from airflow_mlmonitor.judging.learned.threshold import days_between
from airflow_mlmonitor.judging.learned.trace import NAME
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.monitor import HISTORY
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.stats.rates import expected_count
from airflow_mlmonitor.store.history import History, Run, State
from airflow_mlmonitor.store.saving import alert_in, state_of
from airflow_mlmonitor.store.store import MetricsStore

MONTH = 30
"""Days."""

EVER = datetime(9999, 1, 1, tzinfo=UTC)

LEAST = 14
"""Judged runs below which a rate would be no more than a guess: two weeks of daily ones."""

Advance = Callable[[int, int | None], None]
"""Told how many runs were judged so far, and of how many."""

Group = tuple[str, str]


class Measured(NamedTuple):
    """A run that is over, with what its checks measured."""

    run: Run
    metrics: Sequence[Metric]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The runs of a monitor with what they measured, to be judged once more.

    Parameters
    ----------
    runs
        Oldest first, without those that a person marked bad.
    bad
        How many these are.
    accepted
        From when on a person accepted the values of a group as the new normal.
    training
        Days of the training data, measured as if they had been runs: history before the first one.
    """

    runs: Sequence[Measured]
    bad: int = 0
    accepted: Mapping[Group, datetime] = field(default_factory=dict)
    accepted_in_part: Mapping[Group, Collection[Window]] = field(default_factory=dict)
    training: Sequence[Measured] = ()

    @classmethod
    def of(
        cls, store: MetricsStore, monitor: str, *, last: int = HISTORY, training: Sequence[Measured] = ()
    ) -> Self:
        """Read the last runs of a monitor; checks that broke measured nothing.

        Raises
        ------
        StoreError
            They could not be read.
        """
        history = store.history(monitor, asof=EVER, last=last, points=False)
        kept = [run for run in history.runs if run.state is not State.BAD]
        runs = []
        for run in kept:
            verdicts = store.verdicts(monitor, run.window)
            metrics = [verdict.metric for verdict in verdicts if verdict.status is not Status.BROKEN]
            runs.append(Measured(run, metrics))
        return cls(
            runs=runs,
            bad=len(history) - len(kept),
            accepted=history.accepted,
            accepted_in_part=history.accepted_in_part,
            training=training,
        )


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What one budget would have brought.

    Parameters
    ----------
    budget
        The false alerts a month that were asked for.
    alerts
        The runs that would have alerted, oldest first.
    judged, learning
        How many runs were judged, and how many only learned from.
    months
        How long the judged ones took, in months of 30 days.
    incidents
        How many problems the alerts would have been told as.
    """

    budget: float
    alerts: tuple[Report, ...]
    judged: int
    learning: int
    months: float
    incidents: int

    @property
    def alerts_a_month(self) -> float:
        """Alerts a month to expect, if the months to come are like these and nothing was wrong in them."""
        return len(self.alerts) / self.months

    @property
    def incidents_a_month(self) -> float:
        """Incidents a month to expect."""
        return self.incidents / self.months

    @property
    def interval(self) -> tuple[float, float]:
        """Between which the true rate of alerts is, 95 times in 100: the Poisson interval of what was counted."""
        low, high = expected_count(len(self.alerts))
        return low / self.months, high / self.months

    @property
    def columns(self) -> dict[str, int]:
        """In how many alerting runs each column has a finding, most first; "" is the table."""
        counts: dict[str, int] = {}
        for report in self.alerts:
            for column in columns_of(report):
                counts[column] = counts.get(column, 0) + 1
        return dict(sorted(counts.items(), key=lambda counted: -counted[1]))


def columns_of(report: Report) -> list[str]:
    """Name the columns with findings, the likeliest root cause first; "" is the table."""
    return list(dict.fromkeys(verdict.metric.column or "" for verdict in report.findings))


def backtest(recording: Recording, judge: Learned, advance: Advance | None = None) -> Backtest:
    """Judge each run by what came before it, as if the judge had been there from the first one on.

    Parameters
    ----------
    recording
        The runs. Whether one alerts decides what later ones learn from it, as in a monitor that runs.
    judge
        With the budget to try.
    advance
        Told how far it has come.

    Raises
    ------
    ConfigurationError
        There are too few runs to say anything. The message says how many are needed.
    """
    replay = _Replay(judge, recording)
    for number, measured in enumerate(recording.runs, 1):
        replay.judge(measured)
        if advance:
            advance(number, len(recording.runs))
    judged = len(replay.reports) - replay.learning
    if judged < LEAST:
        needed = len(replay.reports) + LEAST - judged
        raise ConfigurationError(
            f"Too few runs to tell how often there would be alerts: {needed} are needed, of which the first ones are "
            f"only learned from, and there are {len(replay.reports)}."
        )
    windows = tuple(report.window for report in replay.reports)
    return Backtest(
        budget=judge.false_alerts_per_month,
        alerts=tuple(report for report in replay.reports if report.findings),
        judged=judged,
        learning=replay.learning,
        months=judged * days_between(windows[:-1], windows[-1]) / MONTH,
        incidents=replay.incidents,
    )


class _Replay:
    """Runs judged one after the other, each leaving its trace."""

    def __init__(self, judge: Learned, recording: Recording) -> None:
        self._judge, self._recording = judge, recording
        self._known: list[tuple[Run, Mapping[str, bytes]]] = []
        days = recording.training
        left = judge.rehearse((run.window, metrics) for run, metrics in days)
        self._roots = History(tuple(run for run, _ in days), traces={NAME: dict(enumerate(left))})
        self.reports: list[Report] = []
        self.learning = 0

    @property
    def incidents(self) -> int:
        """How many problems the runs had."""
        sightings = [Sighting(report.window, alert_in(report)) for report in self.reports]
        return len(followed((), sightings, EVER))

    def judge(self, measured: Measured) -> None:
        """Judge the next run."""
        run, metrics = measured
        judgement = self._judge.judge(metrics, self._history(run.window), run.window)
        report = Report(
            monitor=run.monitor,
            model=run.model,
            window=run.window,
            verdicts=tuple(judgement.verdicts),
            rows=run.rows,
            score=judgement.score,
            threshold=judgement.threshold,
            started=run.started,
        )
        self.learning += _only_learned(judgement)
        # A judge of another kind gave the state that is stored; only what a person said of a run holds for this one.
        state = state_of(report, run.state)
        self._known.append((_judged(run, report, state), judgement.traces))
        self.reports.append(report if report.findings else _quiet(report))

    def _history(self, window: Window) -> History:
        known = [(run, left) for run, left in self._known if run.window.end <= window.start][-HISTORY:]
        traces: dict[str, dict[int, bytes]] = {}
        for place, (_, left) in enumerate(known):
            for name, trace in left.items():
                traces.setdefault(name, {})[place] = trace
        accepted = {group: since for group, since in self._recording.accepted.items() if since < window.start}
        history = History(
            tuple(run for run, _ in known),
            traces=traces,
            accepted=accepted,
            accepted_in_part=self._recording.accepted_in_part,
        )
        return self._roots + history if len(known) < HISTORY else history


def _only_learned(judgement: Judgement) -> bool:
    statuses = {verdict.status for verdict in judgement.verdicts if verdict.metric.family not in LIMITED}
    return judgement.score is None and statuses <= {Status.LEARNING}


def _judged(run: Run, report: Report, state: State) -> Run:
    return Run(
        monitor=run.monitor,
        model=run.model,
        window=run.window,
        status=report.status,
        state=state,
        rows=run.rows,
        started=run.started,
        score=report.score,
        threshold=report.threshold,
    )


def _quiet(report: Report) -> Report:
    """A report without its verdicts: a year of them would fill the memory."""
    return Report(
        monitor=report.monitor,
        model=report.model,
        window=report.window,
        verdicts=(),
        started=report.started,
    )
