"""What a person accepted alone is learned, and what else the same runs found still alerts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.judging import Status
from airflow_mlmonitor.store.history import History, State
from tests.judging.past import run
from tests.judging.test_learned import DAYS, Day, findings, judged, remembered, usual

MOVED, BROKEN = "c0", "c1"
SINCE = run(DAYS).window.start
ACCEPTED = {(MOVED, "values"): SINCE}


def both(seed: int, *, level: float = 60.0) -> Day:
    """One column at a new level, and half of another one missing."""

    def value(metric: Metric) -> float | None:
        if metric.column == MOVED and metric.name == "mean":
            return (metric.value or 0) + level
        return 0.5 if (metric.column, metric.name) == (BROKEN, "null_share") else metric.value

    return [replace(metric, value=value(metric)) for metric in usual(seed)]


def broken(seed: int) -> Day:
    return both(seed, level=0.0)


@pytest.fixture(scope="module")
def year() -> History:
    return remembered([usual(seed) for seed in range(DAYS)])


@pytest.fixture(scope="module")
def alerted(year: History) -> History:
    """Three days that alerted for both columns."""
    history = year
    for number in range(DAYS, DAYS + 3):
        judgement = judged(both(number), history, number)
        assert {verdict.metric.column for verdict in findings(judgement)} == {MOVED, BROKEN}
        traces = {**history.traces["learned"], number: judgement.traces["learned"]}
        over = replace(run(number, State.ALERT), score=judgement.score, threshold=judgement.threshold)
        history = History((*history.runs, over), traces={"learned": traces})
    return history


def accepted(history: History) -> History:
    windows = [run(number).window for number in range(DAYS, DAYS + 3)]
    return replace(history, accepted=ACCEPTED, accepted_in_part={(MOVED, "values"): windows})


def columns(day: Day, history: History, at: int = DAYS + 3) -> set[str | None]:
    return {verdict.metric.column for verdict in findings(judged(day, history, at))}


def test_the_others_still_alert_and_what_was_accepted_does_not(alerted: History) -> None:
    assert columns(both(1000), alerted) == {MOVED, BROKEN}
    judgement = judged(both(1000), accepted(alerted), DAYS + 3)
    (verdict,) = findings(judgement)
    assert (verdict.metric.key, verdict.status) == (("null_share", BROKEN, ""), Status.FAIL)
    moved = next(one for one in judgement.verdicts if one.metric.key == ("mean", MOVED, ""))
    assert moved.lower is not None
    assert moved.upper is not None
    assert moved.lower < 160 < moved.upper
    assert moved.lower > 100


def test_once_the_others_are_mended_all_is_quiet_at_the_new_level(alerted: History) -> None:
    mended = [
        replace(metric, value=0.02) if (metric.column, metric.name) == (BROKEN, "null_share") else metric
        for metric in both(1000)
    ]
    assert columns(mended, accepted(alerted)) == set()
    assert columns(mended, alerted) == {MOVED}


def test_the_old_level_is_a_finding_now(alerted: History) -> None:
    assert columns(usual(1000), accepted(alerted)) == {MOVED}
    assert columns(broken(1000), accepted(alerted)) == {MOVED, BROKEN}


def test_it_holds_for_the_runs_that_were_accepted_and_not_for_what_the_column_does_later(
    alerted: History,
) -> None:
    """Another change of the same group alerts, and goes on alerting: nobody accepted that one."""
    history = accepted(alerted)
    for number in range(DAYS + 3, DAYS + 7):
        judgement = judged(both(number, level=200.0), history, number)
        assert MOVED in {verdict.metric.column for verdict in findings(judgement)}
        traces = {**history.traces["learned"], number: judgement.traces["learned"]}
        over = replace(run(number, State.ALERT), score=judgement.score, threshold=judgement.threshold)
        history = replace(history, runs=(*history.runs, over), traces={"learned": traces})


def test_a_share_that_was_accepted_does_not_leap_again(alerted: History) -> None:
    windows = [run(number).window for number in range(DAYS, DAYS + 3)]
    group = BROKEN, "missing"
    history = replace(alerted, accepted={group: SINCE}, accepted_in_part={group: windows})
    assert columns(both(1000), history) == {MOVED}


def test_what_creeps_is_held_against_the_new_level(alerted: History) -> None:
    """Days at the accepted level are no slow change."""
    history = accepted(alerted)
    quiet = []
    for number in range(DAYS + 3, DAYS + 24):
        judgement = judged(both(number), history, number)
        quiet.append(MOVED not in {verdict.metric.column for verdict in findings(judgement)})
        traces = {**history.traces["learned"], number: judgement.traces["learned"]}
        over = replace(run(number, State.ALERT), score=judgement.score, threshold=judgement.threshold)
        history = replace(history, runs=(*history.runs, over), traces={"learned": traces})
    assert np.mean(quiet) >= 0.9


def test_nothing_accepted_alone_changes_nothing(year: History) -> None:
    same = replace(year, accepted_in_part={})
    assert judged(both(1000), same) == judged(both(1000), year)


def test_histories_add_up(alerted: History) -> None:
    history = accepted(alerted)
    group = MOVED, "values"
    early = History(history.runs[:-1], accepted_in_part={group: history.accepted_in_part[group]})
    late = History(history.runs[-1:], accepted_in_part={group: [run(DAYS + 9).window]})
    assert {window.start for window in (early + late).accepted_in_part[group]} == {
        run(number).window.start for number in (DAYS, DAYS + 1, DAYS + 2, DAYS + 9)
    }
