"""Tasks in processes of their own, as a worker runs them: parsed from the DAG file, barred from Airflow's database."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

DAG_FILE = """
from __future__ import annotations

import pendulum
from airflow.sdk import DAG, BaseOperator

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator


class Peeking(BaseOperator):
    def execute(self, context):
        from airflow.utils.session import create_session

        try:
            with create_session():
                return "the database is open"
        except RuntimeError as refused:
            return str(refused)


with DAG("worker", schedule="@daily", start_date=pendulum.datetime(2013, 1, 1)):
    MonitorOperator(
        task_id="look",
        model="fares",
        source=Files("FOLDER/{{ window.label }}.csv"),
        checks=[Shape()],
        bounds=Bounds({"rows": {"min": 3}}),
    )
    Peeking(task_id="peek")
"""


@pytest.fixture
def dag(tmp_path: Path):
    from airflow.dag_processing.dagbag import DagBag

    (tmp_path / "2013-02-07.csv").write_text("fare\n1.5\n2.5\n")
    path = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]) / "worker.py"
    path.write_text(DAG_FILE.replace("FOLDER", str(tmp_path)))
    yield DagBag(path).dags["worker"]
    path.unlink()


def test_tasks_run_in_a_worker_that_may_not_reach_airflows_database(run_dag, dag, store):
    run = run_dag(dag, "scheduled", datetime(2013, 2, 8, tzinfo=UTC), go=False).work("worker.py")
    assert "Direct database access via the ORM is not allowed" in run.xcom("peek")
    assert run.state("look") == "failed"
    assert run.xcom("look")["findings"][0]["why"] == "rows is 2; the bound is at least 3"
    assert run.rendered("look")["source"]["Files"]["paths"][0].endswith("/2013-02-07.csv")
    assert [stored.monitor for stored in store.runs()] == ["fares/look"]
