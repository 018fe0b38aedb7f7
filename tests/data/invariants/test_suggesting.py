"""A suggested suite: what training keeps it keeps, what breaks is found, and Great Expectations loads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from airflow_mlmonitor.cli import main
from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.invariants import read_suite
from airflow_mlmonitor.data.invariants.answering import held_against
from airflow_mlmonitor.data.invariants.suggesting import suggest_invariants
from airflow_mlmonitor.data.invariants.suite import write_suite

NOWHERE = NamedConnections({})


def orders(days: int = 10, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = 200 * days
    city = rng.choice(["Bonn", "Genoa", "Lyon"], rows)
    opened = rng.integers(0, 500, rows)
    return pd.DataFrame(
        {
            "id": np.arange(rows) + 10_000 * seed,
            "at": pd.Timestamp("2013-02-01") + pd.to_timedelta(np.arange(rows) // 200, unit="D"),
            "city": city,
            "country": pd.Series(city).map({"Bonn": "DE", "Genoa": "IT", "Lyon": "FR"}),
            "code": [f"K{number:04d}" for number in rng.integers(0, 9999, rows)],
            "opened": opened,
            "closed": opened + rng.integers(0, 90, rows),
            "fare": np.where(rng.random(rows) < 0.03, np.nan, rng.gamma(2.0, 5.0, rows)),
        }
    )


def suite() -> dict[str, Any]:
    return suggest_invariants(Frame(orders(), timestamp="at"), connections=NOWHERE)


def broken(frame: pd.DataFrame) -> set[tuple[str | None, str]]:
    kept = held_against(read_suite(suite()), Frame(frame), connections=NOWHERE)
    return {
        (one.invariant.column, one.invariant.type.removeprefix("expect_")) for one in kept if not one.success
    }


def test_another_day_of_the_same_kind_keeps_all_of_it() -> None:
    assert broken(orders(days=1, seed=2)) == set()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"fare": None}, ("fare", "column_values_to_not_be_null")),
        ({"fare": -4.0}, ("fare", "column_values_to_be_between")),
        ({"fare": 5.0}, ("fare", "column_stdev_to_be_between")),
        ({"city": "Bonn "}, ("city", "column_values_to_be_in_set")),
        ({"code": "k17"}, ("code", "column_values_to_match_regex")),
        ({"closed": 0}, ("closed+opened", "column_pair_values_a_to_be_greater_than_b")),
        ({"country": "FR"}, ("city+country", "column_pair_values_to_be_in_set")),
        ({"id": 7}, ("id", "column_values_to_be_unique")),
    ],
)
def test_what_breaks_is_found(change: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in {
        (column if "pair" not in type_ else "+".join(sorted((column or "").split("+"))), type_)
        for column, type_ in broken(orders(days=1, seed=2).assign(**change))
    }


def test_a_column_that_is_gone_and_a_day_of_few_rows_are_found() -> None:
    day = orders(days=1, seed=2)
    assert ("fare", "column_to_exist") in broken(day.drop(columns="fare"))
    assert (None, "table_row_count_to_be_between") in broken(day.head(50))


def test_private_values_are_in_no_suggestion() -> None:
    told = json.dumps(
        suggest_invariants(Frame(orders(), timestamp="at", private=("city", "code")), connections=NOWHERE)
    )
    assert "Bonn" not in told
    assert "^K" not in told


def test_the_command_writes_what_great_expectations_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders().to_parquet(tmp_path / "training.parquet", index=False)
    given = [str(tmp_path / "training.parquet"), "--timestamp", "at"]
    for name in ("suite.json", "suite.yaml"):
        assert main(["suggest", "invariants", *given, "--out", str(tmp_path / name)]) == 0
    assert read_suite(str(tmp_path / "suite.json")) == read_suite(str(tmp_path / "suite.yaml"))
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "False")
    import great_expectations as gx

    loaded = gx.ExpectationSuite(**json.loads((tmp_path / "suite.json").read_text()))
    assert len(loaded.expectations) == len(read_suite(str(tmp_path / "suite.json")))


def test_a_suite_is_written_as_its_name_says(tmp_path: Path) -> None:
    write_suite({"expectations": []}, str(tmp_path / "suite.yml"))
    assert (tmp_path / "suite.yml").read_text() == "expectations: []\n"
