"""Limits that a person wrote."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Bounds, Status, Verdict


def judged(
    limits: dict[str, dict[str, Any]], value: float | None = 0.5, status: Status = Status.OK, **more: Any
) -> Verdict:
    metric = Metric(**{"name": "null_share", "column": "temp", "value": value} | more)
    (verdict,) = Bounds(limits).tighten(
        [Verdict(metric=metric, status=status, severity=0.5, why="as judged")]
    )
    return verdict


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ({"max": 0.4}, 0.5, "null_share is 0.5; the bound is at most 0.4"),
        ({"min": 0.6}, 0.5, "null_share is 0.5; the bound is at least 0.6"),
        ({"min": 0, "max": 0.4}, 0.5, "null_share is 0.5; the bound is at least 0 and at most 0.4"),
        ({"max": 0}, 1e-9, "null_share is 1e-09; the bound is at most 0"),
    ],
)
def test_a_value_out_of_bounds_fails(limit: dict[str, Any], value: float, why: str) -> None:
    verdict = judged({"temp.null_share": limit}, value)
    assert (verdict.status, verdict.why, verdict.severity) == (Status.FAIL, why, 1.0)
    assert (verdict.lower, verdict.upper) == (limit.get("min"), limit.get("max"))


@pytest.mark.parametrize("limit", [{"max": 0.5}, {"min": 0.5}, {"min": 0.5, "max": 0.5}])
def test_both_ends_are_allowed_values(limit: dict[str, Any]) -> None:
    assert judged({"temp.null_share": limit}).why == "as judged"


def test_an_undefined_value_is_out_of_no_bounds() -> None:
    assert judged({"temp.null_share": {"max": 0.4}}, None).why == "as judged"


def test_a_bound_may_only_warn_and_never_softens_a_verdict() -> None:
    limits = {"temp.null_share": {"max": 0.4, "severity": "warn"}}
    assert judged(limits).status == Status.WARN
    assert judged(limits, status=Status.FAIL).why == "as judged"
    assert judged(limits, status=Status.WARN).why == "as judged"
    assert judged({"temp.null_share": {"max": 0.4}}, status=Status.WARN).status == Status.FAIL


def test_the_gravest_of_several_bounds_counts() -> None:
    warn, fail = {"max": 0.2, "severity": "warn"}, {"max": 0.4}
    for limits in (
        {"*.null_share": warn, "temp.null_share": fail},
        {"temp.null_share": fail, "*.null_share": warn},
    ):
        assert (judged(limits).status, judged(limits).upper) == (Status.FAIL, 0.4)


@pytest.mark.parametrize(
    ("name", "metric", "matches"),
    [
        ("temp.null_share", {}, True),
        ("*.null_share", {}, True),
        ("t??p.null_*", {}, True),
        ("null_share", {}, False),
        ("Temp.null_share", {}, False),
        ("rows", {"name": "rows", "column": None}, True),
        ("temp.null_share", {"slice": "origin=EWR"}, False),
        ("temp.null_share@origin=EWR", {"slice": "origin=EWR"}, True),
        ("temp.null_share@*", {"slice": "origin=EWR"}, True),
        ("temp.null_share@*", {}, False),
        ("temp.null_share@origin=JFK", {"slice": "origin=EWR"}, False),
        ("temp.drift.ks", {"name": "drift.ks"}, True),
        ("x[0].ks", {"name": "ks", "column": "x[0]"}, True),
        ("x[0].ks", {"name": "ks", "column": "x0"}, False),
    ],
)
def test_names_match_with_stars_and_question_marks_only(
    name: str, metric: dict[str, Any], matches: bool
) -> None:
    assert (judged({name: {"max": 0.0}}, **metric).status == Status.FAIL) is matches


def test_a_bound_that_matches_nothing_is_broken() -> None:
    bounds = Bounds({"tmp.null_share": {"max": 0.1}, "rows": {"min": 1}})
    (verdict,) = bounds.unmatched(
        [Metric(name="null_share", column="temp", value=0.0), Metric(name="rows", value=3.0)]
    )
    assert (verdict.status, verdict.metric.key) == (Status.BROKEN, ("tmp.null_share", "", ""))
    assert verdict.why == (
        "the bound 'tmp.null_share' matches no metric of this run; write column.metric, or metric for the table"
    )
    assert (
        bounds.unmatched(
            [Metric(name="null_share", column="tmp", value=None), Metric(name="rows", value=3.0)]
        )
        == []
    )


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({}, "needs min or max, perhaps severity; it has {}"),
        ({"severity": "fail"}, "needs min or max, perhaps severity"),
        ({"maximum": 1}, "needs min or max, perhaps severity; it has {'maximum': 1}"),
        ({"max": 1, "severity": "error"}, "has severity 'error'; write 'warn' or 'fail'"),
        ({"max": "0.05"}, "has the limit '0.05'; write a number"),
        ({"min": None}, "has the limit None; write a number"),
        ({"max": float("nan")}, "has the limit nan; write a number"),
        ({"max": True}, "has the limit True; write a number"),
        ({"min": 2, "max": 1}, "has min 2 above max 1; nothing could ever be between"),
    ],
)
def test_a_bound_that_cannot_work_is_refused_when_it_is_written(limit: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Bounds({"temp.null_share": limit})
    assert f"The bound 'temp.null_share' {said}" in str(refusal.value)


def test_a_quiet_verdict_without_a_range_shows_the_limit_it_keeps() -> None:
    metric = Metric(name="model_age_days", value=48.0)
    plain = Verdict(metric=metric, status=Status.OK)
    bounds = Bounds({"model_age_days": {"max": 90.0, "severity": "warn"}})
    (kept,) = bounds.tighten([plain])
    assert (kept.status, kept.lower, kept.upper, kept.why) == (Status.OK, None, 90.0, "")
    learned = Verdict(metric=metric, status=Status.OK, lower=40.0, upper=50.0)
    young = Verdict(metric=metric, status=Status.LEARNING)
    warned = Verdict(metric=metric, status=Status.WARN)
    assert bounds.tighten([learned, young, warned]) == [learned, young, warned]
