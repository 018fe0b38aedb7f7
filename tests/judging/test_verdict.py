"""Verdicts, from mild to grave."""

from __future__ import annotations

from itertools import pairwise

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.verdict import Status, Verdict, ranked, worst


def verdict(status: Status, severity: float = 0.0, name: str = "rows") -> Verdict:
    return Verdict(metric=Metric(name=name, value=1.0), status=status, severity=severity)


def test_statuses_are_ranked_from_mild_to_grave() -> None:
    order = [Status.OK, Status.LEARNING, Status.WARN, Status.BROKEN, Status.FAIL]
    assert all(mild.rank < grave.rank for mild, grave in pairwise(order))
    assert [status for status in order if status.is_finding] == [Status.WARN, Status.BROKEN, Status.FAIL]


def test_findings_stand_gravest_first_then_farthest_out_then_as_they_came() -> None:
    verdicts = [
        verdict(Status.WARN, 2, "a"),
        verdict(Status.OK, 9, "b"),
        verdict(Status.FAIL, 1, "c"),
        verdict(Status.WARN, 3, "d"),
        verdict(Status.BROKEN, 1, "e"),
        verdict(Status.LEARNING, 1, "f"),
        verdict(Status.WARN, 2, "g"),
    ]
    assert [found.metric.name for found in ranked(verdicts)] == ["c", "e", "d", "a", "g"]


def test_a_run_is_as_grave_as_its_gravest_verdict() -> None:
    assert worst([]) == Status.OK
    assert worst([verdict(Status.OK), verdict(Status.FAIL), verdict(Status.BROKEN)]) == Status.FAIL
    assert worst([verdict(Status.WARN), verdict(Status.LEARNING)]) == Status.WARN


def test_a_young_series_makes_a_run_young_only_when_all_are() -> None:
    assert worst([verdict(Status.LEARNING), verdict(Status.LEARNING)]) == Status.LEARNING
    assert worst([verdict(Status.LEARNING), verdict(Status.OK)]) == Status.OK
