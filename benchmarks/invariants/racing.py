"""A hundred common expectations on many rows: one pass of ours against Great Expectations on pandas."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.invariants import Invariant, Kept, read_suite
from airflow_mlmonitor.data.invariants.answering import held_against
from airflow_mlmonitor.data.invariants.validating import validated

NOWHERE = NamedConnections({})
NUMBERS, TEXTS = 10, 4
BLOCK = 1_000_000


@dataclass(frozen=True)
class Race:
    """How long both took for the same answers, and on how many of these they differ."""

    rows: int
    expectations: int
    ours: float
    theirs: float
    differing: int

    @property
    def factor(self) -> float:
        """How many times as fast ours is."""
        return self.theirs / self.ours


def write(path: Path, rows: int) -> None:
    """Write rows of ten numbers with holes, four texts of few and of many values, and a key."""
    rng = np.random.default_rng(7)
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, BLOCK):
        count = min(BLOCK, rows - start)
        columns: dict[str, Any] = {}
        for place in range(NUMBERS):
            values = rng.gamma(2.0, 10.0, count) if place % 2 else rng.integers(0, 100, count).astype(float)
            if place % 4 > 1:  # each second pair is ordered, but for a few rows
                values += columns[f"n{place - 2}"].fill_null(0).to_numpy() - 0.5
            columns[f"n{place}"] = pa.array(values, mask=rng.random(count) < 0.02)
        for place in range(TEXTS):
            known = [f"K{value:0{place + 1}d}" for value in range(10 ** (place + 1))]
            columns[f"t{place}"] = pa.array(np.array(known)[rng.integers(0, len(known), count)])
        columns["id"] = pa.array(np.arange(start, start + count))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def suite() -> tuple[Invariant, ...]:
    """A hundred expectations, those that people write most."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name in (f"n{place}" for place in range(NUMBERS)):
        found += [
            ("column_values_to_not_be_null", {"column": name, "mostly": 0.9}),
            (
                "column_values_to_be_between",
                {"column": name, "min_value": 0, "max_value": 500, "mostly": 0.9},
            ),
            ("column_mean_to_be_between", {"column": name, "min_value": 1, "max_value": 900}),
            ("column_min_to_be_between", {"column": name, "min_value": 0}),
            ("column_max_to_be_between", {"column": name, "max_value": 999}),
            ("column_stdev_to_be_between", {"column": name, "min_value": 1}),
        ]
    for name in (f"t{place}" for place in range(TEXTS)):
        found += [
            ("column_values_to_not_be_null", {"column": name}),
            ("column_values_to_match_regex", {"column": name, "regex": "^K[0-9]+$"}),
            ("column_values_to_not_match_regex", {"column": name, "regex": "[a-z ]"}),
            ("column_value_lengths_to_be_between", {"column": name, "min_value": 2, "max_value": 5}),
            ("column_values_to_not_be_in_set", {"column": name, "value_set": ["", "null", "K3"]}),
        ]
    ignored = {"ignore_row_if": "either_value_is_missing", "or_equal": True, "mostly": 0.9}
    pairs = [{"column_A": f"n{high}", "column_B": f"n{high - 2}", **ignored} for high in (2, 3, 6, 7)]
    found += [("column_pair_values_a_to_be_greater_than_b", pair) for pair in pairs]
    known = [
        (f"t{place}", [f"K{value:0{place + 1}d}" for value in range(10 ** (place + 1))]) for place in range(2)
    ]
    found += [("column_values_to_be_in_set", {"column": name, "value_set": values}) for name, values in known]
    found += [("column_median_to_be_between", {"column": f"n{place}", "min_value": 1}) for place in range(4)]
    found += [("column_sum_to_be_between", {"column": f"n{place}", "min_value": 1}) for place in range(4)]
    found += [("column_to_exist", {"column": f"n{place}"}) for place in range(2)]
    found += [
        ("column_values_to_be_unique", {"column": "id"}),
        ("compound_columns_to_be_unique", {"column_list": ["id", "t0"]}),
        ("table_row_count_to_be_between", {"min_value": 1}),
        ("table_column_count_to_equal", {"value": NUMBERS + TEXTS + 1}),
    ]
    return read_suite([{"type": f"expect_{type_}", "kwargs": arguments} for type_, arguments in found])


def race(path: Path, rows: int) -> Race:
    """Let both answer, each from the file; the import of Great Expectations is not counted."""
    import great_expectations as gx

    assert gx.__version__  # noqa: S101 - it is loaded
    invariants, source = suite(), Files(str(path))
    started = time.perf_counter()
    ours = held_against(invariants, source, connections=NOWHERE)
    middle = time.perf_counter()
    theirs = validated(invariants, source, None, NOWHERE)
    ended = time.perf_counter()
    by_key = {(one.invariant.name, one.invariant.column): one for one in theirs}
    differing = sum(not _same(one, by_key[one.invariant.name, one.invariant.column]) for one in ours)
    return Race(rows, len(invariants), middle - started, ended - middle, differing)


def _same(one: Kept, other: Kept) -> bool:
    numbers = [(kept.success, kept.rows, kept.missing, kept.unexpected) for kept in (one, other)]
    if not isinstance(one.observed, float):
        return numbers[0] == numbers[1]
    return numbers[0] == numbers[1] and bool(np.isclose(one.observed, other.observed, rtol=1e-9))
