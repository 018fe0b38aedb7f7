"""Two more models of the airports: one watched in three places of its pipeline, one in a single place."""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import MonitorOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
SINCE = pendulum.datetime(2013, 1, 1)

with DAG(
    "departures", schedule="0 6 * * *", start_date=SINCE, catchup=False, default_args={"owner": "airports"}
):
    weather = MonitorOperator(
        task_id="weather",
        model="departures",
        source=Files(
            str(DATA / "weather" / "{{ window.label }}.parquet"),
            columns=("origin", "temp", "humid", "wind_speed", "visib"),
        ),
        fail_on="never",  # another team's rows: they are told, and the day goes on
    )
    flights = MonitorOperator(
        task_id="flights",
        model="departures",
        source=Files(
            str(DATA / "flights" / "{{ window.label }}.parquet"),
            columns=("origin", "dest", "carrier", "distance", "sched_dep_time"),
        ),
    )
    features = MonitorOperator(
        task_id="features",
        model="departures",
        model_version="v7",
        source=Files(
            str(DATA / "served" / "{{ window.label }}.parquet"),
            columns=("origin", "dest", "seats", "temp", "wind_speed", "visib"),
        ),
    )
    [weather, flights] >> features

# Run when somebody asks for it: no run of it is ever late.
with DAG("cancellations", schedule=None, start_date=SINCE, default_args={"owner": "airports"}):
    MonitorOperator(
        task_id="schedule",
        model="cancellations",
        model_version="v2",
        source=Files(
            str(DATA / "flights" / "{{ window.label }}.parquet"), columns=("origin", "carrier", "distance")
        ),
    )
