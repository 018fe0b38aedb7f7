"""Nobody has checked anything by seven: a deadline tells what no task can, since none of them has run.

Airflow looks at deadlines itself and lets the triggerer call the notifier: what is late, which checks ran and which
did not. Only the run's logical date counts, so a run that waits in the queue is late too.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.sdk import DAG, DeadlineAlert, DeadlineReference

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.notifications import MLMonitorNotifier, ToMail
from airflow_mlmonitor.operators import TrainServeSkewOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))

tell = MLMonitorNotifier(to=ToMail("ml-on-call@example.com"))

with DAG(
    "no_check_by_seven",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2013, 3, 1),
    catchup=False,
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=timedelta(hours=1),
        callback=tell.for_deadline(),
    ),
):
    TrainServeSkewOperator(
        task_id="skew",
        model="flight_delay",
        source=Files(str(DATA / "features" / "{{ window.label }}.parquet")),
        on_failure_callback=tell,
        on_warn_callback=tell,
    )
