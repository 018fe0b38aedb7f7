"""Predictions, held against what came true: a flight's delay is known when it has landed, two days later at the latest.

Every morning the predictions of the day before yesterday are joined to the arrivals. Flights that never arrived have no
label. The airports are looked at apart, so that a model that gets worse for one of them shows.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import PredictionQualityOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
TWO_DAYS_AGO = "{{ macros.ds_add(ds, -2) }}"

with DAG("prediction_quality", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):

    @task
    def join_arrivals(day):
        """Join what came true to what was predicted: here, how often flights of that hour were late in training."""
        import pandas as pd

        training = pd.read_parquet(DATA / "training.parquet", columns=["sched_dep_time", "late"])
        usual = training["late"].groupby(training["sched_dep_time"] // 100).mean()
        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        arrived = flights["arr_delay"].notna()
        joined = flights[["carrier", "origin"]].assign(
            chance=(flights["sched_dep_time"] // 100).map(usual),
            late=flights["late"].astype("boolean").where(arrived),
        )
        path = DATA / "labelled" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        joined.to_parquet(path, index=False)

    quality = PredictionQualityOperator(
        task_id="quality",
        model="flight_delay",
        source=Files(str(DATA / "labelled" / "{{ window.label }}.parquet")),
        window=TWO_DAYS_AGO,
        prediction="chance",
        label="late",
        segments=("origin",),
    )

    join_arrivals(TWO_DAYS_AGO) >> quality
