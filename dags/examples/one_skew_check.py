"""One check, added to a DAG that was there already: the task ``skew``, and its place in the last line.

Before the flights of a day are scored, their features are compared with those the model was trained on. That baseline
was pinned when the model was trained; ``flight_delay.py`` shows how.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import TrainServeSkewOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
FEATURES = ("distance", "carrier", "origin", "seats", "temp", "visib")

with DAG("one_skew_check", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):

    @task
    def build_features(day):
        """Join the weather of its hour to every flight."""
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        weather = pd.read_parquet(DATA / "weather" / f"{day}.parquet")
        path = DATA / "features" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        joined = flights.merge(weather, on=["origin", "month", "day", "hour"], how="left")
        joined[list(FEATURES)].to_parquet(path, index=False)

    skew = TrainServeSkewOperator(
        task_id="skew",
        model="flight_delay",
        source=Files(str(DATA / "features" / "{{ window.label }}.parquet")),
        fail_on="warn",  # nothing unusual is scored before somebody has looked at it
    )

    @task
    def score(day):
        """Count the flights that leave in poor visibility: the rule of thumb that stood here before the model."""
        import pandas as pd

        return int((pd.read_parquet(DATA / "features" / f"{day}.parquet")["visib"] < 3).sum())

    yesterday = "{{ macros.ds_add(ds, -1) }}"
    build_features(yesterday) >> skew >> score(yesterday)
