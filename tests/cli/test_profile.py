from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.cli.conftest import Command, Parquet


@pytest.fixture
def flights(parquet: Parquet) -> str:
    return parquet(
        "flights.parquet",
        carrier=["UA", "UA", "B6", None],
        delay=pa.array([1.5, float("nan"), float("inf"), 3.5]),
        when=[datetime(2013, 2, day, tzinfo=UTC) for day in (7, 8, 8, 9)],
        route=[[1], [2], [3], [4]],
    )


def test_a_profile_reads_like_this(mlmonitor: Command, flights: str) -> None:
    said = mlmonitor("profile", flights)
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "flights.parquet: 4 rows, 4 columns\n"
        "\n"
        "Column   Type                   Missing  Distinct         Min        Mean         Max  Most frequent\n"
        "carrier  string                   25.0%         2                                      UA 66.7%, B6\n"
        "                                                                                       33.3%\n"
        "delay    double                      0%         2         1.5         2.5         3.5  1 NaN, 1\n"
        "                                                                                       infinite value\n"
        "when     timestamp[us, tz=UTC]       0%         3  2013-02-07  2013-02-08  2013-02-09\n"
        "route    list<element: int64>        0%         —\n"
        "\n"
        "route: list<element: int64> is not evaluated; spread it into columns of its own\n"
    )


def test_json_holds_what_each_kind_of_column_has(mlmonitor: Command, flights: str) -> None:
    said = mlmonitor("profile", flights, "--timestamp", "when", "--json")
    document = said.json
    assert (document["rows"], document["duplicates"]) == (4, 0.0)
    assert (document["first"], document["last"]) == ("2013-02-07T00:00:00+00:00", "2013-02-09T00:00:00+00:00")
    assert "not evaluated" in document["notes"]["route"]
    columns = document["columns"]
    assert columns["carrier"]["top"] == {"UA": 2, "B6": 1}
    assert columns["carrier"]["null_share"] == 0.25
    assert (columns["delay"]["nans"], columns["delay"]["infinite"], columns["delay"]["mean"]) == (1, 1, 2.5)
    assert columns["delay"]["quantiles"]["0.5"] in (1.5, 2.5, 3.5)
    assert columns["when"]["kind"] == "time"
    assert columns["route"]["kind"] == "unknown"


def test_the_span_of_the_timestamp_is_said(mlmonitor: Command, flights: str) -> None:
    said = mlmonitor("profile", flights, "--timestamp", "when", "--window", "2013-02-08")
    assert said.out.startswith(
        "flights.parquet: 2 rows, 4 columns, 2013-02-08 00:00 to 2013-02-08 00:00 UTC\n"
    )


def test_several_files_and_patterns_are_one_profile(mlmonitor: Command, folder: Path) -> None:
    for name, fare in (("a.csv", 1), ("b.csv", 2), ("c.csv", 3)):
        (folder / name).write_text(f"fare\n{fare}\n")
    assert mlmonitor("profile", "[ab].csv", "c.csv", "--json").json["columns"]["fare"]["mean"] == 2.0


def test_repeated_rows_are_said(mlmonitor: Command, parquet: Parquet) -> None:
    said = mlmonitor("profile", parquet("twice.parquet", fare=[1, 1, 2, 3]))
    assert "twice.parquet: 4 rows, 1 column, 25.0% of the rows repeat an earlier one\n" in said.out


def test_private_values_are_hashes(mlmonitor: Command, flights: str) -> None:
    for form in ((), ("--json",)):
        assert "UA" not in mlmonitor("profile", flights, "--private", "carrier", *form).out


def test_numbers_can_be_names(mlmonitor: Command, parquet: Parquet) -> None:
    file = parquet("airlines.parquet", airline=[7, 7, 9])
    assert mlmonitor("profile", file, "--categorical", "airline", "--json").json["columns"]["airline"][
        "top"
    ] == {
        "7": 2,
        "9": 1,
    }


def test_a_missing_column_is_named(mlmonitor: Command, flights: str) -> None:
    said = mlmonitor("profile", flights, "--columns", "carrier,nope")
    assert said.status == 2
    assert "'nope'" in said.err


def test_a_table_without_rows_is_a_table(mlmonitor: Command, parquet: Parquet) -> None:
    empty = parquet("empty.parquet", fare=pa.array([], pa.float64()))
    assert mlmonitor("profile", empty).out.startswith("empty.parquet: 0 rows, 1 column\n")
    assert mlmonitor("profile", empty, "--json").json["columns"]["fare"]["null_share"] is None
