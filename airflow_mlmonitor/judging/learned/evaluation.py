"""One run judged: its scores against its line, and what that says of each metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.hard import hard
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.learned.calendar_classes import season
from airflow_mlmonitor.judging.learned.cold import FEWEST, ColdScore
from airflow_mlmonitor.judging.learned.deviation import Deviation, without
from airflow_mlmonitor.judging.learned.findings import Finding, verdicts
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.run_score import RunScore
from airflow_mlmonitor.judging.learned.sample import Sample
from airflow_mlmonitor.judging.learned.slow import Slow
from airflow_mlmonitor.judging.learned.threshold import Budget, days_between
from airflow_mlmonitor.judging.learned.trace import BLAMED, NAME, Packed, pack
from airflow_mlmonitor.judging.significance import Significance, finding
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import History

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.learned.learned import Learned

YEAR = 365
"""Earlier runs that are looked at."""

SCORED = 30
"""Earlier runs from which on a run is scored by its own past, though at first only for later runs to know."""

CALIBRATED = 14
"""Earlier scores from which on they draw the line."""

YOUNG, GROWN = 60, 45
"""The first runs of a monitor, whose scores stood on little, draw the line only until there are so many later ones."""

UNUSUAL = 3.0
"""Score of a single metric, in powers of ten, from which on it is outside its own range."""

LEAP = 0.2
"""Share of the rows that must be missing of a column beyond all that ever was, or of the fewest rows that ever came, to
be told without any calculation."""

WEEK = 7
"""Runs that a young monitor must have seen before anything is told without any calculation."""

OUTSIDE, MOST = frozenset({"beyond", "beyond_share", "null_share", "unseen_share"}), 0.5
"""Metrics of rows whose value the baseline did not have, and the share of them that no ordinary day explains."""

STREAK = 3
"""Runs over the line in a row from which on it is a failure."""

FIRST = "this is one of the first runs; too few to say what is normal"


def evaluate(judge: Learned, sample: Sample, past: Past, window: Window) -> Judgement:
    """Judge a run, but for hard things."""
    past = past.last(YEAR)
    deviation, score, line = _scored(judge, sample, past, window)
    slow = _slow(judge, deviation, past, window)
    if score is not None and line is not None:
        found = _findings(judge, sample, past, window, score, line)
        found = _joined(sample, _leaps(sample, past, CALIBRATED), found)
        ranges = deviation.ranges(score.tail.reach(UNUSUAL))
        judged = slow.verdicts(verdicts(sample, past, ranges, found))
        judgement = Judgement(verdicts=judged, score=score.score, threshold=line)
    else:
        judgement, found = _cold(judge, sample, past, window)
    parts = _parts(deviation, score, line) | slow.parts() | _blamed(sample, found)
    return replace(judgement, traces={NAME: pack(parts)} if len(sample) else {})


def traced(judge: Learned, sample: Sample, past: Past, window: Window) -> dict[str, Packed]:
    """What a run leaves for later ones."""
    past = past.last(YEAR)
    deviation, score, line = _scored(judge, sample, past, window)
    return _parts(deviation, score, line) | _slow(judge, deviation, past, window).parts()


def _scored(
    judge: Learned, sample: Sample, past: Past, window: Window
) -> tuple[Deviation, RunScore | None, float | None]:
    deviation = Deviation.of(sample, past, window, seasonality=judge.seasonality, min_effect=judge.min_effect)
    if len(past) < SCORED or not len(sample):
        return deviation, None, None
    return deviation, RunScore.of(deviation, past), _line(past, _budget(judge, past, window))


def _slow(judge: Learned, deviation: Deviation, past: Past, window: Window) -> Slow:
    share = _budget(judge, past, window).share
    return Slow.of(
        deviation, past, window, share=share, min_effect=judge.min_effect, seasonality=judge.seasonality
    )


def _budget(judge: Learned, past: Past, window: Window) -> Budget:
    return Budget.of(judge.false_alerts_per_month, days_between(past.windows, window))


def _line(past: Past, budget: Budget) -> float | None:
    scores = past.scores
    if np.count_nonzero(~np.isnan(scores[YOUNG:])) >= GROWN:
        scores = np.where(np.arange(len(scores)) < YOUNG, np.nan, scores)
    if np.count_nonzero(~np.isnan(scores)) < CALIBRATED:
        return None
    return budget.line(scores, np.where(past.unsettled, past.lines, np.nan))


def _parts(deviation: Deviation, score: RunScore | None, line: float | None) -> dict[str, Packed]:
    run = [np.nan if score is None else score.score, np.nan if line is None else line]
    return {"run": np.array(run), **deviation.parts(), **(score.parts(deviation.sample) if score else {})}


def _blamed(sample: Sample, findings: Mapping[int, Finding]) -> dict[str, Packed]:
    """The groups that a run alerts for, which later runs must not learn from unless somebody accepts it."""
    places = [place for place, finding in findings.items() if finding.status.is_finding]
    return {BLAMED: sample.group_keys[sample.groups[places]]} if places else {}


def _findings(
    judge: Learned, sample: Sample, past: Past, window: Window, score: RunScore, line: float
) -> dict[int, Finding]:
    """The top metric of the top group, if the run is over its line, and of every other group that is over it too."""
    if score.score <= line:
        return {}
    grave = _line(past, _budget(judge, past, window).tenth()) or np.inf
    found: dict[int, Finding] = {}
    for group in score.ranking(sample):
        reach = max(float(score.reach[group]), score.score if not found else 0.0)
        if reach <= line:
            continue
        status = Status.FAIL if reach > grave or past.streak >= STREAK - 1 else Status.WARN
        # The first is the root cause, and stays first whatever the others reach.
        severity = min([reach / line, *(np.nextafter(one.severity, 0.0) for one in found.values())])
        suspects = score.suspects(sample, int(group))
        found[_top(sample, score.metrics, int(group))] = Finding(
            status=status, severity=severity, suspects=suspects
        )
    return found


def _leaps(sample: Sample, past: Past, least: int) -> dict[int, Finding]:
    """What is so far beyond all that ever was that nobody wants to be spared it, whatever chance says.

    Columns of which many more values are missing than ever in a run that did not alert for them, and far fewer rows
    than ever, holidays included; once so many runs are known.
    """
    missing = np.array([metric.name == "null_share" for metric in sample.metrics], np.bool_)
    rows = np.array([metric.name == "rows" and not metric.column for metric in sample.metrics], np.bool_)
    places = np.flatnonzero(missing | rows)
    groups, group = np.unique(sample.groups[places], return_inverse=True)
    earlier = past.table("values", "keys", sample.keys)[places]
    keys = sample.group_keys[groups]
    earlier = without(
        earlier, np.where(rows[places, None], past.muted(keys)[group], past.blamed(keys)[group])
    )
    now = sample.values[places]
    far = missing[places] & (now - np.fmax.reduce(earlier, axis=1, initial=0.0) >= LEAP)
    far |= rows[places] & (now <= (1 - LEAP) * np.fmin.reduce(earlier, axis=1, initial=np.inf))
    far &= np.sum(~np.isnan(earlier), axis=1) >= least
    return {int(place): Finding(status=Status.WARN, severity=1.0) for place in places[far]}


def _joined(sample: Sample, leaps: Mapping[int, Finding], found: Mapping[int, Finding]) -> dict[int, Finding]:
    """Both kinds of findings; where far fewer rows came than ever, all else follows from that."""
    joined = {**leaps, **found}
    for place in leaps:
        if sample.metrics[place].name == "rows" and found:
            gravest = max(found.values(), key=lambda one: (one.status.rank, one.severity))
            joined[place] = Finding(status=gravest.status, severity=np.nextafter(gravest.severity, np.inf))
    return joined


def _top(sample: Sample, scores: Array, group: int) -> int:
    members = np.flatnonzero(sample.groups == group)
    return int(members[np.argmax(scores[members])])


def _first(sample: Sample, past: Past) -> list[Verdict]:
    """What is said in the first runs: by the very first, of which columns most rows hold what the baseline did not.

    That a day differs from the baseline by far is no news: on four sets of real data every single one did, those just
    after the baseline among them. It is only said to be so. Hard things are told by themselves.
    """
    compared = Significance().judge(sample.metrics, History()).verdicts
    return [
        finding(verdict.metric, None, Status.WARN, verdict.metric.value or 0.0)
        if not len(past) and _is_outside(verdict.metric) and not hard(verdict.metric)
        else Verdict(metric=verdict.metric, status=Status.LEARNING, why=verdict.why or FIRST)
        for verdict in compared
    ]


def _is_outside(metric: Metric) -> bool:
    if metric.name.rpartition(".")[2] not in OUTSIDE or metric.slice or metric.value is None:
        return False
    return metric.value - (metric.expected or 0.0) >= MOST


def _cold(judge: Learned, sample: Sample, past: Past, window: Window) -> tuple[Judgement, dict[int, Finding]]:
    """Judge a run of a young monitor."""
    if len(past) < FEWEST:
        return Judgement(verdicts=_first(sample, past)), {}
    cold = ColdScore.of(sample, past, window, judge.min_effect)
    line, ratios = cold.line(_budget(judge, past, window)), cold.ratios
    found = _leaps(sample, past, max(season(window, judge.seasonality), WEEK))
    for group in range(len(sample.group_keys)):
        place = _top(sample, ratios, group)
        if ratios[place] > 1:
            status = Status.WARN if ratios[place] > line else Status.LEARNING
            if status.is_finding or place not in found:
                found[place] = Finding(status=status, severity=float(ratios[place] / line))
    judged = verdicts(sample, past, cold.ranges(), found)
    return Judgement(verdicts=judged, score=float(ratios.max(initial=0.0)), threshold=line), found
