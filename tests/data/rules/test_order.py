"""Order: which columns have one, and how it is followed across batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.order import Order, Walk, learn
from airflow_mlmonitor.data.rules.view import BatchView

RULE = Order(column="x")
VALUES = st.lists(st.none() | st.integers(-50, 50).map(float), max_size=40)


def walk(values: Any) -> Walk:
    return RULE.tally(BatchView(pa.record_batch({"x": pa.array(values, pa.float64())})))


def numbers(tally: Walk) -> dict[str, float | None]:
    return {measure.name: measure.value for measure in tally.measures(Memory())}


def test_only_columns_with_an_order_on_the_usual_day_are_learned() -> None:
    random = np.random.default_rng(3)
    steady = random.normal(0, 1, (20, 200)).cumsum(axis=1)
    calm = np.where(np.arange(20)[:, None] % 4, steady, 7.0)  # on every fourth day it does not move
    columns = {
        "walk": steady.ravel(),
        "clock": np.tile(np.arange(200.0), 20) + random.normal(0, 60, 4_000),
        "noise": random.normal(0, 1, 4_000),
        "calm": calm.ravel(),
        "name": ["a"] * 4_000,
    }
    found = learn(BatchView(pa.record_batch(columns)), np.repeat(np.arange(20), 200))
    assert [rule.columns for rule in found] == [("walk",), ("clock",)]
    assert learn(BatchView(pa.record_batch({"x": steady.ravel()[:20]})), np.zeros(20, np.int64)) == []


def test_what_is_measured_is_what_scipy_says() -> None:
    values = np.random.default_rng(2).normal(5, 2, 500).cumsum()
    found = numbers(walk(values))
    assert found["step_ratio"] == pytest.approx(np.abs(np.diff(values)).mean() / values.std())
    assert found["row_correlation"] == pytest.approx(stats.pearsonr(np.arange(500), values).statistic)


def test_in_random_order_a_step_is_as_large_as_the_docstring_says() -> None:
    assert numbers(walk(np.random.default_rng(1).normal(size=100_000)))["step_ratio"] == pytest.approx(
        1.13, abs=0.01
    )


def test_rows_without_a_value_are_stepped_over_and_still_counted_as_rows() -> None:
    values = [1.0, None, None, 4.0, 2.0, None]
    found = numbers(walk(values))
    places, known = np.array([0, 3, 4]), np.array([1.0, 4.0, 2.0])
    assert found["step_ratio"] == pytest.approx(2.5 / known.std())
    assert found["row_correlation"] == pytest.approx(np.corrcoef(places, known)[0, 1])


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], [None, 3.0], [1.7e308, -1.7e308, 1.7e308]])
def test_where_nothing_varies_there_is_no_number_and_a_reason(values: list[float | None]) -> None:
    for measure in walk(values).measures(Memory()):
        assert measure.value is None or not np.isnan(measure.value)
        assert measure.value is not None or measure.why


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_batches_add_up_in_their_order(batches: list[list[float | None]]) -> None:
    total = walk(batches[0])
    for batch in batches[1:]:
        total += walk(batch)
    whole = walk([value for batch in batches for value in batch])
    assert (total.rows, total.values.n, total.first, total.last) == (
        whole.rows,
        whole.values.n,
        whole.first,
        whole.last,
    )
    for mine, its in zip(numbers(total).values(), numbers(whole).values(), strict=True):
        assert mine == (its if its is None else pytest.approx(its, abs=1e-9))


def test_the_order_of_the_batches_matters() -> None:
    rising, falling = walk([1.0, 2.0]) + walk([3.0, 4.0]), walk([3.0, 4.0]) + walk([1.0, 2.0])
    assert numbers(rising)["row_correlation"] == pytest.approx(1.0)
    assert (numbers(falling)["row_correlation"] or 0) < 0


def test_a_rule_is_what_its_document_says() -> None:
    assert Order.read(RULE.document()) == RULE
    assert RULE.words() == "x moves in steps from row to row"
