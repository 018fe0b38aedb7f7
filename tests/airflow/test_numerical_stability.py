"""Numbers that cannot be computed with, in real Airflow: put into rows, into the log of a training, into a model."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import ModelWeights, TrainingLog
from airflow_mlmonitor.data import Files, Table
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators import NumericalStabilityOperator
from tests.data.sql.conftest import run_server

NUMBERS = count()
CLASSES = ("low", "high")


def at(day: int) -> datetime:
    return datetime(2013, 2, day, tzinfo=UTC)


def dag_of(**options: Any) -> DAG:
    with DAG(f"stability_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        NumericalStabilityOperator(task_id="look", model="fares", **options)
    return dag


def found(run: Any) -> dict[str, str]:
    return {f"{one['column']}.{one['metric']}": one["why"] for one in run.xcom("look")["findings"]}


@pytest.mark.usefixtures("store")
def test_rows_in_which_predictions_are_no_numbers_fail_the_task(run_dag, tmp_path):
    def write(day: int, *faults: tuple[str, float]) -> None:
        random = np.random.default_rng(day)
        high = random.uniform(0.1, 0.9, 200)
        columns = {"score": random.normal(5, 1, 200), "low": 1 - high, "high": high}
        for row, (name, value) in enumerate(faults):
            columns[name][row] = value
        pq.write_table(pa.table(columns), tmp_path / f"2013-02-{day:02}.parquet")

    write(1)
    write(2, ("score", float("nan")), ("high", 1.5), ("low", float("inf")))
    source = Files(f"{tmp_path}/{{{{ window.label }}}}.parquet")
    dag = dag_of(source=source, predictions=("score",), classes=CLASSES)
    assert run_dag(dag, "scheduled", at(2)).state("look") == "success"
    run = run_dag(dag, "scheduled", at(3))
    assert (run.state("look"), run.tries("look")) == ("failed", 1)
    said = found(run)
    assert said["score.nan_share"] == "NaN in 1 of 200 rows"
    assert said["low.infinite_share"] == "infinite in 1 of 200 rows"
    assert said["high.outside_share"].startswith("outside 0 to 1 in 1 of 200 rows: 0.1")
    assert said["low+high.sum_off_share"].startswith("the classes do not add up to 1 in 1 of 199 rows")


@pytest.mark.usefixtures("store")
def test_a_training_that_exploded_and_a_model_of_nan_need_no_rows(run_dag, tmp_path, capsys):
    def train(day: int, *, explodes: bool) -> None:
        steps = [*range(0, 1201, 100), 1230, 1260]
        losses = [*np.linspace(2.0, 0.31, 13), *((44.0, 8.2e4) if explodes else (0.3, 0.29))]
        lines = [json.dumps({"step": step, "loss": loss}) for step, loss in zip(steps, losses, strict=True)]
        lines += [json.dumps({"step": 1261, "loss": float("nan")})] if explodes else []
        (tmp_path / f"2013-02-{day:02}.jsonl").write_text("\n".join(lines))
        weights = np.random.default_rng(day).normal(0, 1, (3, 4))
        weights[1, 2] = np.nan if explodes else 0.5
        np.savez(tmp_path / f"2013-02-{day:02}.npz", layer=weights)

    train(1, explodes=False)
    train(2, explodes=True)
    dag = dag_of(
        training_log=TrainingLog(source=f"{tmp_path}/{{{{ window.label }}}}.jsonl"),
        weights=ModelWeights(paths=f"{tmp_path}/{{{{ window.label }}}}.npz"),
    )
    assert run_dag(dag, "scheduled", at(2)).state("look") == "success"
    run = run_dag(dag, "scheduled", at(3))
    assert run.state("look") == "failed"
    said = found(run)
    assert said["loss.diverged"] == ("loss rose from 0.31 to 8.2e4 between steps 1,200 and 1,260, then NaN")
    assert said["layer.nonfinite_weights"] == "NaN in 1 of 12 numbers of layer"
    assert said["loss.diverged"] in " ".join(capsys.readouterr().out.split())
    assert "2013-02-02.npz" in json.dumps(run.rendered("look"))


@pytest.mark.usefixtures("store")
def test_a_model_that_is_a_pickle_is_named_with_what_to_do(run_dag, tmp_path):
    (tmp_path / "model.joblib").write_bytes(b"\x80\x04N.")
    run = run_dag(dag_of(weights=ModelWeights(paths=tmp_path / "model.joblib")), "scheduled", at(2))
    assert run.state("look") == "failed"
    (said,) = found(run).values()
    assert "model.joblib is a pickle: to read it would run code that it holds" in said
    assert "numpy.savez" in said


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def lake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A way to change a database of each kind, to which Airflow has the connection ``lake``."""
    if request.param == "sqlite":
        path = tmp_path / "lake.db"
        monkeypatch.setenv("AIRFLOW_CONN_LAKE", f"sqlite:///{path}")

        def run(*statements: str) -> None:
            with closing(sqlite3.connect(path)) as connection, connection:
                for statement in statements:
                    connection.execute(statement)

        return run
    url = request.getfixturevalue("postgres_database" if request.param == "postgresql" else "mysql_database")
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", url)
    return lambda *statements: run_server(url, *statements)


@pytest.mark.usefixtures("store")
def test_predictions_and_the_log_of_a_training_in_a_database(run_dag, lake):
    rows = ", ".join(f"({step}, {2 - step / 100})" for step in range(100))
    lake(
        "CREATE TABLE history (step INTEGER, loss DOUBLE PRECISION)",
        f"INSERT INTO history VALUES {rows}, (100, 950.0), (101, 9500.0), (102, 95000.0)",
        "CREATE TABLE scored (score DOUBLE PRECISION)",
        "INSERT INTO scored VALUES (0.5), (1.25), (NULL)",
    )
    log = TrainingLog(source=Table("history", conn_id="lake"), steps=1000)
    run = run_dag(
        dag_of(source=Table("scored", conn_id="lake"), probabilities=("score",), training_log=log),
        "scheduled",
        at(2),
    )
    assert found(run) == {
        "score.outside_share": "outside 0 to 1 in 1 of 2 rows: 0.5 to 1.25",
        "score.nan_share": "missing in 1 of 3 rows",
        "loss.loss_rise": "loss rose from 1.01 to 9.5e4 between steps 99 and 102",
        "None.finished_share": "training stopped at step 102 of 1,000",
    }


def test_an_operator_that_has_nothing_to_look_at_is_refused():
    with pytest.raises(ConfigurationError, match="needs a source, a training_log or weights"):
        dag_of()
    with pytest.raises(ConfigurationError, match="names columns and no source"):
        dag_of(predictions=("score",), weights=ModelWeights(paths="model.npz"))
