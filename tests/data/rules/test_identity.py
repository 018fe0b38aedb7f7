"""Columns that follow from others: which are found, which are not, and what breaks them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data.rules.identity import MOST, Identity, learn
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.view import BatchView

RANDOM = np.random.default_rng(7)
SIZE = 1_000
MINUTES = RANDOM.integers(0, 1_440, SIZE)
CLOCK = MINUTES // 60 * 100 + MINUTES % 60
FARE = np.round(RANDOM.gamma(3, 40, SIZE), 2)
TIP = np.round(RANDOM.gamma(1, 4, SIZE), 2)
TOLL = np.where(RANDOM.random(SIZE) < 0.9, 0.0, 6.5)


def view(**columns: Any) -> BatchView:
    return BatchView(pa.record_batch({name: pa.array(values) for name, values in columns.items()}))


def found(**columns: Any) -> list[str]:
    batch = view(**columns)
    return [rule.words() for rule in learn(batch, np.full(batch.rows, -1))]


def spoiled(values: Any, share: float) -> Any:
    """The values, some of them taken from other rows."""
    values, rows = np.array(values), RANDOM.choice(SIZE, int(share * SIZE), replace=False)
    values[rows] = values[np.roll(rows, 1)]
    return values


def test_the_parts_of_a_time_of_day_are_found() -> None:
    assert found(at=CLOCK, hour=CLOCK // 100, minute=CLOCK % 100) == ["hour = floor(at / 100)", "minute = at mod 100"]  # fmt: skip


def test_a_delay_is_the_difference_of_two_times_of_day_over_midnight_too() -> None:
    delay = RANDOM.integers(-20, 200, SIZE)
    left = (MINUTES + delay) % 1_440
    assert found(planned=CLOCK, delay=delay, left=left // 60 * 100 + left % 60) == [
        "left = planned + delay, in minutes of the day"
    ]


def test_a_total_is_found_though_one_of_its_parts_is_mostly_zero() -> None:
    assert found(fare=FARE, tip=TIP, toll=TOLL, total=FARE + TIP + TOLL) == ["total = fare + tip + toll"]


def test_conversions_are_found_with_neat_weights() -> None:
    celsius = np.round(RANDOM.normal(10, 8, SIZE), 1)
    assert found(celsius=celsius, fahrenheit=celsius * 1.8 + 32) == ["fahrenheit = 1.8 celsius + 32"]
    seconds = RANDOM.integers(0, 90_000, SIZE) * 1.0
    assert found(seconds=seconds, minutes=seconds / 60) == ["minutes = seconds / 60"]


def test_weights_that_are_not_one_are_found_for_three_columns() -> None:
    assert found(a=FARE, b=TIP, c=2 * FARE - 0.5 * TIP + 3) == ["c = 2 a - b / 2 + 3"]


def test_a_copy_is_said_once_and_not_again_with_whatever_else_there_is() -> None:
    assert found(fare=FARE, same=FARE, tip=TIP, toll=TOLL) == ["same = fare"]


@pytest.mark.parametrize(("share", "is_rule"), [(0.0, True), (0.03, True), (0.1, False)])
def test_most_rows_must_keep_it(share: float, is_rule: bool) -> None:
    assert bool(found(fare=FARE, tip=TIP, total=spoiled(FARE + TIP, share))) is is_rule


def test_what_only_seems_to_follow_is_no_rule() -> None:
    noise = RANDOM.normal(0, 1, SIZE)
    assert found(a=FARE, b=FARE + 0.001 * noise, c=RANDOM.normal(0, 1, SIZE)) == []
    assert (
        found(few=np.arange(SIZE) % 5, other=np.arange(SIZE) % 5 + 1) == []
    )  # a category of eight values at most
    assert found(rare=np.where(RANDOM.random(SIZE) < 0.9, 0, MINUTES), rarer=np.zeros(SIZE)) == []
    assert found(distance=RANDOM.integers(80, 5_000, SIZE), seats=RANDOM.integers(2, 400, SIZE)) == []


def test_missing_values_hide_no_relation_and_a_column_that_is_mostly_missing_hides_none() -> None:
    total = pa.array(FARE + TIP, mask=RANDOM.random(SIZE) < 0.3)
    gone = pa.array(FARE, mask=RANDOM.random(SIZE) < 0.97)
    assert found(fare=FARE, tip=TIP, total=total, gone=gone) == ["total = fare + tip"]


def test_numbers_of_32_bits_are_held_to_what_they_can_be() -> None:
    narrow = {name: values.astype(np.float32) for name, values in (("fare", FARE), ("tip", TIP))}
    assert found(**narrow, total=(FARE + TIP).astype(np.float32)) == ["total = fare + tip"]


def test_moments_follow_too() -> None:
    begin = RANDOM.integers(1_300_000_000, 1_400_000_000, SIZE)
    seconds = RANDOM.integers(1, 9_000, SIZE)
    columns = {
        "begin": pa.array(begin, pa.timestamp("s")),
        "seconds": seconds,
        "end": pa.array(begin + seconds, pa.timestamp("s")),
    }
    assert found(**columns) == ["end = begin + seconds"]


def test_too_few_rows_teach_nothing() -> None:
    assert found(a=FARE[:50], b=FARE[:50]) == []
    assert found(a=[], b=[]) == []


def test_many_columns_give_a_bounded_number_of_rules() -> None:
    columns = {f"c{number}": RANDOM.normal(size=SIZE) for number in range(30)}
    columns |= {f"d{number}": columns[f"c{number}"] + number for number in range(30)}
    assert len(found(**columns)) == MOST


RULE = Identity(target="total", sources=("fare", "tip"), weights=(1.0, 1.0), tolerance=1e-6)


def test_rows_that_do_not_agree_are_counted_among_those_that_have_all_values() -> None:
    rows = view(
        total=[3.0, 4.0, None, 9.0, float("nan")],
        fare=[1.0, 2.0, 2.0, None, 1.0],
        tip=[2.0, 1.0, 1.0, 1.0, 1.0],
    )
    (measure,) = RULE.tally(rows).measures(Memory())
    assert (measure.name, measure.column, measure.value, measure.n) == ("identity", "total+fare+tip", 0.5, 2)
    assert (measure.family, measure.worse) == ("identity", "up")
    assert measure.why == "total = fare + tip fails on 1 of 2 rows"


def test_without_a_row_that_has_all_values_nothing_is_measured() -> None:
    (measure,) = RULE.tally(view(total=[None, 1.0], fare=[1.0, None], tip=[1.0, 1.0])).measures(Memory())
    assert (measure.value, measure.why) == (None, "no row has all of total, fare, tip")


def test_a_day_may_lie_between_times_of_day() -> None:
    rule = Identity(
        target="left", sources=("planned", "delay"), weights=(1.0, 1.0), clocks=("planned", "left")
    )
    rows = view(planned=[2_350, 2_350, 10], delay=[20, 20, -20], left=[10, 11, 2_350])
    assert rule.tally(rows).violated == 1


def test_infinite_numbers_are_no_violations_and_no_warnings() -> None:
    rows = view(total=[float("inf"), 1e308], fare=[float("inf"), 1e308], tip=[0.0, 1e308])
    assert (RULE.tally(rows).checked, RULE.tally(rows).violated) == (1, 1)
