"""History, used by a later task: the model is trained again when three days in a row differed from its training data.

The task asks for what was known at its own moment (``asof``), so a backfill of March decides as March would have.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import Skew
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.operators import MonitorOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
WARMER = 0.5
"""Kolmogorov-Smirnov distance of the temperature from which a day counts as unlike the training data."""

with DAG("retrain_on_history", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    watch = MonitorOperator(
        task_id="watch",
        model="flight_delay",
        source=Files(str(DATA / "weather" / "{{ window.label }}.parquet"), columns=("temp",)),
        checks=[Skew()],
        fail_on="never",
    )

    @task.short_circuit
    def has_drifted(logical_date):
        """Go on if the last three days were all far from the training data."""
        history = MetricsStoreHook().history(
            "flight_delay", metric="ks", column="temp", asof=logical_date, last=3
        )
        distances = history.values("ks", "temp")
        return len(distances) == 3 and distances.min() > WARMER

    @task
    def retrain():
        """Train again; a real pipeline would trigger the DAG that does."""
        return "trained"

    watch >> has_drifted() >> retrain()
