from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command, Parquet


@pytest.fixture
def train(parquet: Parquet) -> str:
    days = [datetime(2013, 1, 1 + index % 3, 12, tzinfo=UTC) for index in range(90)]
    return parquet(
        "train.parquet", fare=[float(index) for index in range(90)], when=days, origin=["EWR", "JFK"] * 45
    )


@pytest.fixture
def store(folder: Path) -> SqlStore:
    return open_store(f"sqlite:///{folder}/mlmonitor.db")


def test_a_file_becomes_the_baseline_of_a_version(mlmonitor: Command, train: str, store: SqlStore) -> None:
    said = mlmonitor("pin", "taxi", "v3", train)
    assert (said.status, said.err) == (0, "")
    assert said.out == "Pinned 90 rows of train.parquet as taxi v3.\n"
    pin = store.pinned("taxi")
    assert pin is not None
    assert (pin.version, pin.rows, pin.label) == ("v3", 90, "train.parquet")
    assert Profile.decode(pin.profile)["fare"].max == 89.0  # type: ignore[attr-defined]


def test_split_by_keeps_each_day_apart_as_history(mlmonitor: Command, train: str, store: SqlStore) -> None:
    said = mlmonitor("pin", "taxi", "v3", train, "--split-by", "when", "--slices", "origin")
    assert said.out == "Pinned 90 rows of train.parquet, and each of its 3 days, as taxi v3.\n"
    days = store.profiles("taxi@v3", asof=datetime(2014, 1, 1, tzinfo=UTC), last=28)
    assert [day.label for day, _ in days] == ["2013-01-01", "2013-01-02", "2013-01-03"]
    assert sum(Profile.decode(content).rows for _, content in days) == 90
    assert set(Profile.decode(days[0][1]).slices) == {"origin=EWR", "origin=JFK"}


def test_pinning_again_replaces(mlmonitor: Command, train: str, parquet: Parquet, store: SqlStore) -> None:
    mlmonitor("pin", "taxi", "v3", train)
    mlmonitor("pin", "taxi", "v3", parquet("less.parquet", fare=[1.0]))
    pin = store.pinned("taxi", "v3")
    assert pin is not None
    assert pin.rows == 1


def test_json_says_what_was_pinned(mlmonitor: Command, train: str) -> None:
    said = mlmonitor("pin", "taxi", "v3", train, "--split-by", "when", "--window", "2013-01-02", "--json")
    assert said.json == {"model": "taxi", "version": "v3", "rows": 30, "days": 1}


def test_no_rows_are_no_baseline(mlmonitor: Command, parquet: Parquet, folder: Path) -> None:
    said = mlmonitor("pin", "taxi", "v3", parquet("empty.parquet", fare=pa.array([], pa.float64())))
    assert said.status == 2
    assert said.err.startswith("mlmonitor: empty.parquet has no rows to pin")
    assert not (folder / "mlmonitor.db").exists()


def test_a_missing_day_column_is_named(mlmonitor: Command, train: str) -> None:
    said = mlmonitor("pin", "taxi", "v3", train, "--split-by", "day")
    assert said.status == 2
    assert "'day'" in said.err
