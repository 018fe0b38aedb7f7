"""One series over time, and the names of all there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages import series_page
from airflow_mlmonitor.pages.documents import ChartDocument, SeriesNames
from airflow_mlmonitor.pages.series_page import series, series_names
from airflow_mlmonitor.store import MemoryStore, MetricsStore, State
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, missing, quiet, saved
from tests.store.making import day, verdict

MONITOR = "flight_delay/check_features"


def chart(
    store: MetricsStore, metric: str = "null_share", column: str = "temp", **more: Any
) -> ChartDocument:
    document = series(store, monitor=more.pop("monitor", MONITOR), metric=metric, column=column, **more)
    conforms(document, ChartDocument)
    return document


def names(store: MetricsStore, **more: Any) -> SeriesNames:
    document = series_names(store, **more)
    conforms(document, SeriesNames)
    return document


def test_a_series_that_is_not_there_has_no_points(store: MetricsStore) -> None:
    document = chart(store)
    assert (document["history"], document["incidents"], document["events"]) == ([], [], [])
    assert (document["value_words"], document["expected_words"]) == ("—", "—")
    assert document["metric_words"] == "rows without temp"
    saved(store, 0)
    assert chart(store, "mean")["history"] == []
    assert chart(store)["unit"] == "share"


def test_points_carry_what_was_expected_of_them(store: MetricsStore) -> None:
    saved(store, 0)
    saved(store, 1, missing(value=0.36))
    document = chart(store)
    first, last = document["history"]
    assert (first["value"], first["lower"], first["upper"], first["status"]) == (0.01, 0.0, 0.1, "ok")
    assert (last["value"], last["status"], last["state"]) == (0.36, "fail", "alert")
    assert (last["window_start"], last["run_id"]) == ("2013-01-02T00:00:00+00:00", "scheduled__2013-01-02")
    assert (document["value_words"], document["expected_words"], document["unit"]) == (
        "36.0%",
        "0–10.0%",
        "share",
    )
    assert document["help"] == "Share of rows that have no value in this column."


def test_a_run_without_the_metric_is_a_gap_and_an_undefined_value_is_a_point_without_one(
    store: MetricsStore,
) -> None:
    saved(store, 0)
    saved(store, 1, quiet("dewp"))
    saved(
        store,
        2,
        verdict("null_share", None, "temp", scale="share", family="missing", why="there are no values"),
    )
    points = chart(store)["history"]
    assert [(point["window_start"][:10], point["value"]) for point in points] == [
        ("2013-01-01", 0.01),
        ("2013-01-03", None),
    ]


def test_the_last_ninety_runs_unless_a_span_is_named() -> None:
    store = MemoryStore()
    for number in range(400):
        saved(store, number)
    assert len(chart(store)["history"]) == 90
    begin, end = day(10).start, day(20).end
    assert [point["window_start"][:10] for point in chart(store, begin=begin, end=end)["history"]] == [
        f"2013-01-{number}" for number in range(11, 22)
    ]
    assert len(chart(store, begin=day(0).start)["history"]) == 400
    assert len(chart(store, end=day(4).end)["history"]) == 5
    assert chart(store, begin=day(500).start)["history"] == []
    naive = datetime(2013, 1, 11)
    assert chart(store, begin=naive, end=end) == chart(store, begin=begin, end=end)


def test_what_happened_meanwhile(store: MetricsStore) -> None:
    for number in range(12):
        bad = [missing()] if number in (2, 9) else []
        saved(store, number, *bad, model_version="v6" if number < 6 else "v7")
    document = chart(store)
    assert [
        (lane["opened_at"][:10], lane["resolved_at"] and lane["resolved_at"][:10])
        for lane in document["incidents"]
    ] == [
        ("2013-01-03", "2013-01-04"),
        ("2013-01-10", "2013-01-11"),
    ]
    assert [(event["at"][:10], event["label"]) for event in document["events"]] == [
        ("2013-01-07", "model v7")
    ]
    earlier = chart(store, end=day(5).end)
    assert [lane["id"] for lane in earlier["incidents"]] == [1]
    assert earlier["events"] == []
    assert [lane["id"] for lane in chart(store, begin=day(7).start)["incidents"]] == [2]


def test_slices_and_runs_marked_bad(store: MetricsStore) -> None:
    cut = verdict(
        "mean",
        0.03,
        "prediction",
        slice="origin=EWR",
        status=Status.FAIL,
        lower=0.1,
        upper=0.23,
        severity=2.0,
    )
    saved(store, 0, cut, verdict("mean", 0.1, "prediction"))
    store.mark(MONITOR, day(0), State.BAD, who="ana")
    document = chart(store, "mean", "prediction", slice="origin=EWR")
    (point,) = document["history"]
    assert (point["value"], point["state"]) == (0.03, "bad")
    assert document["metric_words"] == "mean of prediction, origin = EWR"
    assert (document["unit"], document["expected_words"]) == ("number", "0.1–0.23")


def test_a_series_that_came_later_is_known_at_once(store: MetricsStore) -> None:
    saved(store, 0)
    assert chart(store)["unit"] == "share"
    saved(store, 1, quiet(), verdict("rows", 981.0, None, scale="count", family="rows"))
    document = chart(store, "rows", "")
    assert (document["unit"], document["value_words"]) == ("count", "981")


def test_names_of_a_monitor_of_a_model_and_of_a_dag(store: MetricsStore) -> None:
    cut = verdict("mean", 0.03, "prediction", slice="origin=EWR")
    saved(store, 0, quiet(), cut, verdict("rows", 1.0, None), task="a")
    saved(store, 0, verdict("auc", 0.8, "chance", scale="share", family="quality"), task="b")
    saved(store, 0, quiet("salary"), model="other", dag_id="payroll")
    document = names(store, monitor="flight_delay/a")
    assert (document["monitors"], document["columns"]) == (["flight_delay/a"], ["prediction", "temp"])
    assert document["slices"] == ["origin"]
    assert [(one["name"], one["plain"]) for one in document["metrics"]] == [
        ("mean", "mean"),
        ("null_share", "missing"),
        ("rows", "rows"),
    ]
    assert {
        "monitor": "flight_delay/a",
        "metric": "mean",
        "column": "prediction",
        "slice": "origin=EWR",
    } in document["series"]
    both = names(store, dag_id=DAG)
    assert both == names(store, model="flight_delay")
    assert both["monitors"] == ["flight_delay/a", "flight_delay/b"]
    assert both["columns"] == ["chance", "prediction", "temp"]
    assert "salary" not in str(both)


def test_names_of_what_is_not_there(store: MetricsStore) -> None:
    assert names(store, dag_id="none") == {
        "monitors": [],
        "columns": [],
        "metrics": [],
        "slices": [],
        "series": [],
    }
    assert names(store, monitor="none")["series"] == []


@pytest.mark.parametrize("asked", [{}, {"monitor": "a", "dag_id": "b"}])
def test_one_thing_has_to_be_named(asked: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="Name one of monitor=, model= and dag_id="):
        series_names(MemoryStore(), **asked)


def test_a_check_that_broke_and_a_limit_without_metric_are_no_series(store: MetricsStore) -> None:
    broken = verdict("lost", None, None, status=Status.BROKEN, family="check", severity=1.0, said="gone")
    unmatched = verdict(
        "temp.nul_share", None, None, status=Status.BROKEN, family="bound", severity=1.0, said="no such"
    )
    saved(store, 0, broken, unmatched, quiet())
    assert [one["name"] for one in names(store, monitor=MONITOR)["metrics"]] == ["null_share"]


def test_values_of_private_columns_have_no_words(store: MetricsStore) -> None:
    hidden = "#3f4afb45d1631e50"
    saved(
        store,
        0,
        verdict(f"share:{hidden}", 0.3, "who", scale="share", family="category", slice=f"town={hidden}"),
    )
    assert hidden not in chart(store, f"share:{hidden}", "who", slice=f"town={hidden}")["metric_words"]
    (metric,) = names(store, monitor=MONITOR)["metrics"]
    assert metric["plain"] == "share of a private value"


def test_of_very_many_series_each_monitor_names_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_page, "MOST_SERIES", 20)
    store = MemoryStore()
    cuts = [verdict("mean", 1.0, f"c{number}", slice="origin=EWR") for number in range(30)]
    whole = [verdict("mean", 1.0, f"c{number}") for number in range(8)]
    saved(store, 0, *cuts, *whole, task="a")
    saved(store, 0, *cuts, *whole, task="b")
    document = names(store, dag_id=DAG)
    own = [one for one in document["series"] if one["monitor"] == "flight_delay/b"]
    assert len(document["series"]) == 20
    assert [one["slice"] for one in own] == [""] * 8 + ["origin=EWR"] * 2


def test_five_hundred_columns(store: MetricsStore) -> None:
    saved(store, 0, *(quiet(f"c{number}") for number in range(500)))
    saved(store, 1, *(quiet(f"c{number}") for number in range(500)))
    assert len(names(store, monitor=MONITOR)["columns"]) == 500
    assert len(chart(store, column="c499")["history"]) == 2


def test_hourly_runs_are_points_of_their_own() -> None:
    store, hour = MemoryStore(), timedelta(hours=1)
    for number in range(48):
        window = type(day(0))(day(0).start + number * hour, day(0).start + (number + 1) * hour)
        saved(store, 0, window=window, run_id=str(number))
    points = chart(store)["history"]
    assert len(points) == 48
    assert (points[1]["window_start"], points[1]["window_end"]) == (
        "2013-01-01T01:00:00+00:00",
        "2013-01-01T02:00:00+00:00",
    )


def test_ugly_names(store: MetricsStore) -> None:
    saved(store, 0, verdict("share:\x1b[31m", 0.1, "a\nb", slice="ü\x07=\t"), monitor="m\n")
    document = chart(store, "share:\x1b[31m", "a\nb", slice="ü\x07=\t", monitor="m\n")
    assert len(document["history"]) == 1
    assert document["metric_words"].isprintable()
    assert names(store, monitor="m\n")["series"][0]["column"] == "a\nb"
