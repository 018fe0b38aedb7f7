"""A deferred sensor through a triggerer in a process of its own, and back into its task."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from airflow.sdk import DAG

from airflow_mlmonitor.sensors import MetricSensor
from tests.airflow.conftest import described
from tests.airflow.test_sensors import judged
from tests.airflow.triggerers import eventually, triggerer


def is_taken() -> bool:
    """Whether a triggerer has taken the trigger; other tests may have left some of theirs."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import Trigger
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        its = select(Trigger.triggerer_id).join(TaskInstance, TaskInstance.trigger_id == Trigger.id)
        return session.scalars(its.where(TaskInstance.dag_id == "deferred_live")).one() is not None


def test_a_sensor_is_deferred_answered_by_the_triggerer_and_finished_by_its_task(run_dag, store, tmp_path):
    from airflow.sdk.execution_time.supervisor import run_task_in_process
    from airflow.utils.session import create_session

    with DAG("deferred_live", schedule="@daily", start_date=datetime(2013, 3, 1)) as dag:
        sensor = MetricSensor(
            task_id="wait",
            monitor="flights/quality",
            metric="auc",
            column="chance",
            deferrable=True,
            poke_interval=0.2,
            timeout=300,
        )
    run = run_dag(dag, "scheduled", datetime(2013, 3, 2, tzinfo=UTC), go=False)
    run.step()
    assert run.state("wait") == "deferred"
    with triggerer(tmp_path / "triggerer.log"):
        eventually(is_taken)
        time.sleep(1)  # some looks at a store that has no answer yet
        assert run.state("wait") == "deferred"
        judged(store)
        eventually(lambda: run.state("wait") == "scheduled")
    (ti,) = run._instances("wait")
    with create_session() as session:
        session.merge(ti).state = "queued"
    run_task_in_process(ti=described(ti), task=sensor)
    assert run.state("wait") == "success"
    assert run.xcom("wait")["value"] == 0.71
