"""Ranges: what counts as outside, and how runs widen them."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data.rules.memory import Memory, Range
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.rules.within import OUTERMOST, Beyond, Within, learn

LARGEST = sys.float_info.max
RULE = Within(column="x", low=0.0, high=100.0, spread=100.0)
KNOWN = Memory(ranges={"x": Range(0.0, 100.0, 100.0)})


def view(values: Any) -> BatchView:
    return BatchView(pa.record_batch({"x": pa.array(values, pa.float64())}))


def tally(values: Any, rule: Within = RULE) -> Beyond:
    return rule.tally(view(values))


def beyond(found: Beyond, memory: Memory = KNOWN) -> Measure:
    (measure,) = found.measures(memory)
    return measure


def test_the_range_and_the_bulk_of_the_sample_are_learned() -> None:
    columns = {
        "x": np.arange(1001.0),
        "name": ["a"] * 1001,
        "at": pa.array(np.arange(1001), pa.timestamp("s")),
    }
    (rule,) = learn(BatchView(pa.record_batch(columns)), np.full(1001, -1))
    assert rule == Within(column="x", low=0.0, high=1000.0, spread=980.0)
    assert rule.words() == "0 <= x <= 1000, or what later runs have shown"
    assert Within.read(rule.document()) == rule


def test_a_twentieth_of_the_bulk_is_room() -> None:
    measure = beyond(tally([-5.0, 0.0, 50.0, 100.0, 105.0, 106.0, -6.0, 250.0]))
    assert measure.value == 3 / 8
    assert measure.why == "3 of 8 outside 0 to 100, up to 250"
    assert beyond(tally([-250.0, 106.0])).why == "2 of 2 outside 0 to 100, down to -250"
    assert beyond(tally([1.0, 2.0])).why is None
    assert (measure.family, measure.worse, measure.n) == ("beyond", "up", 8)


def test_missing_and_infinite_values_are_not_counted() -> None:
    measure = beyond(tally([None, float("nan"), float("inf"), 300.0]))
    assert (measure.value, measure.n) == (1.0, 1)
    assert beyond(tally([None])).why == "there are no values"


def test_what_earlier_runs_have_shown_is_no_longer_outside() -> None:
    found = tally([150.0, 90.0])
    assert beyond(found).value == 0.5
    news = found.novelty(KNOWN)
    assert news is not None
    assert news.ranges["x"].high == 150.0
    wider = KNOWN + news
    assert beyond(found, wider).value == 0.0
    assert found.novelty(wider) is None
    assert beyond(tally([-30.0]), wider).value == 1.0


def test_before_anything_is_remembered_nothing_is_outside() -> None:
    found = tally([150.0])
    assert (beyond(found, Memory()).value, beyond(found, Memory()).why) == (
        None,
        "no earlier run is remembered",
    )
    news = found.novelty(Memory())
    assert news is not None
    assert beyond(found, Memory() + news).value == 0.0


def test_a_memory_younger_than_the_sample_is_narrower_and_still_counts() -> None:
    young = Memory(ranges={"x": Range(40.0, 60.0, 100.0)})
    assert beyond(tally(np.arange(101.0)), young).value == pytest.approx(70 / 101)
    many = tally(np.repeat([10.0, 50.0, 90.0], 1_000))
    assert beyond(many, young).value == pytest.approx(2 * OUTERMOST / 3_000)


def test_without_any_rows_only_what_runs_show_counts() -> None:
    (rule,) = learn(view([]), np.empty(0, np.int64))
    assert isinstance(rule, Within)
    assert rule.words() == "x stays within what earlier runs have shown"
    news = tally([1.0, 9.0], rule).novelty(Memory())
    assert news is not None
    assert beyond(tally([9.0, 10.0], rule), Memory() + news).value == 0.5


def test_batches_add_up() -> None:
    values = np.random.default_rng(7).normal(50, 60, 300)
    total = tally(values[:100]) + tally(values[100:220]) + tally(values[220:])
    assert beyond(total) == beyond(tally(values))


def test_the_ends_of_the_float_range_are_numbers_too() -> None:
    (rule,) = learn(view([LARGEST, -LARGEST]), np.full(2, -1))
    assert isinstance(rule, Within)
    assert rule.spread == LARGEST
    assert beyond(tally([LARGEST], rule), Memory(ranges={"x": Range(0.0, 1.0, LARGEST)})).value is not None
