"""What is wrong whatever the history says."""

from __future__ import annotations

import pytest

from airflow_mlmonitor.checks import Metric, Shape
from airflow_mlmonitor.judging.hard import HARD, hard
from airflow_mlmonitor.judging.verdict import Status
from tests.rows import profiled
from tests.ugly import NAMES, NOWHERE, NULLS, NUMBERS, Columns


@pytest.mark.parametrize(
    ("before", "now", "status", "why"),
    [
        (NUMBERS, NOWHERE, Status.FAIL, "no rows"),
        (NUMBERS, {"y": [1]}, Status.FAIL, "the column is gone; it was double"),
        (NUMBERS, NAMES, Status.FAIL, "was double, is string"),
        (NUMBERS, NULLS, Status.FAIL, "all 4 rows are null"),
        (NUMBERS, {**NUMBERS, "y": [1, 2, 3, 4]}, Status.WARN, "a new column, int64"),
    ],
)
def test_hard_things_that_the_shape_shows(before: Columns, now: Columns, status: Status, why: str) -> None:
    verdicts = [
        found for metric in Shape().measure(profiled(now), profiled(before)) if (found := hard(metric))
    ]
    assert (verdicts[0].status, verdicts[0].why, verdicts[0].severity) == (status, why, 100.0)


@pytest.mark.parametrize("name", HARD)
def test_a_hard_thing_that_did_not_happen_is_none(name: str) -> None:
    assert hard(Metric(name=name, value=0.0)) is None
    assert hard(Metric(name=name, value=None)) is None
    assert hard(Metric(name=f"second.{name}", value=1.0)) is not None


def test_rows_are_hard_only_when_there_are_none() -> None:
    assert hard(Metric(name="rows", value=None)) is None
    assert hard(Metric(name="rows", value=1.0)) is None
    assert hard(Metric(name="null_share", value=0.0)) is None
