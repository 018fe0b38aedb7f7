"""Decimal grids and last digits: what is learned, and what leaves them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data.rules.grid import Grid, learn
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.view import BatchView

RANDOM = np.random.default_rng(9)
PRICES = np.round(RANDOM.gamma(3, 40, 2_000), 2)


def view(values: Any) -> BatchView:
    return BatchView(pa.record_batch({"x": pa.array(values)}))


def learned(values: Any, days: Any = None) -> Grid | None:
    rules = learn(view(values), np.zeros(len(values), np.int64) if days is None else days)
    return rules[0] if rules else None  # type: ignore[return-value]


def measured(rule: Grid, values: Any) -> dict[str, Measure]:
    return {measure.name: measure for measure in rule.tally(view(values)).measures(Memory())}


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (PRICES, 2),
        (PRICES.astype(np.float32), 2),
        (-np.round(PRICES, 1), 1),
        (np.arange(100), 0),
        (np.arange(100) * 1.0, 0),
        (np.arange(100) * 10.35702, 5),
        (np.arange(40) / 8, 3),
    ],
    ids=["prices", "prices of 32 bits", "negative", "whole", "whole floats", "knots in mph", "eighths"],
)
def test_the_coarsest_grid_that_fits_is_learned(values: Any, decimals: int) -> None:
    rule = learned(values)
    assert rule
    assert rule.decimals == decimals
    assert measured(rule, values)["off_grid"].value == 0.0


def test_a_few_numbers_beside_it_do_not_hide_a_grid() -> None:
    rule = learned(np.append(PRICES, [1 / 3] * 20))
    assert rule
    assert rule.decimals == 2
    assert measured(rule, np.append(PRICES, [1 / 3] * 20))["off_grid"].value == pytest.approx(20 / 2_020)


@pytest.mark.parametrize(
    "values",
    [RANDOM.normal(size=500), [1.5] * 19, [float("nan")] * 50, [1e300] * 50, pa.nulls(50, pa.float64())],
    ids=["real numbers", "too few", "nothing", "beyond any float", "nulls"],
)
def test_there_need_be_no_grid(values: Any) -> None:
    assert learned(values) is None


def test_moments_and_names_have_none() -> None:
    batch = pa.record_batch({"at": pa.array(range(50), pa.timestamp("s")), "name": ["1"] * 50})
    assert learn(BatchView(batch), np.zeros(50, np.int64)) == []


def test_digits_are_learned_of_columns_that_have_many_values_even_in_a_day() -> None:
    assert len(learned(PRICES).digits) == 10  # type: ignore[union-attr]
    assert learned(np.arange(100) % 10).digits == ()  # type: ignore[union-attr]
    assert learned(np.arange(100), days=np.arange(100)).digits == ()  # type: ignore[union-attr]


def test_cut_decimals_show_in_the_last_digits() -> None:
    rule = learned(PRICES)
    assert rule
    usual, cut = measured(rule, PRICES), measured(rule, np.floor(PRICES))
    assert usual["last_digit_0"].value == pytest.approx(0.1, abs=0.02)
    assert usual["last_digits_00"].value == pytest.approx(0.01, abs=0.01)
    assert usual["last_digit_distance"].value == pytest.approx(0.0, abs=1e-5)
    assert (cut["last_digit_0"].value, cut["last_digits_00"].value) == (1.0, 1.0)
    assert cut["last_digit_distance"].value == pytest.approx(0.9, abs=0.02)
    assert cut["off_grid"].value == 0.0


def test_another_unit_leaves_the_grid() -> None:
    rule = learned(PRICES)
    assert rule
    off = measured(rule, PRICES * 1.609344)["off_grid"]
    assert off.value == pytest.approx(1.0, abs=0.01)
    assert (off.scale, off.family, off.worse, off.n) == ("share", "digits", "up", 2_000)


def test_no_number_gives_no_value_and_says_so() -> None:
    rule = learned(PRICES)
    assert rule
    for measure in measured(rule, [None, float("nan"), float("inf")]).values() if rule else ():
        assert (measure.value, measure.why) == (None, "x has no number")
