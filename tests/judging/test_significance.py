"""The judge without thresholds: real, large enough and new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Metric, Skew, Values
from airflow_mlmonitor.checks.metric import Worse
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.judging import Significance, Status, Verdict
from airflow_mlmonitor.judging.band import ENOUGH
from airflow_mlmonitor.store.history import History, State
from tests.judging.past import history
from tests.rows import profiled

SHIFTED = Metric(
    name="ks",
    value=0.2,
    column="fare",
    n=900,
    p_value=1e-30,
    effect=0.5,
    family="distance",
    scale="distance",
    worse="up",
)
MISSING = Metric(name="null_share", value=0.3, column="fare", n=900, p_value=1e-30, effect=0.9, expected=0.02, family="missing", scale="share", worse="up")  # fmt: skip
OWN = Metric(name="spend_per_visit", value=9.0)
QUIET: list[float | None] = [0.01, 0.02, 0.015] * 5


def judged(metric: Metric, values: list[float | None] | None = None, **options: Any) -> Verdict:
    (verdict,) = Significance(**options).judge([metric], history([metric], values or [])).verdicts
    return verdict


# -- large enough ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shift", "status"), [(0.0, Status.OK), (0.02, Status.OK), (0.1, Status.WARN)])
def test_of_a_million_rows_a_fiftieth_sd_is_quiet_and_a_tenth_is_not(shift: float, status: Status) -> None:
    old, new = np.random.default_rng(4).normal(size=(2, 1_000_000))
    before = Profile.decode(profiled({"x": old}).encode())
    metrics = list(Skew().measure(profiled({"x": new + shift}), before))
    verdicts = Significance(one_off=True).judge(metrics, History()).verdicts
    assert [verdict.status for verdict in verdicts if verdict.metric.name == "ks"] == [status]
    assert {verdict.status for verdict in verdicts if verdict.metric.name != "ks"} == {Status.OK}
    past = history(metrics, [0.001, 0.002, 0.0015] * 6)
    assert Significance().judge(metrics, past).verdicts[0].status == status


def test_of_few_rows_a_large_difference_may_be_chance() -> None:
    metrics = list(Skew().measure(profiled({"x": [3.0, 4.0, 5.0]}), profiled({"x": [1.0, 2.0, 3.0]})))
    assert {verdict.status for verdict in Significance().judge(metrics, History()).verdicts} == {Status.OK}


def test_the_smallest_effect_and_the_rate_can_be_set() -> None:
    assert judged(SHIFTED, one_off=True).status == Status.WARN
    assert judged(SHIFTED, one_off=True, min_effect=0.6).status == Status.OK
    assert judged(SHIFTED, one_off=True, alpha=1e-31).status == Status.OK


# -- real --------------------------------------------------------------------------------------------------------------


def false_alarms(runs: list[list[Metric]], alpha: float) -> float:
    judge = Significance(alpha=alpha, min_effect=0.0, one_off=True)
    return sum(
        any(verdict.status.is_finding for verdict in judge.judge(metrics, History()).verdicts)
        for metrics in runs
    ) / len(runs)


def test_across_200_columns_that_did_not_change_false_alarms_stay_within_the_promise() -> None:
    random, runs = np.random.default_rng(2), []
    for _ in range(12):
        before, now = (
            profiled({f"x{column}": random.normal(size=250) for column in range(200)}) for _ in range(2)
        )
        runs.append(list(Skew(distances=("ks",)).measure(now, before)))
    # Of 12 runs at most 1 and 6 may alert by chance, if the promises of 1 in 100 and 1 in 5 are kept (p > .99).
    assert false_alarms(runs, 0.01) <= 1 / 12
    assert false_alarms(runs, 0.2) <= 6 / 12
    uncorrected = [metric.p_value for metrics in runs for metric in metrics]
    assert 0.02 < np.mean([p is not None and p < 0.05 for p in uncorrected]) < 0.07


def test_the_promise_is_about_used_up_by_exact_p_values() -> None:
    random = np.random.default_rng(3)
    runs = [
        [replace(SHIFTED, column=f"x{column}", p_value=p) for column, p in enumerate(random.random(200))]
        for _ in range(200)
    ]
    assert 0.05 < false_alarms(runs, 0.1) < 0.15


def test_what_is_only_recorded_takes_no_part_in_the_correction() -> None:
    recorded = [replace(SHIFTED, column=f"x{number}", effect=None, p_value=0.9) for number in range(500)]
    alone, among = replace(SHIFTED, p_value=0.009), [replace(SHIFTED, p_value=0.009), *recorded]
    assert judged(alone, one_off=True).status == Status.WARN
    assert Significance(one_off=True).judge(among, History()).verdicts[0].status == Status.WARN
    tested = [replace(metric, effect=0.0) for metric in recorded]
    assert Significance(one_off=True).judge([alone, *tested], History()).verdicts[0].status == Status.OK


# -- new ---------------------------------------------------------------------------------------------------------------


def test_a_value_inside_the_range_of_earlier_runs_is_quiet_however_significant() -> None:
    verdict = judged(SHIFTED, [0.19, 0.21, 0.2] * 5)
    assert (verdict.status, verdict.why) == (Status.OK, "")
    assert verdict.lower == pytest.approx(0.18)
    assert verdict.upper == pytest.approx(0.22)


def test_a_value_outside_of_it_warns_and_a_large_difference_fails() -> None:
    assert judged(SHIFTED, QUIET).status == Status.WARN
    verdict = judged(MISSING, QUIET)
    assert verdict.status == Status.FAIL
    assert (
        verdict.why
        == "missing in 30.0% of 900 rows; expected 0.6–2.6% (15 earlier runs; highest 2.0% on 2013-01-02)"
    )
    assert verdict.severity == 0.9


def test_without_enough_history_a_large_difference_only_warns() -> None:
    for values in ([], QUIET[:2], QUIET[: ENOUGH - 1]):
        verdict = judged(MISSING, list(values))
        assert verdict.status == Status.WARN
        assert verdict.why == "missing in 30.0% of 900 rows; the baseline has 2.0%"


def test_without_enough_history_a_smaller_difference_is_learning_and_says_what_it_saw() -> None:
    for values in ([], QUIET[: ENOUGH - 1]):
        verdict = judged(SHIFTED, list(values))
        assert verdict.status == Status.LEARNING
        assert verdict.why.startswith("values moved by about 0.5 sd (KS 0.2)")


def test_a_one_off_comparison_has_no_history_to_wait_for() -> None:
    assert judged(SHIFTED, one_off=True).status == Status.WARN
    assert judged(MISSING, one_off=True).status == Status.WARN


def test_no_difference_is_quiet_although_the_value_is_new() -> None:
    assert judged(replace(MISSING, p_value=0.5), QUIET).status == Status.OK


@pytest.mark.parametrize("state", [State.ALERT, State.BAD])
def test_runs_that_do_not_train_widen_nothing(state: State) -> None:
    past = history([MISSING], [*QUIET, 0.4, 0.5], [*[State.CLEAN] * 15, state, state])
    assert Significance().judge([MISSING], past).verdicts[0].status == Status.FAIL


# -- the bad way -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worse", "value", "status"),
    [
        ("up", 0.3, Status.FAIL),
        ("up", 0.0, Status.OK),
        ("down", 0.3, Status.OK),
        ("down", 0.0, Status.FAIL),
        ("both", 0.0, Status.FAIL),
    ],
)
def test_only_the_bad_direction_counts(worse: Worse, value: float, status: Status) -> None:
    metric = replace(MISSING, value=value, worse=worse, expected=0.1)
    assert judged(metric, [0.09, 0.1, 0.11] * 5).status == status
    assert judged(metric).status == (Status.WARN if status == Status.FAIL else Status.OK)


def test_fewer_nulls_than_ever_are_no_finding() -> None:
    before = profiled({"x": [None] * 500 + [1.0] * 500})
    now = profiled({"x": [1.0] * 1_000})
    metrics = [metric for metric in Values().measure(now, before) if metric.name == "null_share"]
    assert Significance().judge(metrics, History()).verdicts[0].status == Status.OK


# -- numbers without a test --------------------------------------------------------------------------------------------


def test_a_number_of_ones_own_is_held_against_its_past() -> None:
    young = judged(OWN)
    assert (young.status, young.why) == (Status.LEARNING, "too few earlier runs to say what is normal")
    assert judged(OWN, [8.0, 9.0, 10.0]).status == Status.OK
    verdict = judged(OWN, [1.0, 2.0, 3.0] * 5)
    assert verdict.status == Status.WARN
    assert verdict.why == "spend_per_visit is 9; expected 0–4 (15 earlier runs; highest 3 on 2013-01-03)"
    assert verdict.severity == 2.25


def test_numbers_of_rows_are_held_against_their_past_by_factors() -> None:
    rows = Metric(name="rows", value=600.0, scale="count", family="rows")
    usual: list[float | None] = [950.0, 1_000.0, 1_050.0] * 5
    assert judged(rows, usual).status == Status.WARN
    assert judged(replace(rows, value=910.0), usual).status == Status.OK
    assert judged(replace(rows, value=0.0), usual).why == "no rows"


def test_an_undefined_number_is_no_finding() -> None:
    for metric in (OWN, MISSING, SHIFTED):
        assert judged(replace(metric, value=None), QUIET).status == Status.OK


def test_hard_things_fail_at_once_and_stand_above_all() -> None:
    gone = Metric(name="column_gone", value=1.0, column="fare", why="the column is gone", family="shape")
    verdicts = Significance().judge([MISSING, gone], History()).verdicts
    assert (verdicts[1].status, verdicts[1].why) == (Status.FAIL, "the column is gone")
    assert verdicts[1].severity > verdicts[0].severity
