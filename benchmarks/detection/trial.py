"""A method and what it said of every day and every variant of it."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from airflow_mlmonitor.data import Window
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.verdict import Verdict, ranked
from airflow_mlmonitor.monitor import HISTORY
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import History
from airflow_mlmonitor.store.memory_store import MemoryStore
from benchmarks.detection.failures.failure import TABLE
from benchmarks.detection.measured import Creeping, Measured
from benchmarks.detection.ours import MODEL, MONITOR
from benchmarks.detection.peers import Answer, Peer
from benchmarks.detection.plan import Variant
from benchmarks.detection.reading import Reading

Advance = Callable[[int], object]

SEGMENT_ROWS = "segment_rows"

FIRST = 14
FIRST_FAILED = 5
"""Runs that a young monitor has seen before something fails."""


@dataclass
class Trial:
    """A method and what it said.

    Parameters
    ----------
    name
        Of the method.
    clean
        Position of each tested day to what was said of it as it was.
    variants, creeps
        The same of what failed.
    seconds
        CPU of one judgement, on average.
    """

    name: str
    clean: dict[int, Answer] = field(default_factory=dict)
    variants: dict[Variant, Answer] = field(default_factory=dict)
    creeps: dict[Creeping, list[Answer]] = field(default_factory=dict)
    seconds: float = 0.0


def of_peer(kind: type[Peer], measured: Measured, advance: Advance = lambda _: None) -> Trial:
    """Let a peer see the days in order, and at each tested one also what failed on it."""
    trial, clock, count = Trial(kind.name), time.process_time(), 0
    peer = kind()
    peer.train([reading.summary for reading in measured.clean[: measured.reference]])
    for reading in measured.clean[measured.start : measured.test]:
        peer.learn(reading.summary)
    for position in range(measured.test, len(measured.clean)):
        trial.clean[position] = peer.judge(measured.clean[position].summary)
        for variant in (known for known in measured.variants if known[0] == position):
            trial.variants[variant] = peer.judge(measured.variants[variant].summary)
            count += 1
        for creep in (known for known in measured.creeps if known[1] == position):
            trial.creeps[creep] = _followed(copy.deepcopy(peer), measured.creeps[creep])
            count += len(measured.creeps[creep])
        peer.learn(measured.clean[position].summary)
        advance(1)
    trial.seconds = (time.process_time() - clock) / max(count + len(trial.clean), 1)
    return trial


def _followed(peer: Peer, creep: list[Reading]) -> list[Answer]:
    answers = []
    for reading in creep:
        answers.append(peer.judge(reading.summary))
        peer.learn(reading.summary)
    return answers


def of_judge(
    judge: Judge,
    measured: Measured,
    *,
    name: str = "ours",
    clean_only: bool = False,
    advance: Advance = lambda _: None,
) -> Trial:
    """Let a judge of ours decide day by day, with a store that remembers as in production.

    Parameters
    ----------
    judge
        Any judge.
    measured
        What it judges.
    name
        Stands in the report.
    clean_only
        Without failures and creeps: false alerts only.
    advance
        Told of every day.
    """
    course = _Course(judge, measured)
    trial, clock = Trial(name), time.process_time()
    for position in range(measured.start, len(measured.clean)):
        history = course.history(position)
        report = course.save(measured.clean[position], position, history)
        if position < measured.test:
            continue
        trial.clean[position] = answer(report)
        advance(1)
        for variant in (known for known in measured.variants if known[0] == position and not clean_only):
            trial.variants[variant] = answer(course.judged(measured.variants[variant], position, history))
    for creep, readings in () if clean_only else measured.creeps.items():
        trial.creeps[creep] = course.creep(creep[1], readings)
        advance(1)
    judged = len(measured.clean) - measured.start + len(trial.variants) + sum(map(len, trial.creeps.values()))
    trial.seconds = (time.process_time() - clock) / max(judged, 1)
    return trial


def first_runs(judge: Judge, measured: Measured) -> dict[str, float | None]:
    """What a monitor without any past says in its first 14 runs, begun anew before each day with failures.

    The failures at full share come as its run 6 to 14, one age a day.
    """
    alerts, hits = [], []
    for number, position in enumerate(measured.plan.positions):
        begin = max(position - FIRST_FAILED - number % (FIRST - FIRST_FAILED), 0)
        course = _Course(judge, measured)
        for day in range(begin, min(begin + FIRST, len(measured.clean))):
            history = course.history(day)
            if day == position:
                failed = [key for key in measured.variants if key[0] == position and key[2] == 1.0]
                reports = [course.judged(measured.variants[key], position, history) for key in failed]
                hits += [report.status.is_finding for report in reports]
            alerts.append(course.save(measured.clean[day], day, history).status.is_finding)
    return {
        "false_alerts_in_first_14_runs": FIRST * sum(alerts) / len(alerts) if alerts else None,
        "recall_at_full_share_from_run_6": sum(hits) / len(hits) if hits else None,
    }


@dataclass
class _Course:
    """One monitor's life: its judge, its store and what was measured."""

    judge: Judge
    measured: Measured
    store: MemoryStore = field(default_factory=MemoryStore)
    kept: list[Report] = field(default_factory=list)

    def history(self, position: int) -> History:
        """The runs before a day."""
        return self.store.history(
            MONITOR,
            asof=self.measured.windows[position].start,
            last=HISTORY,
            points=self.judge.wants_points,
            traces=self.judge.traces,
        )

    def judged(self, reading: Reading, position: int, history: History) -> Report:
        """What the judge says of a day."""
        window = self.measured.windows[position]
        judgement = self.judge.judge(reading.metrics, history, window)
        return Report(
            monitor=MONITOR,
            model=MODEL,
            window=window,
            verdicts=tuple(judgement.verdicts),
            rows=reading.rows,
            score=judgement.score,
            threshold=judgement.threshold,
            traces=judgement.traces,
            started=_moment(window),
        )

    def save(self, reading: Reading, position: int, history: History) -> Report:
        """Judge a day and remember it."""
        report = self.judged(reading, position, history)
        self.keep(report)
        return report

    def keep(self, report: Report) -> None:
        """Remember a run; of one whose judge goes by traces alone only the findings, the rest being large."""
        kept = report if self.judge.wants_points else replace(report, verdicts=tuple(report.findings))
        self.kept.append(kept)
        self.store.save(kept)

    def creep(self, start: int, readings: list[Reading]) -> list[Answer]:
        """Let a creep happen in another life, which is the same up to its beginning."""
        course = _Course(self.judge, self.measured)
        for report in self.kept[: start - self.measured.start]:
            course.keep(report)
        return [
            answer(course.save(reading, position, course.history(position)))
            for position, reading in enumerate(readings, start)
        ]


def answer(report: Report) -> Answer:
    """A report as one answer: whether it alerts, how unusual the run is, and whom it blames.

    The first finding blames first. Where it is about a rule of several columns and the judge does not say which of them
    is the likeliest to be wrong, the one that is in most findings does.
    """
    findings = ranked(report.verdicts)
    often = Counter(column for verdict in findings for column in accused(verdict))
    blamed: dict[str, None] = {}
    for verdict in findings:
        columns = accused(verdict)
        known = columns if verdict.suspects else sorted(columns, key=lambda column: -often[column])
        blamed.update(dict.fromkeys(known))
    score = report.score
    if score is None:
        score = max((verdict.severity for verdict in report.verdicts), default=0.0)
    return Answer(report.status.is_finding, float(score), tuple(blamed))


def accused(verdict: Verdict) -> list[str]:
    """What a verdict is about, as its words have it.

    Rules are about several columns. A segment's number of rows is a matter of the table, in that column.
    """
    metric = verdict.metric
    columns = metric.column.split("+") if metric.column else [TABLE]
    if metric.family == SEGMENT_ROWS:
        return [TABLE, *columns]
    return list(verdict.suspects) or columns


def _moment(window: Window) -> datetime:
    return window.end.astimezone(UTC)
