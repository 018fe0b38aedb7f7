from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Consistency, Shape
from airflow_mlmonitor.data import Files, Frame, Pinned, Profile, Window
from airflow_mlmonitor.operators import MonitorOperator, ProfileOperator, TrainServeSkewOperator

NUMBERS = count()
NOW = datetime(2013, 2, 8, 14, 37, tzinfo=UTC)
EVER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def training(tmp_path: Path) -> Files:
    """A hundred flights on each of five days, one without a moment."""
    lines = [
        f"{hour % 24 + day},2013-01-0{day}T{hour % 24:02}:00" for day in range(1, 6) for hour in range(100)
    ]
    (tmp_path / "training.csv").write_text("\n".join(["delay,hour", *lines, "7,"]))
    return Files(f"{tmp_path}/training.csv", timestamp="hour")


def ran(run_dag: Any, **kwargs: Any) -> Any:
    with DAG(
        f"profiling_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)
    ) as dag:
        ProfileOperator(task_id="profile", model="flight_delay", **kwargs)
    return run_dag(dag, "manual", NOW)


def test_all_of_the_training_data_is_pinned(run_dag, store, training):
    run = ran(run_dag, source=training, pin="v{{ 1 + 2 }}")
    pin = store.pinned("flight_delay", "v3")
    assert pin is not None
    assert (pin.rows, Profile.decode(pin.profile)["delay"].max) == (501, 28)
    assert pin.label == training.label
    assert run.xcom("profile") == {
        "kept_as": "baseline v3 of flight_delay",
        "window": None,
        "rows": 501,
        "columns": 2,
        "parts": 0,
        "notes": {},
    }


def test_training_data_split_by_day_gives_monitors_a_past(run_dag, store, training):
    ran(run_dag, source=training, pin="v3", split=timedelta(days=1))
    pin = store.pinned("flight_delay")
    days = store.profiles(pin.days_label, asof=EVER, last=100)
    assert [window.label for window, _ in days] == [f"2013-01-0{day}" for day in range(1, 6)]
    assert [Profile.decode(content).rows for _, content in days] == [100] * 5
    assert pin.rows == 500


def test_pinning_again_replaces_the_pin(run_dag, store, training):
    for _ in range(2):
        ran(run_dag, source=training, pin="v3", split=timedelta(days=1))
    assert len(store.profiles("flight_delay@v3", asof=EVER, last=100)) == 5


def clocks(path: Path, days: range, late: int = 0) -> Files:
    """Flights every ten minutes, with the hour of their time of day; some of them five hours late."""
    lines = [
        f"2013-02-{day:02}T{hour:02}:{minute:02},{hour * 100 + minute},{(hour + 5 * (hour < late)) % 24}"
        for day in days
        for hour in range(24)
        for minute in range(0, 60, 10)
    ]
    path.write_text("\n".join(["at,clock,hour", *lines]))
    return Files(str(path), timestamp="at")


