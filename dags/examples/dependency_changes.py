"""Everything the model stands on besides its rows, looked at every morning before anything is scored.

Another team publishes the model, its checksum and its settings in one folder. If the file is not the one that was
promoted, nothing is scored with it; if a setting has changed, somebody is told; what the training data and the packages
were is remembered, for the day somebody asks since when.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data.dependencies import Artifact, ConfigFile, FileContent, Packages
from airflow_mlmonitor.operators import DependencyChangeOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
PUBLISHED = DATA / "published"

with DAG("dependency_changes", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    upstream = DependencyChangeOperator(
        task_id="upstream",
        model="flight_delay",
        dependencies=[
            Artifact(str(PUBLISHED / "model.json"), digest_file=str(PUBLISHED / "SHA256SUMS"), name="model"),
            ConfigFile(str(PUBLISHED / "settings.yaml"), name="settings", ignore=("published",)),
            FileContent(str(DATA / "training.parquet"), name="training data", policy="info"),
            Packages(only=("numpy", "pandas", "pyarrow"), name="packages", policy="info"),
        ],
    )

    @task
    def score(ds):
        """Say how often flights of each hour are expected late: what the published model knows."""
        import json

        import pandas as pd

        late = json.loads((PUBLISHED / "model.json").read_text())
        flights = pd.read_parquet(DATA / "flights" / f"{ds}.parquet")
        return float((flights["sched_dep_time"] // 100).astype(str).map(late).mean())

    upstream >> score()
