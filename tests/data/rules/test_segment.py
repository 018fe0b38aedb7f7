"""Segments: which columns are chosen, and what is counted of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.segment import Segment, learn
from airflow_mlmonitor.data.rules.view import BatchView

ROWS = 2_400
DAYS = np.arange(ROWS) // 240


def view(columns: dict[str, Any], **how: Any) -> BatchView:
    return BatchView(pa.record_batch(columns), **how)


def flights() -> dict[str, Any]:
    """Rows in which the airport tells of the temperature and of what is missing; the weather changes by day."""
    random = np.random.default_rng(5)
    airport = random.integers(0, 3, ROWS)
    hot = 10.0 * airport + random.normal(0, 1, ROWS)
    return {
        "origin": pa.array(np.array(["EWR", "JFK", "LGA"])[airport]),
        "airport": airport,
        "temp": pa.array(hot, mask=(airport == 2) & (random.random(ROWS) < 0.5)),
        "fare": random.normal(0, 1, ROWS),
        "coin": random.integers(0, 2, ROWS),
        "month": DAYS // 5,
        "sky": np.array(["clear", "rain"])[(DAYS % 3 == 0).astype(int)],
        "plane": pa.array([f"N{number}" for number in random.integers(0, 900, ROWS)]),
    }


def learned(
    columns: dict[str, Any], days: NDArray[np.int64] = DAYS, **how: Any
) -> dict[str, tuple[str, ...]]:
    return {
        rule.column: rule.values for rule in learn(view(columns, **how), days) if isinstance(rule, Segment)
    }


def test_the_column_that_tells_most_of_others_is_chosen_and_its_code_is_not_chosen_again() -> None:
    found = learned(flights())
    assert next(iter(found)) in ("origin", "airport")
    assert len({"origin", "airport"} & found.keys()) == 1


def test_what_parts_days_and_not_rows_is_no_segment() -> None:
    assert not {"month", "sky"} & learned(flights()).keys()
    unknown = np.full(ROWS, -1)
    assert "sky" in learned({name: flights()[name] for name in ("sky", "fare")}, unknown)


def test_columns_of_many_values_of_one_value_or_of_moments_are_no_segments() -> None:
    columns = {
        "plane": flights()["plane"],
        "one": ["a"] * ROWS,
        "at": pa.array(np.arange(ROWS) % 5, pa.timestamp("s")),
        "lists": [[1]] * ROWS,
        "nothing": pa.nulls(ROWS),
    }
    assert learned(columns) == {}


def test_the_eight_commonest_values_are_followed() -> None:
    carriers = np.repeat([f"c{number}" for number in range(12)], np.arange(12, 0, -1))
    found = learned({"carrier": np.resize(carriers, ROWS), "fare": np.arange(ROWS) % 78})
    assert found["carrier"] == tuple(f"c{number}" for number in range(8))


def test_numbers_and_private_names_are_known_by_what_a_profile_shows() -> None:
    found = learned({"hour": (np.arange(ROWS) % 3).astype(float), "fare": np.arange(ROWS) % 3})
    assert sorted(found["hour"]) == ["0", "1", "2"]
    columns = {"who": np.resize(["Ada", "Ben"], ROWS), "fare": np.arange(ROWS) % 2}
    found = learned(columns, private=frozenset({"who"}))
    assert all(value.startswith("#") for value in found["who"])
    (rule,) = (Segment(column="who", values=values) for values in [found["who"]])
    assert rule.tally(view(columns, private=frozenset({"who"}))).rows.tolist() == [ROWS // 2, ROWS // 2]


RULE = Segment(column="origin", values=("EWR", "JFK", "LGA"))
ROW = {"origin": ["EWR"] * 45 + ["JFK"] * 5 + ["SFO", None], "temp": [None] * 9 + [1.0] * 39 + [None] * 4}


def measured(rule: Segment, *batches: dict[str, Any]) -> dict[tuple[str, str | None, str], Measure]:
    tallies = [rule.tally(view(batch)) for batch in batches]
    total = tallies[0]
    for tally in tallies[1:]:
        total += tally
    return {(found.name, found.column, found.slice): found for found in total.measures(Memory())}


def test_rows_of_each_segment_are_counted_on_a_scale_that_chance_moves_by_one() -> None:
    found = measured(RULE, ROW)
    rows = {
        part: found["segment_rows", "origin", part] for part in ("origin=EWR", "origin=JFK", "origin=LGA")
    }
    assert [measure.value for measure in rows.values()] == pytest.approx([2 * 45**0.5, 2 * 5**0.5, 0.0])
    assert [measure.n for measure in rows.values()] == [45, 5, 0]
    counts = np.random.default_rng(1).poisson([[9], [90], [900]], (3, 20_000))
    assert (2 * np.sqrt(counts)).std(axis=1) == pytest.approx([1, 1, 1], abs=0.05)


def test_the_segment_that_misses_most_is_named() -> None:
    gap = measured(RULE, ROW)["nulls_by_segment", "temp", "origin=*"]
    assert gap.value == pytest.approx(max(9 / 50, 2 / 10))
    assert gap.why == "missing in 2 of 5 rows with origin = JFK"
    assert (gap.n, gap.family, gap.worse) == (5, "nulls_by_segment", "up")
    whole = {**ROW, "temp": [1.0] * 52}
    assert measured(RULE, whole)["nulls_by_segment", "temp", "origin=*"].why is None


def test_batches_add_up_whatever_columns_they_have() -> None:
    table = pa.table(ROW)
    halves = [table.slice(0, 30).to_pydict(), table.slice(30).to_pydict()]
    assert measured(RULE, *halves) == measured(RULE, ROW)
    more = measured(RULE, {"origin": ["EWR"]}, ROW)
    assert more["nulls_by_segment", "temp", "origin=*"].value == pytest.approx(0.2)
    assert more["segment_rows", "origin", "origin=EWR"].n == 46


def test_a_rule_is_what_its_document_says() -> None:
    assert Segment.read(RULE.document()) == RULE
    assert RULE.words() == "rows and missing values are followed by origin: EWR, JFK, LGA"
    assert RULE.key == "segment:origin"
