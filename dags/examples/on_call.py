"""Who is told what: failures page, warnings go to the team's channel, and every morning a mail says how all models are.

One notifier stands at the task and at the DAG. It tells once when an incident opens and then only what is news; the
DAG's callback adds what the task did not tell, such as that the features could not be built. The connections
(``pagerduty``, ``ml_alerts`` and ``smtp_default``) are Airflow's.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import Values
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.notifications import MLMonitorNotifier, Route, ToMail, ToPagerDuty, ToWebhook
from airflow_mlmonitor.operators import DigestOperator, MonitorOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))

tell = MLMonitorNotifier(
    routes=[
        Route(to=ToPagerDuty("pagerduty"), severity="fail"),
        Route(to=ToWebhook("ml_alerts", path="/flights"), model="flight_*"),
        Route(to=ToMail("{{ dag.owner }}@example.com"), owner="flights"),
    ]
)

with DAG(
    "on_call",
    schedule="@daily",
    start_date=pendulum.datetime(2013, 3, 1),
    catchup=False,
    default_args={"owner": "flights"},
    on_failure_callback=tell,
):

    @task
    def build_features(day):
        """Join the weather of its hour to every flight."""
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        weather = pd.read_parquet(DATA / "weather" / f"{day}.parquet")
        path = DATA / "joined" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        flights.merge(weather, on=["origin", "month", "day", "hour"], how="left").to_parquet(
            path, index=False
        )

    delivered = MonitorOperator(
        task_id="delivered",
        model="flight_delay",
        source=Files(
            str(DATA / "joined" / "{{ window.label }}.parquet"), columns=("origin", "temp", "visib")
        ),
        checks=[Values()],
        bounds=Bounds(
            {"temp.null_share": {"max": 0.05}, "visib.null_share": {"max": 0.05, "severity": "warn"}}
        ),
        on_failure_callback=tell,
        on_warn_callback=tell,
    )

    build_features("{{ macros.ds_add(ds, -1) }}") >> delivered

with DAG("on_call_digest", schedule="0 8 * * *", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    DigestOperator(task_id="digest", to=ToMail("ml-team@example.com"))
