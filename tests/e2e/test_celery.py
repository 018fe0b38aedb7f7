"""A monitor on a Celery worker: Airflow with Redis between its scheduler and what runs the tasks."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.history import Run
from demo import flights
from tests.e2e.cluster import cluster
from tests.e2e.waiting import Progress, until

PROJECT = Path(__file__).parents[2]
ENTRYPOINT = PROJECT / "docker" / "entrypoint.sh"
DAGS = PROJECT / "tests" / "e2e" / "dags"
RUN_SECONDS = 300
LINE_SECONDS = 60


@pytest.mark.timeout(900)
def test_a_monitor_runs_on_a_celery_worker(
    postgres_url: str, redis_url: str, tmp_path: Path, progress: Progress
) -> None:
    worker = f"e2e-{uuid4().hex[:8]}"
    settings = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": redis_url,
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        "AIRFLOW__OPERATORS__DEFAULT_QUEUE": worker,
        "MLMONITOR_WORKER_NAME": worker,
    }
    flights.prepare(tmp_path / "data")
    with cluster(
        postgres_url,
        tmp_path / "cluster",
        progress,
        dags=[DAGS / "departures.py"],
        components=("scheduler", "dag-processor", "worker"),
        settings=settings | {"MLMONITOR_EXAMPLES_DATA": str(tmp_path / "data")},
        entrypoint=ENTRYPOINT,
    ) as airflow:
        admin = airflow.user("admin")
        until("the DAG", lambda: admin.knows("cancellations"), seconds=RUN_SECONDS)
        airflow.run(ENTRYPOINT, "health", "worker")
        run_id = admin.run_dag("cancellations", "2013-03-12T06:00:00Z")
        progress.say("a run is triggered; its one task goes through Redis")
        until("the run to end", lambda: admin.ended("cancellations", 1), seconds=RUN_SECONDS)

        task = f"/api/v2/dags/cancellations/dagRuns/{run_id}/taskInstances/schedule"
        assert admin.runs("cancellations") == {"2013-03-12": "success"}, airflow.said()
        assert admin.get(f"{task}/xcomEntries/return_value")["value"]["rows"] == 980
        (stored,) = stored_runs(airflow.metrics)
        assert (stored.monitor, stored.rows, stored.tags.run_id) == ("cancellations/schedule", 980, run_id)
        by_name = {component.name: component for component in airflow.components}
        # Airflow hears of the end from the task itself, and the worker writes its line only after that.
        until(
            "the worker's line", lambda: "succeeded in" in by_name["worker"].written(), seconds=LINE_SECONDS
        )
        assert airflow.listens_on() == {("127.0.0.1", int(airflow.url.rpartition(":")[2]))}
    assert airflow.processes() == []


def stored_runs(url: str) -> list[Run]:
    """What the metrics store remembers."""
    store = open_store(url)
    try:
        return list(store.runs())
    finally:
        store.dispose()
