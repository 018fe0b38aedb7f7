"""A day's fares, looked at twice: against the day before, and against what a person wrote."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG

from airflow_mlmonitor.checks import Drift, Shape, Values
from airflow_mlmonitor.data import Files, Previous
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

with DAG("smoke", schedule="@daily", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False) as daily:
    MonitorOperator(
        task_id="fares",
        model="fares",
        source=Files(os.environ["SMOKE_DATA"] + "/{{ window.label }}.csv"),
        window=timedelta(days=1),
        checks=[Shape(), Drift(baseline=Previous()), Values()],
        bounds=Bounds({"fare.max": {"max": 150}}),
    )
