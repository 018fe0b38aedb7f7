"""Several checks on what a day delivered, answered from one read of the rows.

Days of the week differ, so the distributions of a Thursday are compared with those of earlier Thursdays. Two limits are
written down: three airports send an observation an hour, and six late ones are agreed to be no reason to call anybody.
What else is unusual follows from the history.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Drift, Shape, Values
from airflow_mlmonitor.data import Files, SameWeekday
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))

with DAG("several_checks", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    MonitorOperator(
        task_id="delivered",
        model="flight_delay",
        source=Files(
            str(DATA / "weather" / "{{ window.label }}.parquet"), columns=("origin", "temp", "visib")
        ),
        checks=[Shape(), Values(), Drift(baseline=SameWeekday())],
        bounds=Bounds({"rows": {"min": 66}, "temp.null_share": {"max": 0.1, "severity": "warn"}}),
    )
