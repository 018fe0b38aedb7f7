"""Every example runs on real flights: a week of March 2013, in which one airport's weather is missing for a day."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.data.invariants import read_suite
from airflow_mlmonitor.operators import ProfileOperator
from demo import flights

EXAMPLES = Path(__file__).parents[2] / "dags" / "examples"
NUMBERS = count()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flights")
    flights.prepare(folder)
    return folder


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, data: Path, store: Any) -> Any:
    """The DAG of an example, reading the flights."""
    monkeypatch.setenv("MLMONITOR_EXAMPLES_DATA", str(data))

    def load(name: str) -> DAG:
        bag = DagBag(EXAMPLES / f"{name}.py")
        assert bag.import_errors == {}
        return bag.dags[name]

    return load


def morning_after(day: Any) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1)


def pin(run_dag: Any, data: Path, columns: tuple[str, ...], split: timedelta | None = None) -> None:
    with DAG(f"training_{next(NUMBERS)}", schedule=None) as dag:
        ProfileOperator(
            task_id="pin",
            model="flight_delay",
            source=Files(str(data / "training.parquet"), columns=columns, timestamp="scheduled"),
            pin="v1",
            split=split,
        )
    assert run_dag(dag, "manual", datetime(2013, 3, 1, tzinfo=UTC)).state("pin") == "success"


def test_one_skew_check_stops_the_scoring_of_the_day_without_weather(run_dag, example, data):
    dag = example("one_skew_check")
    pin(run_dag, data, ("distance", "carrier", "origin", "seats", "temp", "visib"), split=timedelta(days=1))
    week = flights.WEEK[:5]
    runs = {day: run_dag(dag, "scheduled", morning_after(day)) for day in week}
    scored = [day for day, run in runs.items() if run.state("score") == "success"]
    faulty = runs[flights.FAULTY_DAY]
    assert scored == [day for day in week if day != flights.FAULTY_DAY]
    assert (faulty.state("skew"), faulty.state("score")) == ("failed", "upstream_failed")
    found = faulty.xcom("skew")["findings"]
    assert {finding["column"] for finding in found if finding["metric"] == "null_share"} == {"temp", "visib"}


def test_several_checks_find_the_missing_airport_and_are_answered_from_one_read(run_dag, example, capsys):
    dag = example("several_checks")
    runs = {day: run_dag(dag, "scheduled", morning_after(day)) for day in flights.WEEK[:4]}
    assert [run.state("delivered") for run in runs.values()] == ["success"] * 3 + ["failed"]
    assert capsys.readouterr().out.count("Reading ") == 4
    found = runs[flights.FAULTY_DAY].xcom("delivered")["findings"]
    assert (found[0]["metric"], found[0]["why"]) == ("rows", "rows is 48; the bound is at least 66")


def test_own_checks_give_metrics_like_any_other(run_dag, example, store):
    dag = example("own_check")
    runs = [run_dag(dag, "scheduled", morning_after(day)) for day in flights.WEEK[:3]]
    assert [run.state("carriers") for run in runs] == ["success"] * 3
    history = store.history("flight_delay/carriers", asof=morning_after(flights.WEEK[3]))
    assert [round(value, 1) for value in history.values("flights_per_carrier")] == [65.3, 69.0, 69.6]
    assert list(history.values("carriers_lost")) == [1.0, 1.0]
    assert len(history.values("spread", "distance")) == 3


def test_history_decides_on_training_again_after_three_warm_days(run_dag, example, data):
    dag = example("retrain_on_history")
    pin(run_dag, data, ("temp",))
    states = [run_dag(dag, "scheduled", morning_after(day)).state("retrain") for day in flights.WEEK[:4]]
    assert states == ["skipped", "skipped", "success", "skipped"]


def test_history_decides_in_a_backfill_as_it_would_have_decided_then(run_dag, example, data):
    dag = example("retrain_on_history")
    pin(run_dag, data, ("temp",))
    backwards = [
        run_dag(dag, "backfill", morning_after(day)).state("retrain") for day in reversed(flights.WEEK[:3])
    ]
    assert backwards == ["skipped"] * 3


def test_prediction_quality_waits_for_the_arrivals_and_looks_at_every_airport(run_dag, example, store):
    dag = example("prediction_quality")
    days = [day + timedelta(days=1) for day in flights.WEEK]
    states = [run_dag(dag, "scheduled", morning_after(day)).state("quality") for day in days]
    assert states[:3] == ["success"] * 3
    history = store.history("flight_delay/quality", asof=morning_after(days[-1]))
    assert [str(run.window.start.date()) for run in history.runs] == [str(day) for day in flights.WEEK]
    auc = history.values("auc", "chance")
    assert len(auc) == 7
    assert 0.5 < auc.min() < auc.max() < 0.8
    assert 0.8 < history.values("labelled_share", "chance").min() < 1
    gaps = history.values("auc_gap", "chance", "origin=*")
    at_newark = history.values("auc", "chance", "origin=EWR")
    assert len(gaps) == len(at_newark) == 7
    assert gaps.min() > 0


def publish(data: Path, limit: int, *, promoted: bool = True) -> None:
    """Publish a model, its checksum and its settings, as another team would."""
    training = pd.read_parquet(data / "training.parquet", columns=["sched_dep_time", "late"])
    late = training["late"].groupby(training["sched_dep_time"] // 100).mean() * (1 if promoted else 0.5)
    (data / "published").mkdir(exist_ok=True)
    model = data / "published" / "model.json"
    model.write_text(json.dumps({str(hour): share for hour, share in late.items()}))
    if promoted:
        (data / "published" / "SHA256SUMS").write_text(
            f"{hashlib.sha256(model.read_bytes()).hexdigest()}  model.json\n"
        )
    (data / "published" / "settings.yaml").write_text(f"late_after_minutes: {limit}\npublished: today\n")


def test_dependency_changes_stop_a_model_that_was_not_promoted(run_dag, example, data):
    dag = example("dependency_changes")
    runs = []
    for day, (limit, promoted) in zip(
        flights.WEEK, [(15, True), (15, True), (20, True), (15, False)], strict=False
    ):
        publish(data, limit, promoted=promoted)
        runs.append(run_dag(dag, "scheduled", morning_after(day)))
    assert [run.state("score") for run in runs] == ["success"] * 3 + ["upstream_failed"]
    assert [run.xcom("upstream")["status"] for run in runs] == ["ok", "ok", "warn", "fail"]
    said = [finding["why"] for finding in runs[2].xcom("upstream")["findings"]]
    assert said == [
        "late_after_minutes was 15, is 20; last as it was in the run of 2013-03-12, unchanged since 2013-03-11"
    ]
    assert (
        runs[3]
        .xcom("upstream")["findings"][0]["why"]
        .startswith("the wrong model is in production: the promoted one has sha256 ")
    )


def test_numerical_stability_stops_the_day_whose_training_exploded(run_dag, example, store, capsys):
    dag = example("numerical_stability")
    runs = [run_dag(dag, "scheduled", morning_after(day)) for day in flights.WEEK[:3]]
    assert [run.state("stability") for run in runs] == ["success"] * 3
    history = store.history("flight_delay/stability", asof=morning_after(flights.WEEK[3]))
    assert 0.1 < history.values("final_loss", "val_loss").max() < 0.2
    assert 0 < history.values("weight_change", "coefficients").min() < 0.5
    exploded = run_dag(dag, "scheduled", morning_after(flights.WEEK[3]), standardise=False)
    assert "Likely: the training that made the model diverged." in capsys.readouterr().out
    assert exploded.state("stability") == "failed"
    found = {(one["column"], one["metric"]): one["why"] for one in exploded.xcom("stability")["findings"]}
    assert found["loss", "diverged"] == (
        "loss rose from 0.212 to 2.29e295 between steps 0 and 27, then infinite"
    )
    assert found["coefficients", "nonfinite_weights"] == "NaN in 4 of 4 numbers of coefficients"
    assert found["score", "nan_share"] == "missing in 982 of 982 rows"


def test_feature_parity_holds_the_log_of_serving_against_the_training_pipeline(run_dag, example, store):
    dag = example("feature_parity")
    states = [run_dag(dag, "scheduled", morning_after(day)).state("parity") for day in flights.WEEK[:2]]
    assert states == ["success"] * 2
    history = store.history("flight_delay/parity", asof=morning_after(flights.WEEK[2]))
    assert history.values("joined_rows").min() > 800
    assert history.values("mismatch_share", "temp").max() == 0
    assert history.values("missing_in_serving_share").max() == 0


def test_model_staleness_finds_the_airport_that_still_has_the_old_version(run_dag, example, data):
    dag = example("model_staleness")
    log = ["version,trained_at,training_data_until,promoted_at", "v1,2013-03-01,2013-02-28,2013-03-02"]
    served, runs = dict.fromkeys(("EWR", "JFK", "LGA"), "v1"), []
    for number, day in enumerate(flights.WEEK[:4]):
        if number == 1:
            log.append(f"v2,{flights.WEEK[0]},2013-03-10,{flights.WEEK[0]}")
            served |= {"EWR": "v2", "JFK": "v2"}
        if number == 3:
            served |= {"LGA": "v2"}
        (data / "trainings.csv").write_text("\n".join(log))
        (data / "loaded.csv").write_text("\n".join(["origin,version", *map(",".join, served.items())]))
        runs.append(run_dag(dag, "scheduled", morning_after(day)))
    assert [run.state("staleness") for run in runs] == ["success"] * 4
    found = [[finding["why"] for finding in run.xcom("staleness")["findings"]] for run in runs]
    assert found[0] == [
        "v1 was trained on 1 March, 11 days before the end of the window; at most 10 days are allowed"
    ]
    assert found[1] == found[2] == ["v2 was promoted on 11 March, but 31% of rows are still scored by v1"]
    assert found[3] == []


def test_a_suite_is_held_against_every_day_and_the_training_data(run_dag, example, store):
    dag = example("feature_invariants")
    runs = {day: run_dag(dag, "scheduled", morning_after(day)) for day in flights.WEEK[:4]}
    assert [run.state("invariants") for run in runs.values()] == ["success"] * 4
    assert [len(run.xcom("invariants")["findings"]) for run in runs.values()][:3] == [0, 0, 0]
    found = {
        one["metric"].partition(".")[0]: one
        for one in runs[flights.FAULTY_DAY].xcom("invariants")["findings"]
    }
    missing = found["column_values_to_not_be_null"]
    assert missing["status"] == "warn"
    assert "rows break 'column values to not be null'" in missing["why"]
    history = store.history("flight_delay/invariants", asof=morning_after(flights.WEEK[4]))
    (regex,) = [
        one for one in read_suite(str(EXAMPLES / "flight_features.yaml")) if one.type.endswith("match_regex")
    ]
    name = f"{regex.name}.unexpected_share"
    assert list(history.values(name, "carrier")) == [0.0] * 4
    assert len(history.values(name, "carrier", "rows=training")) == 4


def test_one_page_tells_of_both_monitors_and_the_run_stays_red(run_dag, example, data):
    dag = example("run_report")
    runs = {day: run_dag(dag, "scheduled", morning_after(day)) for day in flights.WEEK[2:4]}
    quiet, faulty = runs.values()
    assert [quiet.state(name) for name in ("check_flights", "check_weather", "report")] == ["success"] * 3
    assert [faulty.state(name) for name in ("check_flights", "check_weather", "report")] == [
        *("success", "failed", "failed")
    ]
    page = (data / "reports" / f"{flights.FAULTY_DAY}.html").read_text("utf-8")
    assert (
        page.index(">check_flights</")
        < page.index("start here")
        < page.index(">flight_delay/check_weather</h2>")
    )
    assert "check_weather" in faulty.xcom("report")["headline"]
    assert (data / "reports" / f"weather_{flights.FAULTY_DAY}.html").exists()