def test_what_the_training_rows_always_did_is_learned_and_later_rows_are_held_against_it(
    run_dag, store, tmp_path
):
    ran(run_dag, source=clocks(tmp_path / "train.csv", range(1, 7)), pin="v3", split=timedelta(days=1))
    pinned = Profile.decode(store.pinned("flight_delay", "v3").profile)
    assert pinned.rules.words()["identity"] == ["hour = floor(clock / 100)"]
    served = clocks(tmp_path / "served.csv", range(7, 8), late=6)
    with DAG(f"rules_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)) as dag:
        MonitorOperator(
            task_id="served", model="flight_delay", source=served, checks=[Consistency()], fail_on="never"
        )
    run_dag(dag, "manual", NOW)
    (run,) = store.runs(monitor="flight_delay/served")
    found = {one.metric.name: one.metric.value for one in store.verdicts(run.monitor, run.window)}
    assert found["identity"] == 0.25


def test_a_window_restricts_what_is_pinned(run_dag, store, training):
    ran(run_dag, source=training, pin="v3", window="2013-01-02/2013-01-04")
    assert store.pinned("flight_delay", "v3").rows == 200


def test_a_profile_that_is_not_pinned_is_kept_with_the_window_of_the_run(run_dag, store, training):
    run = ran(run_dag, source=training, window="2013-01-02")
    ((window, content),) = store.profiles("flight_delay/profile", asof=EVER, last=9)
    assert (window, Profile.decode(content).rows) == (Window.parse("2013-01-02"), 100)
    assert run.xcom("profile")["kept_as"] == "flight_delay/profile"


def test_without_a_window_the_day_before_is_kept(run_dag, store, tmp_path):
    (tmp_path / "rows.csv").write_text("delay\n1.5\n")
    ran(run_dag, source=Files(f"{tmp_path}/rows.csv"))
    assert [window.label for window, _ in store.profiles("flight_delay/profile", asof=EVER, last=9)] == [
        "2013-02-07"
    ]


def test_profiles_kept_under_a_monitors_name_are_its_past(run_dag, store, training):
    days = "2013-01-01/2013-01-04"
    ran(run_dag, source=training, keep_as="flight_delay/served", split=timedelta(days=1), window=days)
    with DAG(
        f"profiling_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)
    ) as dag:
        MonitorOperator(
            task_id="served", model="flight_delay", source=training, checks=[Shape()], window="2013-01-04"
        )
    run_dag(dag, "manual", NOW)
    assert store.runs(model="flight_delay")[0].rows == 100
    assert len(store.profiles("flight_delay/served", asof=EVER, last=9)) == 4


def test_nothing_is_pinned_where_there_are_no_rows(run_dag, store, training, capsys):
    assert ran(run_dag, source=training, pin="v3", window="2012-01-01").state("profile") == "failed"
    assert "has no rows to profile" in capsys.readouterr().out
    assert store.pinned("flight_delay") is None


def test_a_split_needs_a_timestamp(run_dag, store, tmp_path, capsys):
    (tmp_path / "rows.csv").write_text("delay\n1.5\n")
    run = ran(run_dag, source=Files(f"{tmp_path}/rows.csv"), pin="v3", split=timedelta(days=1), retries=2)
    assert (run.state("profile"), run.tries("profile")) == ("failed", 1)
    assert "give the source timestamp=" in capsys.readouterr().out


def skew(run_dag: Any, source: Files, **kwargs: Any) -> Any:
    with DAG(f"skew_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)) as dag:
        TrainServeSkewOperator(task_id="skew", model="flight_delay", source=source, **kwargs)
    return run_dag(dag, "manual", NOW)


def test_serving_that_looks_like_training_passes(run_dag, store, training):
    ran(run_dag, source=training, pin="v3")
    run = skew(run_dag, training, window="2013-01-01/2013-02-01", baseline=Pinned("v3"))
    assert (run.state("skew"), run.xcom("skew")["findings"]) == ("success", [])


def test_serving_that_lost_a_column_and_moved_fails(run_dag, store, training, tmp_path):
    ran(run_dag, source=training, pin="v3")
    (tmp_path / "served.csv").write_text("delay\n" + "".join(f"{row % 24 + 90}\n" for row in range(500)))
    run = skew(run_dag, Files(f"{tmp_path}/served.csv"))
    assert run.state("skew") == "failed"
    found = {(finding["metric"], finding["column"]) for finding in run.xcom("skew")["findings"]}
    assert found == {("column_gone", "hour"), ("beyond", "delay")}


def test_a_skew_without_any_pin_is_broken_and_says_how_to_pin(run_dag, store, training):
    run = skew(run_dag, training, window="2013-01-01/2013-02-01")
    assert run.state("skew") == "failed"
    assert "No baseline is pinned" in run.xcom("skew")["findings"][0]["why"]


def test_a_suite_is_suggested_beside_the_pin(run_dag, store, tmp_path):
    rows = {"fare": [8.5, 9.0, 12.5, 11.0] * 300, "carrier": ["UA", "AA", "UA", "B6"] * 300}
    with DAG("suggesting", schedule=None) as dag:
        ProfileOperator(
            task_id="pin",
            model="fares",
            source=Frame(rows),
            pin="v1",
            suggest=str(tmp_path / "{{ 'suite' }}.json"),
        )
    assert run_dag(dag, "manual", datetime(2013, 3, 1, tzinfo=UTC)).state("pin") == "success"
    suite = json.loads((tmp_path / "suite.json").read_text())
    sets = [one["kwargs"]["value_set"] for one in suite["expectations"] if one["type"].endswith("be_in_set")]
    assert sets == [["AA", "B6", "UA"]]
