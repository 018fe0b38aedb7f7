"""Every database gives the numbers that its rows give as a frame, and few rows have to leave it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from airflow_mlmonitor.data import Frame, Window
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.invariants import in_batches, read_suite
from airflow_mlmonitor.data.invariants.answering import held_against
from tests.data.sql.conftest import Warehouse, query, table

DAY = Window.parse("2013-02-08")


def suite(*expectations: tuple[str, dict[str, Any]]) -> Any:
    return read_suite([{"type": f"expect_{type_}", "kwargs": arguments} for type_, arguments in expectations])


INVARIANTS = suite(
    ("table_row_count_to_be_between", {"min_value": 3}),
    ("column_to_exist", {"column": "Odd Name"}),
    ("column_values_to_not_be_null", {"column": "delay", "mostly": 0.9}),
    ("column_values_to_be_null", {"column": "delay"}),
    ("column_values_to_be_between", {"column": "delay", "min_value": 0, "max_value": 10.5, "strict_max": True}),
    ("column_values_to_be_in_set", {"column": "n", "value_set": [1, 2, 3, 40]}),
    ("column_values_to_not_be_in_set", {"column": "n", "value_set": [1, 2, 3, 40]}),
    ("column_values_to_be_in_set", {"column": "origin", "value_set": ["EWR", "it's: a \\ 100 % test"]}),
    ("column_value_lengths_to_equal", {"column": "origin", "value": 3}),
    ("column_values_to_match_regex", {"column": "origin", "regex": "^[EJ]"}),
    ("column_values_to_be_unique", {"column": "n"}),
    ("column_values_to_be_unique", {"column": "delay"}),
    ("column_values_to_be_unique", {"column": "origin"}),
    ("compound_columns_to_be_unique", {"column_list": ["origin", "delay"]}),
    ("column_unique_value_count_to_be_between", {"column": "delay", "min_value": 3}),
    ("column_mean_to_be_between", {"column": "delay", "max_value": 3}),
    ("column_sum_to_be_between", {"column": "delay", "max_value": 3}),
    ("column_min_to_be_between", {"column": "n", "max_value": 3}),
    ("column_max_to_be_between", {"column": "n", "max_value": 3}),
    ("column_stdev_to_be_between", {"column": "n", "max_value": 3}),
    ("column_median_to_be_between", {"column": "n", "max_value": 3}),
    ("column_quantile_values_to_be_between", {
        "column": "n", "quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, 9], [None, 5]]}
    }),
    ("column_pair_values_to_be_equal", {"column_A": "n", "column_B": "delay"}),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "delay", "or_equal": True}),
    ("multicolumn_sum_to_equal", {"column_list": ["n", "delay"], "sum_total": 3}),
)  # fmt: skip


def numbers(kept: Any) -> list[Any]:
    return [(one.invariant.type, one.success, one.rows, one.missing, one.unexpected) for one in kept]


@pytest.mark.parametrize("narrowed", [False, True])
def test_a_database_gives_the_numbers_of_its_rows(flights: Warehouse, narrowed: bool) -> None:
    source = query("SELECT * FROM flights WHERE n > 2", timestamp="ts") if narrowed else table("flights")
    window = DAY if narrowed else None
    frame = pd.DataFrame(flights.rows(source, window))
    there = held_against(INVARIANTS, source, window, connections=flights.connections)
    here = held_against(INVARIANTS, Frame(frame), connections=NamedConnections({}))
    assert numbers(there) == numbers(here)
    for one, other in zip(there, here, strict=True):
        if isinstance(other.observed, float):
            assert math.isclose(one.observed, other.observed, rel_tol=1e-12), one.invariant
        assert one.by == "us"


def test_what_a_database_can_count_never_leaves_it(
    flights: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("rows were read")

    monkeypatch.setattr(in_batches, "batches_of", refuse)
    counted = [
        one
        for one in INVARIANTS
        if ("between" in one.type and "column_values" in one.type) or "null" in one.type
    ]
    assert [
        kept.rows for kept in held_against(counted, table("flights"), connections=flights.connections)
    ] == [48] * 3


def test_what_only_great_expectations_knows_it_asks_the_database(flights: Warehouse) -> None:
    sql = "SELECT * FROM {batch} WHERE n > 39"
    invariants = read_suite(
        [
            {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": sql}},
            {
                "type": "expect_column_most_common_value_to_be_in_set",
                "kwargs": {"column": "origin", "value_set": ["A"]},
            },
        ]
    )
    rows, common = held_against(invariants, table("flights"), connections=flights.connections)
    if flights.kind != "duckdb":
        assert (rows.success, rows.observed, rows.why) == (False, 8, None)
    assert (common.success, common.by) == (False, "Great Expectations")
