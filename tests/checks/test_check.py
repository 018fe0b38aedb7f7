"""Checks of one's own, as a class and as a function."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Check, Metric, check
from airflow_mlmonitor.checks.check import FunctionCheck
from airflow_mlmonitor.data.baseline import Trailing
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.errors import ConfigurationError
from tests.rows import profiled

NOW, BEFORE = profiled({"x": [2.0, 4.0]}), profiled({"x": [1.0]})


def answering(answer: Any) -> FunctionCheck:
    def spend(now: Profile) -> Any:
        return answer

    made: FunctionCheck = check(spend)
    return made


def measured(answer: Any) -> list[tuple[str, float | None]]:
    return [(metric.name, metric.value) for metric in answering(answer).measure(NOW, None)]


@pytest.mark.parametrize("answer", [2, 2.0, np.float32(2), True + 1, np.int8(2), "2"])
def test_a_number_becomes_a_metric_named_as_the_function(answer: Any) -> None:
    (metric,) = answering(answer).measure(NOW, None)
    assert metric == Metric(name="spend", value=2.0, n=2)


def test_a_dict_gives_a_metric_for_each_part() -> None:
    assert measured({"mean": 1, "top": None, 3: 0.5}) == [
        ("spend.mean", 1.0),
        ("spend.top", None),
        ("spend.3", 0.5),
    ]


def test_metrics_are_taken_as_they_are() -> None:
    metric = Metric(name="mine", value=1.0, column="x", worse="up")
    assert list(answering(metric).measure(NOW, None)) == [metric]
    for several in ([metric, metric], (metric, metric), iter([metric, metric])):
        assert list(answering(several).measure(NOW, None)) == [metric, metric]
    assert measured([]) == []


def test_a_generator_gives_several() -> None:
    @check
    def each(now: Profile) -> Iterable[Metric]:
        for name, column in now.columns.items():
            yield Metric(name="spread", value=column.max - column.min, column=name)  # type: ignore[attr-defined]

    assert [metric.key for metric in each.measure(NOW, None)] == [("spread", "x", "")]


def test_none_says_that_none_came_back() -> None:
    (metric,) = answering(None).measure(NOW, None)
    assert (metric.value, metric.why) == (None, "spend returned None")


@pytest.mark.parametrize("answer", [math.nan, math.inf, {"part": -math.inf}])
def test_nan_and_infinite_answers_are_no_values(answer: Any) -> None:
    (metric,) = answering(answer).measure(NOW, None)
    assert metric.value is None
    assert " came out as " in (metric.why or "")


@pytest.mark.parametrize(
    "answer", ["many", object(), [1, 2], {"a": "b"}, {"a": [1]}, [[Metric(name="a", value=1.0)]], b"ab"]
)
def test_another_answer_is_refused_with_what_to_return(answer: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="The check spend returned .*; return a number, a dict of numbers, a Metric"
    ):
        answering(answer).measure(NOW, None)


def test_a_function_of_two_gets_the_baseline() -> None:
    @check(baseline=Trailing(runs=7))
    def growth(now: Profile, before: Profile | None) -> float | None:
        return now["x"].mean / before["x"].mean if before else None  # type: ignore[attr-defined]

    assert growth.baseline == Trailing(runs=7)
    assert [metric.value for metric in growth.measure(NOW, BEFORE)] == [3.0]
    assert [metric.value for metric in growth.measure(NOW, None)] == [None]


def test_a_function_of_one_may_have_options_of_its_own() -> None:
    @check
    def above(now: Profile, *, limit: float = 3.0) -> float:
        return limit

    assert not above.takes_before
    assert [metric.value for metric in above.measure(NOW, BEFORE)] == [3.0]


def test_a_function_without_or_with_more_arguments_is_refused() -> None:
    for function, takes in ((lambda: 1, 0), (lambda now, before, other: 1, 3)):
        with pytest.raises(
            ConfigurationError, match=rf"must take \(now\) or \(now, before\); it takes {takes}"
        ):
            check(function)


def test_a_function_may_be_prefixed_and_compared() -> None:
    made = answering(1)
    assert replace(made, prefix="late").prefix == "late"
    assert made == replace(made)
    assert repr(made) == "FunctionCheck(baseline=None, prefix='', label='spend', takes_before=False)"


def test_a_class_of_ones_own_has_a_name() -> None:
    @dataclass(frozen=True, kw_only=True)
    class FareSpread(Check):
        column: str = "x"

        def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
            yield Metric(name="fare_spread", value=now[self.column].max - now[self.column].min)  # type: ignore[attr-defined]

    assert FareSpread().name == "fare_spread"
    assert [metric.value for metric in FareSpread().measure(NOW, None)] == [2.0]
    assert FareSpread(prefix="a") != FareSpread()
