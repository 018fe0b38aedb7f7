"""A model that is trained again whenever something new goes wrong with it: one run for one incident.

The asset has a watcher that looks at the metrics store in the triggerer. A drift that lasts for two weeks is one
incident and trains the model once, not fourteen times; what is only just out of its range trains nothing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, Asset, AssetWatcher, task

from airflow_mlmonitor.triggers import IncidentTrigger

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))

incident = Asset(
    "flight_delay_incident",
    watchers=[
        AssetWatcher(
            name="incidents of flight_delay",
            trigger=IncidentTrigger(model="flight_delay", min_severity=1.5, poke_interval=30),
        )
    ],
)

with DAG("retrain_on_incident", schedule=[incident], start_date=pendulum.datetime(2013, 3, 1), catchup=False):

    @task
    def why(triggering_asset_events=None):
        """Say which incidents this run is for."""
        events = triggering_asset_events[incident]
        return [event.extra["payload"] for event in events]

    @task
    def retrain(incidents):
        """Write down what is asked for; a real pipeline would train here, and leave out what is broken."""
        asked = {
            "incidents": [one["incident"] for one in incidents],
            "why": [one["title"] for one in incidents],
        }
        (DATA / "retraining.json").write_text(json.dumps(asked))
        return asked

    retrain(why())
