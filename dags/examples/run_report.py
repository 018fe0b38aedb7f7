"""Two monitors in a row, and one page about both: the last task writes it, and keeps a failed run red.

A task that always runs (``all_done``) and always succeeds would make the whole DAG run a success, since Airflow looks
at its last tasks only. ``MonitorReportOperator`` fails with the monitors before it, after its page is written.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Shape, Values
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator, MonitorReportOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
DAY = "{{ window.label }}"

with DAG("run_report", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    check_flights = MonitorOperator(
        task_id="check_flights",
        model="flight_delay",
        source=Files(str(DATA / "flights" / f"{DAY}.parquet")),
        checks=[Shape()],
    )

    check_weather = MonitorOperator(
        task_id="check_weather",
        model="flight_delay",
        source=Files(str(DATA / "weather" / f"{DAY}.parquet")),
        checks=[Shape(), Values()],
        bounds=Bounds({"rows": {"min": 60}}),  # three airports, 24 hours each
        report=str(DATA / "reports" / f"weather_{DAY}.html"),
    )

    report = MonitorReportOperator(task_id="report", path=str(DATA / "reports" / f"{DAY}.html"))

    check_flights >> check_weather >> report
