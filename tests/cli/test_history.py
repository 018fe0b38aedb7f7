from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.cli.history import sparkline
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command

FIRST = datetime(2013, 2, 1, tzinfo=UTC)


def keep(
    store: SqlStore, day: int, share: float | None, *, monitor: str = "taxi/skew", slice_: str = ""
) -> None:
    """Save a run of one day in which a share of one column was measured."""
    found = share is not None and share > 0.1
    window = Window(FIRST + timedelta(days=day), FIRST + timedelta(days=day + 1))
    metric = Metric(
        name="null_share",
        value=share,
        column="temp",
        scale="share",
        slice=slice_,
        why=None if share is not None else "there were no rows",
    )
    verdict = Verdict(
        metric=metric,
        status=Status.FAIL if found else Status.OK,
        lower=0.0,
        upper=0.012,
        severity=3.0 if found else 0.0,
        why="missing" if found else "",
    )
    rows = Verdict(metric=Metric(name="rows", value=900.0 + day, scale="count"), status=Status.OK)
    store.save(
        Report(
            monitor=monitor,
            model="taxi",
            model_version="v3",
            window=window,
            verdicts=(verdict, rows),
            rows=900 + day,
            tags=Tags(dag_id="taxi", task_id=monitor.partition("/")[2], run_id=f"run{day}"),
            started=FIRST,
        )
    )


@pytest.fixture
def store(folder: Path) -> SqlStore:
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day, share in enumerate((0.0, 0.01, None, 0.318)):
        keep(store, day, share)
    return store


@pytest.mark.usefixtures("store")
def test_a_history_reads_like_this(mlmonitor: Command) -> None:
    said = mlmonitor("history", "taxi", "null_share", "--column", "temp")
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "null_share of temp: taxi/skew\n"
        "▁▁ █  0% to 31.8%; 4 runs, 1 finding\n"
        "\n"
        "Window      Value  Expected  Status  State  Version\n"
        "2013-02-01     0%  0–1.2%    OK      clean  v3\n"
        "2013-02-02   1.0%  0–1.2%    OK      clean  v3\n"
        "2013-02-03      —  0–1.2%    OK      clean  v3\n"
        "2013-02-04  31.8%  0–1.2%    Failed  alert  v3\n"
    )


@pytest.mark.usefixtures("store")
def test_json_has_every_point(mlmonitor: Command) -> None:
    document = mlmonitor("history", "taxi", "rows", "--json").json
    assert (document["model"], document["metric"], document["column"]) == ("taxi", "rows", None)
    points = document["monitors"]["taxi/skew"]
    assert [point["value"] for point in points] == [900, 901, 902, 903]
    assert points[-1] == {
        "start": "2013-02-04T00:00:00+00:00",
        "end": "2013-02-05T00:00:00+00:00",
        "value": 903.0,
        "lower": None,
        "upper": None,
        "expected": None,
        "status": "ok",
        "state": "alert",
        "model_version": "v3",
        "rows": 903,
    }


@pytest.mark.usefixtures("store")
def test_asof_hides_what_was_not_known_yet_and_last_limits(mlmonitor: Command) -> None:
    def days(*options: str) -> list[str]:
        document = mlmonitor("history", "taxi", "rows", "--json", *options).json
        return [point["start"][:10] for point in document["monitors"]["taxi/skew"]]

    assert days("--asof", "2013-02-03") == ["2013-02-01", "2013-02-02"]
    assert days("--last", "2") == ["2013-02-03", "2013-02-04"]


def test_several_monitors_of_a_model_are_shown_one_after_the_other(
    mlmonitor: Command, store: SqlStore
) -> None:
    keep(store, 9, 0.5, monitor="taxi/labels")
    said = mlmonitor("history", "taxi", "null_share", "--column", "temp")
    headings = [line for line in said.out.splitlines() if line.startswith("null_share of temp: ")]
    assert headings == ["null_share of temp: taxi/labels", "null_share of temp: taxi/skew"]
    chosen = mlmonitor(
        "history", "taxi", "null_share", "--column", "temp", "--monitor", "taxi/labels", "--json"
    )
    assert list(chosen.json["monitors"]) == ["taxi/labels"]


def test_a_slice_has_a_history_of_its_own(mlmonitor: Command, store: SqlStore) -> None:
    keep(store, 5, 0.25, slice_="origin=EWR")
    options = ("null_share", "--column", "temp", "--slice", "origin=EWR")
    said = mlmonitor("history", "taxi", *options)
    assert said.out.startswith("null_share of temp where origin=EWR: taxi/skew\n")
    assert [
        point["value"]
        for point in mlmonitor("history", "taxi", *options, "--json").json["monitors"]["taxi/skew"]
    ] == [0.25]


@pytest.mark.usefixtures("store")
def test_a_misspelt_metric_is_answered_with_the_nearest(mlmonitor: Command) -> None:
    said = mlmonitor("history", "taxi", "nul_share", "--column", "temp")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "mlmonitor: No value of nul_share of temp is stored for taxi/skew; there are null_share of temp.\n"
    )


@pytest.mark.usefixtures("store")
def test_an_unknown_model_is_named(mlmonitor: Command) -> None:
    said = mlmonitor("history", "bus", "rows")
    assert said.status == 2
    assert "No run of model 'bus' is stored; `mlmonitor runs` lists what there is." in said.err


def test_the_smallest_and_the_largest_value_span_the_sparkline() -> None:
    assert sparkline([0.0, 0.5, 1.0]) == "▁▅█"
    assert sparkline([3.0, 3.0, None]) == "▁▁ "
    assert sparkline([]) == ""
