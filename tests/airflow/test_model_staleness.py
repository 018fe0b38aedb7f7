"""Stale and wrong models in real Airflow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, Asset, Metadata, task

from airflow_mlmonitor.checks import ModelStaleness, Quality, Series
from airflow_mlmonitor.data import Files, Table
from airflow_mlmonitor.data.model_records import ModelFile, ModelLog, ServedVersion, StatedModel
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators import ModelStalenessOperator, MonitorOperator

NUMBERS = count()
WEEK = timedelta(days=7)


def at(day: int) -> datetime:
    return datetime(2013, 3, 1, tzinfo=UTC) + timedelta(days=day - 1)


def dag_of(**options: Any) -> DAG:
    with DAG(f"staleness_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        ModelStalenessOperator(**{"task_id": "staleness", "model": "fares", **options})
    return dag


def said(run: Any) -> list[str]:
    found = run.xcom("staleness")
    return [finding["why"] for finding in found["findings"]]


def test_a_model_that_was_not_trained_anew_warns_and_a_retrained_one_is_quiet(run_dag, store, tmp_path):
    path, told = tmp_path / "fares.json", []
    path.write_text('{"version": "v2", "trained_at": "2013-02-28"}')
    dag = dag_of(
        record=ModelFile(f"{tmp_path}/{{{{ params.name }}}}.json"),
        max_age=WEEK,
        params={"name": "fares"},
        on_warn_callback=lambda context: told.append(context["ti"].task_id),
    )
    runs = [run_dag(dag, "scheduled", at(day)) for day in (7, 8, 9)]
    path.write_text('{"version": "v3", "trained_at": "2013-03-09"}')
    runs.append(run_dag(dag, "scheduled", at(10)))
    assert [run.state("staleness") for run in runs] == ["success"] * 4
    assert [run.xcom("staleness")["status"] for run in runs] == ["ok", "warn", "warn", "ok"]
    assert said(runs[1]) == [
        "v2 was trained on 28 February, 8 days before the end of the window; at most 7 days are allowed"
    ]
    assert told[0] == "staleness"
    incidents = store.incidents()
    assert len(incidents) == 1
    ages = store.history("fares/staleness", asof=at(30)).values("model_age_days")
    assert list(ages) == [7.0, 8.0, 9.0, 1.0]


def test_a_stale_model_may_fail_the_task_and_no_retry_helps(run_dag, store):
    dag = dag_of(
        record=StatedModel(version="v2", trained="{{ params.trained }}"),
        max_age=WEEK,
        severity="fail",
        retries=2,
        params={"trained": "2013-02-20"},
    )
    run = run_dag(dag, "scheduled", at(3))
    assert (run.state("staleness"), run.tries("staleness")) == ("failed", 1)
    assert said(run)[0].startswith("v2 was trained on 20 February, 11 days before the end of the window")


def test_a_log_of_trainings_in_a_database_and_an_attempt_that_failed(run_dag, store, tmp_path, monkeypatch):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "w.db")) as connection, connection:
        connection.execute("CREATE TABLE trainings (version, trained_at, attempted_at, attempt_status)")
        rows = [("v2", "2013-02-28", None, None), (None, None, "2013-03-04", "failed")]
        connection.executemany("INSERT INTO trainings VALUES (?, ?, ?, ?)", rows)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"sqlite:///{tmp_path}/w.db")
    log = ModelLog(Table("trainings", conn_id="warehouse"))
    run = run_dag(dag_of(record=log, max_age=WEEK, max_since_attempt=WEEK), "scheduled", at(12))
    assert said(run) == [
        "v2 was trained on 28 February, 12 days before the end of the window; at most 7 days are allowed",
        "the last attempt to train it anew, failed, was on 4 March, 8 days before the end of the window; at most 7 days are allowed",
    ]


def test_an_asset_says_when_the_model_was_trained(run_dag, store):
    model = Asset(f"model_{next(NUMBERS)}")
    with DAG(f"training_{next(NUMBERS)}", schedule=None) as training:

        @task(outlets=[model])
        def train():
            yield Metadata(
                model, {"version": 3, "training_data_until": "2013-02-27", "trained_at": "2013-03-01"}
            )

        train()
    assert run_dag(training, "manual", at(2)).state("train") == "success"
    late = datetime.now(UTC) + timedelta(days=3)
    dag = dag_of(asset=model, max_age=WEEK)
    run = run_dag(dag, "scheduled", late.replace(hour=0, minute=0, second=0, microsecond=0))
    (why,) = said(run)
    assert why.startswith("3 was trained on 1 March 2013, ")
    early = run_dag(dag, "scheduled", at(5))
    assert early.state("staleness") == "failed"


def test_rows_that_the_former_version_scores_are_found(run_dag, store, tmp_path):
    (tmp_path / "scored.csv").write_text("model\n" + "3\n" * 82 + "2\n" * 18)
    record = StatedModel(version="3", promoted="2013-03-02")
    dag = dag_of(record=record, source=Files(str(tmp_path / "scored.csv")), version_column="model")
    run = run_dag(dag, "scheduled", at(5))
    assert said(run) == ["3 was promoted on 2 March, but 18% of rows are still scored by 2"]
    assert run.xcom("staleness")["status"] == "warn"


def lines(day: int, wrong: float) -> str:
    """Predictions and labels of a day, of which a share is wrong."""
    rows = 400
    bad = round(rows * wrong) + (day * 7) % 5
    return "\n".join(["said,true", *(f"{'a' if row >= bad else 'b'},a" for row in range(rows))])


def test_what_age_cost_the_versions_before_says_by_when_to_train_anew(run_dag, store, tmp_path):
    with DAG(f"staleness_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        MonitorOperator(
            task_id="quality",
            model="fares",
            source=Files(f"{tmp_path}/{{{{ window.label }}}}.csv"),
            checks=[Quality(prediction="said", label="true")],
            model_version="{{ 'v1' if logical_date.day <= 9 else 'v2' }}",
            fail_on="never",
        ) >> ModelStalenessOperator(
            task_id="staleness",
            model="fares",
            record=ServedVersion("fares/quality"),
            quality=Series(monitor="fares/quality", metric="wrong_share", column="said"),
            tolerated_loss=0.05,
        )
    runs = []
    for day in range(1, 17):
        path = tmp_path / f"{at(day).date()}.csv"
        path.write_text(lines(day, 0.1 + 0.01 * ((day - 1) % 8)))
        runs.append(run_dag(dag, "scheduled", at(day + 1)))
    assert {run.state("staleness") for run in runs} == {"success"}
    assert all(not said(run) for run in runs[:12])
    (why,) = said(runs[-1])
    assert why.startswith("wrong_share rises by 0.0")
    assert "2 versions, 16 runs" in why
    assert "retrain by 1" in why


def test_the_check_stands_beside_others_in_one_monitor(run_dag, store, tmp_path):
    (tmp_path / "scored.csv").write_text("model,fare\nv2,1\nv3,2\n")
    record = StatedModel(version="v3", promoted="2013-03-02")
    with DAG(f"staleness_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        MonitorOperator(
            task_id="staleness",
            model="fares",
            source=Files(str(tmp_path / "scored.csv")),
            checks=[ModelStaleness(record=record, version_column="model")],
        )
    assert said(run_dag(dag, "scheduled", at(5))) == [
        "v3 was promoted on 2 March, but 50% of rows are still scored by v2"
    ]


def test_mapped_tasks_look_at_every_model(run_dag, store):
    record = StatedModel(trained="{{ ds }}", version="v1")
    with DAG(f"staleness_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        kind, old = ModelStalenessOperator, StatedModel(trained="2013-01-01")
        kind.partial(task_id="models", record=record, max_age=WEEK).expand(model=["a", "b"])
        kind.partial(task_id="records", model="c", max_age=WEEK).expand(record=[record, old])
    run = run_dag(dag, "scheduled", at(4))
    assert [run.xcom("models", place)["status"] for place in (0, 1)] == ["ok", "ok"]
    assert [run.xcom("records", place)["status"] for place in (0, 1)] == ["ok", "warn"]


def test_findings_and_parameters_are_plain(run_dag, store, tmp_path):
    dag = dag_of(record=StatedModel(trained="{{ ds }}", version="v1"), max_age=WEEK)
    run = run_dag(dag, "scheduled", at(4))
    assert json.loads(json.dumps(run.xcom("staleness")))["status"] == "ok"
    assert "2013-03-04" in str(run.rendered("staleness")["checks"])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"record": StatedModel(), "asset": Asset("model")},
        {"record": StatedModel(), "version_column": "model"},
        {"record": StatedModel(), "source": Files(str(Path("x.csv")))},
    ],
)
def test_what_makes_no_sense_is_refused_when_the_dag_is_parsed(wrong):
    with pytest.raises(ConfigurationError):
        ModelStalenessOperator(task_id="staleness", model="fares", **wrong)
