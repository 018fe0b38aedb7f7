"""Data invariants: a suite that people read and edit is held against every day, and against the training data.

The suite was suggested by `mlmonitor suggest invariants training.parquet`, and then cut down to what the team means. It
lies beside this file, where Great Expectations' own tools find it too.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import FeatureInvariantsOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
FEATURES = ("carrier", "origin", "dest", "distance", "temp", "visib")

with DAG("feature_invariants", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):

    @task
    def build_features(day):
        """Join the weather of their hour to the flights of a day."""
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        weather = pd.read_parquet(DATA / "weather" / f"{day}.parquet")
        features = flights.merge(weather, on=["origin", "month", "day", "hour"], how="left")
        path = DATA / "features" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        features[list(FEATURES)].to_parquet(path, index=False)

    invariants = FeatureInvariantsOperator(
        task_id="invariants",
        model="flight_delay",
        suite=str(Path(__file__).with_name("flight_features.yaml")),
        source=Files(str(DATA / "features" / "{{ window.label }}.parquet")),
        training=Files(str(DATA / "training.parquet"), columns=FEATURES),
    )

    build_features("{{ macros.ds_add(ds, -1) }}") >> invariants
