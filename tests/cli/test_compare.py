from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pytest

from tests.cli.conftest import Command, Parquet

ROWS = 600
FARES = [10 + (index * 37 % 101) / 7 for index in range(ROWS)]
TOWNS = ["Ulm" if index % 3 else "Bonn" for index in range(ROWS)]


@pytest.fixture
def train(parquet: Parquet) -> str:
    return parquet("train.parquet", fare=FARES, town=TOWNS, visits=[index % 7 for index in range(ROWS)])


@pytest.fixture
def served(parquet: Parquet) -> str:
    """Fares went up, and a third of the visits got lost."""
    return parquet(
        "served.parquet",
        fare=[fare + 13 for fare in FARES],
        town=TOWNS,
        visits=[None if index % 3 == 0 else index % 7 for index in range(ROWS)],
    )


def test_files_that_are_alike_are_quiet(mlmonitor: Command, train: str) -> None:
    said = mlmonitor("compare", train, train)
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "Nothing unusual in 600 rows (train.parquet against train.parquet, 600 rows against 600).\n"
        "\n"
        "Quiet: 3 columns (fare, town, visits).\n"
    )


def test_the_most_unusual_column_comes_first_and_quiet_ones_take_one_line(
    mlmonitor: Command, train: str, served: str
) -> None:
    said = mlmonitor("compare", train, served)
    assert said.status == 1
    assert said.out.startswith("fare: values moved by about ")
    assert "(served.parquet against train.parquet, 600 rows against 600)." in " ".join(said.out.split())
    shown = [line.split()[:3] for line in said.out.splitlines() if "double" in line or "int64" in line]
    assert shown == [["fare", "double", "Warning"], ["visits", "int64", "Warning"]]
    assert "    missing in 33.3% of 600 rows; the baseline has 0%\n" in said.out
    assert said.out.endswith("\nQuiet: 1 column (town).\n")


def test_all_shows_a_row_for_quiet_columns_too(mlmonitor: Command, train: str) -> None:
    said = mlmonitor("compare", train, train, "--all")
    assert "Quiet" not in said.out
    assert [line.split()[:4] for line in said.out.splitlines()[3:]] == [
        ["fare", "double", "OK", "none"],
        ["town", "string", "OK", "none"],
        ["visits", "int64", "OK", "none"],
    ]


def test_json_has_every_metric_of_every_column_and_null_where_one_does_not_apply(
    mlmonitor: Command, train: str, served: str
) -> None:
    said = mlmonitor("compare", train, served, "--json")
    document = said.json
    assert (said.status, said.err) == (1, "")
    assert document["status"] == "warn"
    assert document["rows"] == {"reference": 600, "current": 600}
    assert list(document["columns"]) == ["fare", "visits", "town"]
    fare, town = document["columns"]["fare"], document["columns"]["town"]
    assert set(fare) == set(town)
    assert fare["type"] == "double"
    assert fare["status"] == "warn"
    assert fare["why"].startswith("values moved by about ")
    assert fare["ks_p"] < 1e-20
    assert fare["wasserstein_raw"] == pytest.approx(13.0, rel=1e-6)
    assert {name for name, value in fare.items() if value is None} == {"chi2", "chi2_p"}
    assert {name for name, value in town.items() if value is None} == {
        "ks",
        "ks_p",
        "wasserstein",
        "wasserstein_raw",
    }
    assert (town["status"], town["why"], town["findings"]) == ("ok", "", [])


def test_json_agrees_with_scipy_on_exact_data(mlmonitor: Command, train: str, served: str) -> None:
    from scipy import stats

    fare = mlmonitor("compare", train, served, "--json").json["columns"]["fare"]
    higher = [value + 13 for value in FARES]
    assert fare["ks"] == pytest.approx(stats.ks_2samp(FARES, higher).statistic, abs=1e-12)
    assert fare["wasserstein_raw"] == pytest.approx(stats.wasserstein_distance(FARES, higher), rel=1e-9)


def test_columns_gone_new_changed_and_empty_appear_with_their_reason(
    mlmonitor: Command, parquet: Parquet
) -> None:
    before = parquet("a.parquet", same=[1, 2], old=[1.5, 2.5], kind=[1, 2], full=["x", "y"])
    after = parquet(
        "b.parquet", same=[1, 2], new=[1.5, 2.5], kind=["1", "2"], full=pa.array([None, None], pa.string())
    )
    said = mlmonitor("compare", before, after, "--json")
    columns = said.json["columns"]
    assert {name: (column["type"], column["status"], column["why"]) for name, column in columns.items()} == {
        "old": ("double", "fail", "the column is gone; it was double"),
        "kind": ("string", "fail", "was int64, is string"),
        "full": ("string", "fail", columns["full"]["why"]),
        "new": ("double", "warn", "a new column, double"),
        "same": ("int64", "ok", ""),
    }
    assert columns["full"]["why"].startswith("all 2 rows are null")
    assert said.json["status"] == "fail"


def test_a_column_that_cannot_be_evaluated_says_why_and_stays_quiet(
    mlmonitor: Command, parquet: Parquet
) -> None:
    lists = parquet("lists.parquet", route=[[1.0], [2.0]], fare=[1.0, 2.0])
    said = mlmonitor("compare", lists, lists, "--json")
    route = said.json["columns"]["route"]
    assert said.status == 0
    assert (route["status"], route["ks"]) == ("ok", None)
    assert "is not evaluated" in route["why"]
    said = mlmonitor("compare", lists, lists)
    assert "\nQuiet: 2 columns (route, fare).\n    route: list" in said.out


