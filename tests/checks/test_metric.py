"""One named number: never NaN, never infinite."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks.metric import Metric


@pytest.mark.parametrize(
    ("value", "said"), [(math.nan, "nan"), (math.inf, "inf"), (np.float64("-inf"), "-inf")]
)
def test_a_value_that_is_no_number_becomes_none_and_says_so(value: float, said: str) -> None:
    metric = Metric(name="spend", value=value)
    assert (metric.value, metric.why) == (None, f"spend came out as {said}")
    assert Metric(name="spend", value=value, why="no visits").why == "no visits"
    assert replace(Metric(name="spend", value=1.0), value=value).value is None


@pytest.mark.parametrize("field", ["expected", "p_value", "effect"])
def test_the_other_numbers_become_none_too(field: str) -> None:
    more: dict[str, Any] = {field: math.nan}
    metric = Metric(name="spend", value=1.0, **more)
    assert (metric.value, getattr(metric, field), metric.why) == (1.0, None, None)


@pytest.mark.parametrize("value", [3, True, np.float32(3), np.int64(3), np.float64(3)])
def test_numbers_of_any_kind_become_plain_floats(value: float) -> None:
    assert type(Metric(name="spend", value=value).value) is float


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises((TypeError, ValueError)):
        Metric(name="spend", value="many")  # type: ignore[arg-type]


def test_a_metric_is_a_value_with_a_key() -> None:
    metric = Metric(name="null_share", value=0.5, column="temp", slice="origin=EWR")
    assert metric == Metric(name="null_share", value=0.5, column="temp", slice="origin=EWR")
    assert metric.key == ("null_share", "temp", "origin=EWR")
    assert Metric(name="rows", value=1.0).key == ("rows", "", "")
    with pytest.raises(FrozenInstanceError):
        metric.value = 1.0  # type: ignore[misc]
