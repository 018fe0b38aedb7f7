"""The page of a DAG run: all its monitors in pipeline order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.documents import DagRunPage, RunRowDocument
from airflow_mlmonitor.store import MetricsStore
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, join_failed, missing, quiet, saved
from tests.store.making import verdict

RUN = "scheduled__2013-01-02"
TASKS = ("check_flights", "check_weather", "check_features", "check_dependencies")


def shown(
    store: MetricsStore, run_id: str = RUN, *, dag_id: str = DAG, order: Sequence[str] = TASKS
) -> DagRunPage:
    document = dag_run_page(store, dag_id=dag_id, run_id=run_id, order=order)
    conforms(document, DagRunPage)
    return document


def row(document: DagRunPage, task_id: str) -> RunRowDocument:
    return next(one for one in document["monitors"] if one["task_id"] == task_id)


def test_a_run_that_the_store_does_not_know(store: MetricsStore) -> None:
    document = shown(store)
    assert (document["status"], document["monitors"], document["window_start"]) == ("none", [], None)


def test_monitors_stand_in_pipeline_order_and_the_first_failure_is_where_to_start(
    store: MetricsStore,
) -> None:
    # Saved and started in another order than that of the pipeline.
    saved(store, 1, missing(), task="check_features", minute=1)
    saved(store, 1, missing(), task="check_weather", minute=2)
    saved(store, 1, task="check_flights", minute=3)
    document = shown(store)
    assert [(one["position"], one["task_id"]) for one in document["monitors"]] == [
        (1, "check_flights"),
        (2, "check_weather"),
        (3, "check_features"),
    ]
    assert [one["start_here"] for one in document["monitors"]] == [False, True, False]
    assert document["headline"] == "2 of 3 monitors failed: check_weather and check_features."
    assert document["detail"] == "1 OK."
    by_start = shown(store, order=())
    assert [one["task_id"] for one in by_start["monitors"]] == [
        "check_features",
        "check_weather",
        "check_flights",
    ]
    assert by_start["monitors"][0]["start_here"]


def test_failures_of_one_cause_are_one_sentence(store: MetricsStore) -> None:
    saved(store, 1, missing(), task="check_weather", facts=join_failed(["temp", "dewp"]))
    saved(store, 1, missing("dewp"), task="check_features", facts=join_failed(["dewp", "humid"]))
    saved(store, 1, missing(status=Status.WARN), task="check_dependencies")
    saved(store, 1, task="check_flights")
    document = shown(store)
    assert document["headline"] == (
        "2 of 4 monitors failed, from one cause: "
        "the join that brings temp found no partner for one key (origin = EWR)."
    )
    assert document["cause"].startswith("the join that brings temp")
    assert document["detail"] == "1 with a warning: check_dependencies. 1 OK."


def test_failures_of_several_causes_are_named_one_by_one(store: MetricsStore) -> None:
    saved(store, 1, missing(), task="check_weather", facts=join_failed(["temp"], "origin = EWR"))
    saved(store, 1, missing("fare"), task="check_features", facts=join_failed(["fare"], "town = Ulm"))
    document = shown(store)
    assert document["headline"] == "2 of 2 monitors failed: check_weather and check_features."
    assert document["cause"] == ""


def test_a_cause_that_one_of_them_does_not_share_is_none(store: MetricsStore) -> None:
    saved(store, 1, missing(), task="check_weather", facts=join_failed())
    saved(store, 1, missing(), task="check_features")
    assert shown(store)["cause"] == ""
    saved(store, 1, missing(), task="check_features", facts={"causes": "no JSON at all"})
    assert shown(store)["cause"] == ""


def test_a_single_failure_says_what_it_found_and_why_probably(store: MetricsStore) -> None:
    saved(store, 1, missing(), missing("dewp"), quiet("fare"), task="check_weather", facts=join_failed())
    saved(store, 1, task="check_flights")
    document = shown(store)
    assert (
        document["headline"]
        == "1 of 2 monitors failed: check_weather (temp and dewp, missing in 36.0% of 981 rows)."
    )
    assert document["cause"].startswith("the join that brings temp")
    assert (
        row(document, "check_weather")["sentence"]
        == "temp and dewp: missing in 36.0% of 981 rows; 1 more finding."
    )
    assert row(document, "check_weather")["metrics"] == 3
    assert row(document, "check_weather")["ratio"] == 3.5
    assert row(document, "check_flights")["ratio"] == 0.25


def test_its_incident_is_the_one_to_read_first(store: MetricsStore) -> None:
    saved(store, 0, missing(status=Status.WARN), task="check_flights")
    saved(store, 1, missing(status=Status.WARN), task="check_flights")
    saved(store, 1, missing(status=Status.FAIL), task="check_weather")
    document = shown(store)
    assert document["incident"] is not None
    assert document["incident"]["monitor"] == "flight_delay/check_weather"
    assert document["incident"]["dag_id"] == DAG
    store.acknowledge(document["incident"]["id"], who="ana")
    again = shown(store)["incident"]
    assert again is not None
    assert again["monitor"] == "flight_delay/check_flights"


def test_a_quiet_run_has_no_incident_though_the_monitor_had_one(store: MetricsStore) -> None:
    saved(store, 0, missing())
    saved(store, 1)
    assert shown(store)["incident"] is None


def test_what_quiet_runs_say(store: MetricsStore) -> None:
    age = verdict("model_age_days", 48.0, None, family="staleness", scale="log", upper=90.0)
    many = [quiet(f"c{number}") for number in range(20)]
    saved(store, 1, *many, task="check_features", rows=988)
    saved(store, 1, age, task="check_staleness", rows=0)
    saved(store, 1, verdict(status=Status.LEARNING), task="check_latency", rows=1)
    said = {one["task_id"]: one["sentence"] for one in shown(store)["monitors"]}
    assert said == {
        "check_features": "988 rows, as usual.",
        "check_staleness": "Age of the model in days 48, expected at most 90.",
        "check_latency": "1 row; still learning what is usual.",
    }


def test_labels_that_are_late_make_a_monitor_wait(store: MetricsStore) -> None:
    def labels(share: float) -> list:  # type: ignore[type-arg]
        auc = verdict(
            "auc",
            0.8 if share else None,
            "chance",
            scale="share",
            family="quality",
            why=None if share else "there are no labels",
        )
        return [verdict("labelled_share", share, "chance", scale="share", family="quality"), auc]

    saved(store, 0, *labels(1.0), task="quality")
    saved(store, 1, *labels(0.0), task="quality")
    saved(store, 1, task="check_flights")
    document = shown(store)
    waiting = row(document, "quality")
    assert waiting["status"] == "waiting"
    assert waiting["sentence"] == "No labels yet for Wed 2 Jan 2013; last judged: Tue 1 Jan 2013, OK."
    assert waiting["ratio"] is None
    assert document["headline"] == "Nothing unusual: 1 of 2 monitors is OK, 1 is waiting for labels."
    assert row(shown(store, "scheduled__2013-01-01"), "quality")["status"] == "ok"


def test_labels_that_never_came(store: MetricsStore) -> None:
    saved(
        store,
        1,
        verdict("challenger.labelled_share", 0.0, "chance", scale="share", family="quality"),
        task="q",
    )
    (only,) = shown(store)["monitors"]
    assert only["sentence"] == "No labels yet for Wed 2 Jan 2013; no run has been judged so far."


def test_missing_labels_that_are_a_finding_are_a_finding(store: MetricsStore) -> None:
    late = verdict(
        "labelled_share",
        0.0,
        "chance",
        scale="share",
        family="quality",
        status=Status.WARN,
        lower=0.9,
        severity=2.0,
        said="no labels",
    )
    saved(store, 1, late, task="quality")
    assert shown(store)["monitors"][0]["status"] == "warn"


def test_a_strip_ends_with_the_run_itself(store: MetricsStore) -> None:
    for number in range(40):
        saved(store, number, *([missing()] if number == 20 else []))
    (only,) = shown(store, "scheduled__2013-02-05")["monitors"]
    assert len(only["strip"]) == 30
    assert only["strip"][-1]["run_id"] == "scheduled__2013-02-05"
    assert only["strip"][-16]["status"] == "fail"
    (first,) = shown(store, "scheduled__2013-01-02")["monitors"]
    assert [cell["run_id"] for cell in first["strip"]] == ["scheduled__2013-01-01", "scheduled__2013-01-02"]


def test_a_broken_check_says_so(store: MetricsStore) -> None:
    broken = verdict(
        "lost", None, None, status=Status.BROKEN, family="check", severity=1.0, said="model.bin is gone"
    )
    saved(store, 1, broken, task="check_features")
    document = shown(store)
    assert document["headline"] == "check_features could not check: check lost, model.bin is gone."
    assert document["monitors"][0]["sentence"] == "check lost: model.bin is gone."


def test_mapped_instances_each_have_a_row(store: MetricsStore) -> None:
    for index in range(3):
        saved(store, 1, task="check", monitor=f"m{index}", map_index=2 - index)
    assert [one["map_index"] for one in shown(store, order=["check"])["monitors"]] == [0, 1, 2]


def test_data_and_version_are_those_of_most_monitors(store: MetricsStore) -> None:
    saved(store, 1, task="a", model_version="v7")
    saved(store, 1, task="b", model_version="v7")
    saved(store, 0, task="quality", run_id=RUN)
    document = shown(store)
    assert (document["window_start"], document["window_end"]) == (
        "2013-01-02T00:00:00+00:00",
        "2013-01-03T00:00:00+00:00",
    )
    assert document["model_version"] == "v7"


def test_five_hundred_columns_are_one_row(store: MetricsStore) -> None:
    wide = [missing(f"c{number}", value=0.3 + number / 10_000) for number in range(500)]
    saved(store, 1, *wide, task="wide", facts=join_failed([f"c{number}" for number in range(500)]))
    (only,) = shown(store)["monitors"]
    assert only["metrics"] == 500
    assert only["sentence"].endswith("; 499 more findings.")


def test_ugly_names(store: MetricsStore) -> None:
    saved(store, 1, missing("a\nb\u2028"), task="t\nk", dag_id="d\u202e", run_id="r/ü?&\n")
    document = shown(store, "r/ü?&\n", dag_id="d\u202e")
    assert len(document["monitors"]) == 1


def test_other_runs_and_other_dags_are_not_shown(store: MetricsStore) -> None:
    saved(store, 1, missing(), task="secret", dag_id="payroll", run_id=RUN)
    saved(store, 1, task="check_flights")
    saved(store, 2, missing(), task="check_flights")
    document = shown(store)
    assert [one["task_id"] for one in document["monitors"]] == ["check_flights"]
    assert document["incident"] is None


@pytest.mark.parametrize("last", [1, 3])
def test_the_number_of_reads_grows_with_neither_monitors_nor_runs(
    store: MetricsStore, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    for number in range(last + 1):
        for task in TASKS:
            saved(store, number, task=task)
    asked: list[str] = []
    depth: list[str] = []
    one = [
        "runs",
        "run",
        "alerts",
        "incidents",
        "verdicts",
        "history",
        "facts",
        "status_counts",
        "series",
        "series_of",
    ]
    many = [f"{name}_of_runs" for name in ("alerts", "facts", "status_counts", "verdicts")]
    for name in (*one, *many):
        own = getattr(store, name)

        def count(*given: Any, _own: Any = own, _name: str = name, **more: Any) -> Any:
            asked.extend([] if depth else [_name])  # what a store in memory asks of itself is no read
            depth.append(_name)
            try:
                return _own(*given, **more)
            finally:
                depth.pop()

        monkeypatch.setattr(store, name, count)
    shown(store, f"scheduled__2013-01-0{last + 1}")
    assert sorted(asked) == sorted(["incidents", "runs", "runs", "series_of", *many])
