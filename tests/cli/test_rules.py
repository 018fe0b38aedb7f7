from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.store.sql import open_store
from tests.cli.conftest import Command, Parquet

MINUTES = np.random.default_rng(1).integers(0, 1_440, 900)
PLANES = np.random.default_rng(2).integers(0, 20, 900)


@pytest.fixture
def pinned(mlmonitor: Command, parquet: Parquet) -> Command:
    """Some flights of nine days, pinned."""
    train = parquet(
        "train.parquet",
        at=[datetime(2013, 1, 1, tzinfo=UTC) + timedelta(days=index // 100) for index in range(900)],
        clock=MINUTES // 60 * 100 + MINUTES % 60,
        hour=MINUTES // 60,
        plane=[f"N{number}" for number in PLANES],
        carrier=[f"C{number % 5}" for number in PLANES],
    )
    assert mlmonitor("pin", "taxi", "v3", train, "--split-by", "at").status == 0
    return mlmonitor


def test_what_the_rows_of_a_baseline_always_did_is_told_kind_by_kind(pinned: Command) -> None:
    said = pinned("rules", "taxi")
    assert (said.status, said.err) == (0, "")
    heading, *lines = said.out.splitlines()
    assert heading.startswith("taxi v3: ")
    assert heading.endswith(" rules learned from 900 rows of train.parquet")
    assert "identity  hour = floor(clock / 100)" in lines
    assert any("values of plane and carrier go together" in line for line in lines)
    assert any("Fewer independent values than rows in a usual run: at 1" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_json_has_every_rule_with_its_columns(pinned: Command) -> None:
    said = pinned("rules", "taxi", "--version", "v3", "--json").json
    assert (said["model"], said["version"], said["rows"], said["unlearned"]) == ("taxi", "v3", 900, {})
    (identity,) = [rule for rule in said["rules"] if rule["kind"] == "identity"]
    assert identity["columns"] == ["hour", "clock"]
    assert identity["rule"] == "hour = floor(clock / 100)"
    assert said["usual_n"]["at"] == 1


def test_a_version_that_nobody_pinned_is_named(pinned: Command) -> None:
    assert pinned("rules", "taxi", "--version", "v9").err == (
        "mlmonitor: No baseline is pinned for version 'v9' of model 'taxi'; `mlmonitor pin` does.\n"
    )
    assert "for any version of model 'bus'" in pinned("rules", "bus").err


def test_a_baseline_of_an_older_version_has_none(mlmonitor: Command, folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    store.pin("taxi", "v1", Profile(rows=1).encode(), rows=1)
    said = mlmonitor("rules", "taxi")
    assert said.status == 2
    assert said.err == "mlmonitor: v1 of taxi was pinned before rules were learned; pin it again for them.\n"