def test_no_rows_is_a_finding_and_nothing_else_is_called_fine(
    mlmonitor: Command, parquet: Parquet, train: str
) -> None:
    empty = parquet("empty.parquet", fare=pa.array([], pa.float64()), town=pa.array([], pa.string()))
    said = mlmonitor("compare", train, empty, "--columns", "fare,town")
    assert said.status == 1
    assert said.out.startswith("no rows, expected at least 1 (empty.parquet against train.parquet, 0 rows")
    document = mlmonitor("compare", train, empty, "--columns", "fare,town", "--json").json
    assert document["table"][0]["why"] == "no rows"
    assert {column["status"] for column in document["columns"].values()} == {"broken"}


def test_all_null_columns_and_infinite_values_give_strict_json(mlmonitor: Command, parquet: Parquet) -> None:
    odd = parquet(
        "odd.parquet", a=pa.nulls(3), b=[math.inf, math.nan, 1.0], c=pa.array([None] * 3, pa.float64())
    )
    said = mlmonitor("compare", odd, odd, "--json")
    assert said.status == 0
    assert set(said.json["columns"]) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("reference", "current", "complaint"),
    [
        ("nowhere.parquet", "train.parquet", "nowhere.parquet does not exist"),
        ("train.parquet", "broken.parquet", "broken.parquet cannot be read as parquet"),
        ("train.parquet", "other.parquet", "train.parquet and other.parquet have no column in common"),
        ("empty.parquet", "train.parquet", "empty.parquet has no rows, so there is nothing to compare with"),
        ("model@v3", "train.parquet", "There is no metrics store at"),
    ],
)
def test_what_cannot_be_compared_gives_one_clear_line(
    mlmonitor: Command,
    parquet: Parquet,
    train: str,
    folder: Path,
    reference: str,
    current: str,
    complaint: str,
) -> None:
    (folder / "broken.parquet").write_bytes((folder / train).read_bytes()[:900])
    parquet("other.parquet", p=[1], q=[2])
    parquet("empty.parquet", fare=pa.array([], pa.float64()))
    said = mlmonitor("compare", reference, current, "--json")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"mlmonitor: {complaint}")
    assert said.err.count("\n") == 1


def test_one_file_can_be_compared_with_itself_at_another_time(mlmonitor: Command, parquet: Parquet) -> None:
    moments = [f"2013-02-{1 + index % 10:02d}T12:00:00" for index in range(ROWS)]
    both = parquet("both.parquet", when=moments, fare=[5.0 if "-10T" in text else 1.0 for text in moments])
    windows = ("--reference-window", "2013-02-01/2013-02-10", "--window", "2013-02-10")
    said = mlmonitor("compare", both, both, "--timestamp", "when", *windows, "--json")
    assert said.json["rows"] == {"reference": 540, "current": 60}
    assert said.json["columns"]["fare"]["ks"] == 1.0
    refused = mlmonitor("compare", both, both, *windows)
    assert refused.status == 2
    assert "name the column that says when, --timestamp COLUMN" in refused.err


def test_a_condition_and_columns_choose_what_is_compared(mlmonitor: Command, train: str, served: str) -> None:
    said = mlmonitor("compare", train, served, "--where", "town = 'Ulm'", "--columns", "fare", "--json")
    assert said.json["rows"] == {"reference": 400, "current": 400}
    assert list(said.json["columns"]) == ["fare"]


def test_a_pinned_baseline_is_a_reference(mlmonitor: Command, train: str, served: str) -> None:
    assert mlmonitor("pin", "taxi", "v3", train).status == 0
    files = mlmonitor("compare", train, served, "--json").json
    for name in ("taxi@v3", "taxi@"):
        pinned = mlmonitor("compare", name, served, "--json").json
        assert pinned["reference"] == "taxi@v3"
        assert pinned["columns"] == files["columns"], "small enough to be stored exactly"
    chosen = mlmonitor("compare", "taxi@v3", served, "--columns", "visits", "--json").json
    assert list(chosen["columns"]) == ["visits"]


def test_an_unknown_version_is_named(mlmonitor: Command, train: str) -> None:
    mlmonitor("pin", "taxi", "v3", train)
    said = mlmonitor("compare", "taxi@v4", train)
    assert said.status == 2
    assert "no baseline is pinned for version 'v4' of model 'taxi'" in said.err


def test_a_file_may_have_an_at_sign_in_its_name(mlmonitor: Command, parquet: Parquet) -> None:
    named = parquet("a@b.parquet", fare=FARES)
    assert mlmonitor("compare", named, named).status == 0


def test_private_values_do_not_show(mlmonitor: Command, parquet: Parquet) -> None:
    before = parquet("a.parquet", town=["Ulm"] * 300)
    after = parquet("b.parquet", town=["Ulm"] * 100 + ["Bonn"] * 200)
    assert "Bonn" in mlmonitor("compare", before, after).out
    for form in ((), ("--json",), ("--all",)):
        said = mlmonitor("compare", before, after, "--private", "town", *form)
        assert said.status == 1
        assert "Bonn" not in said.out


def test_names_written_to_mislead_stay_on_their_line(mlmonitor: Command, parquet: Parquet) -> None:
    named = parquet("a.parquet", **{"fare\nOK\x1b[2J": FARES})
    after = parquet("b.parquet", **{"fare\nOK\x1b[2J": [fare + 9 for fare in FARES]})
    said = mlmonitor("compare", named, after)
    assert "\x1b" not in said.out
    assert "fare\\nOK\\x1b[2J" in said.out
