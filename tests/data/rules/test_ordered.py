"""Numbers that stand in order: which pairs are found, and what breaks them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.ordered import BEST, Ordered, learn
from airflow_mlmonitor.data.rules.view import BatchView

RANDOM = np.random.default_rng(8)
SIZE = 1_000
LOW = RANDOM.normal(size=SIZE)


def view(**columns: Any) -> BatchView:
    return BatchView(pa.record_batch({name: pa.array(values) for name, values in columns.items()}))


def found(**columns: Any) -> list[str]:
    batch = view(**columns)
    return [rule.words() for rule in learn(batch, np.full(batch.rows, -1))]


def test_two_numbers_in_order_are_found_one_way_round() -> None:
    assert found(high=LOW + RANDOM.random(SIZE), low=LOW, other=RANDOM.normal(size=SIZE)) == ["low <= high"]


def test_moments_are_held_against_moments_only() -> None:
    begin = RANDOM.integers(0, 10**6, SIZE)
    columns = {
        "opened": pa.array(begin, pa.timestamp("s")),
        "closed": pa.array(begin + RANDOM.integers(0, 99, SIZE), pa.timestamp("s")),
        "score": LOW,
    }
    assert found(**columns) == ["opened <= closed"]


def test_an_order_that_chance_would_keep_is_no_rule() -> None:
    assert found(small=RANDOM.random(SIZE), large=RANDOM.random(SIZE) + 0.9) == []


def test_an_order_that_five_rows_in_a_thousand_break_is_no_rule() -> None:
    high = LOW + RANDOM.random(SIZE)
    high[:6] = LOW[:6] - 1
    assert found(low=LOW, high=high) == []


def test_copies_are_no_order_and_few_rows_teach_nothing() -> None:
    assert found(low=LOW, same=LOW) == []
    assert found(low=LOW[:90], high=LOW[:90] + 1) == []
    assert found(low=[], high=[]) == []


def test_the_best_are_kept() -> None:
    steps = np.cumsum(RANDOM.random((9, SIZE)), axis=0) + 3 * LOW
    rules = found(**{f"s{number}": values for number, values in enumerate(steps)})
    assert len(rules) == BEST
    assert "s7 <= s8" in rules


def test_rows_the_other_way_round_are_counted_among_those_that_have_both() -> None:
    rows = view(low=[1.0, 2.0, None, float("nan")], high=[1.0, 1.5, 0.0, 0.0])
    (measure,) = Ordered(low="low", high="high").tally(rows).measures(Memory())
    assert (measure.name, measure.column, measure.value, measure.n) == ("ordered", "low+high", 0.5, 2)
    assert measure.why == "low <= high fails on 1 of 2 rows"
