"""How old the model is, and whether the version that was promoted is the one that scores.

Training writes down when it ran, on what, and which version came of it; promoting a version is a row too. Every morning
the log of those trainings is held against the rows that were scored the day before. The model may be ten days old, and
its training data may end two weeks ago. Scoring goes on with an old model, so that findings only warn.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.data.model_records import ModelLog
from airflow_mlmonitor.operators import ModelStalenessOperator
from airflow_mlmonitor.sensors import ModelFreshnessSensor

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
TRAININGS = ModelLog(Files(str(DATA / "trainings.csv")))

with DAG("model_staleness", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    trained = ModelFreshnessSensor(
        task_id="trained",
        record=TRAININGS,
        max_age=timedelta(days=60),
        mode="reschedule",
        timeout=timedelta(hours=6),
    )

    @task
    def score(day):
        """Score the flights of a day with whatever version the services have loaded: one airport has its own."""
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet", columns=["origin", "distance"])
        loaded = pd.read_csv(DATA / "loaded.csv", index_col="origin")["version"]
        path = DATA / "scored_by" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        flights.assign(model=flights["origin"].map(loaded)).to_parquet(path, index=False)

    staleness = ModelStalenessOperator(
        task_id="staleness",
        model="flight_delay",
        record=TRAININGS,
        max_age=timedelta(days=10),
        max_training_data_age=timedelta(days=14),
        source=Files(str(DATA / "scored_by" / "{{ window.label }}.parquet"), columns=("model",)),
        version_column="model",
    )

    trained >> score("{{ macros.ds_add(ds, -1) }}") >> staleness
