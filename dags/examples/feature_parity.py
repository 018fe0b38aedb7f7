"""What serving logged, held against what the training pipeline computes of the same flights.

Serving writes down the features it gave to the model, flight by flight. The next morning the training pipeline's code
computes them once more from the raw files, and both are compared value by value. A clock in another zone, a default
filled in, a column that was swapped: none of them moves a distribution much, all of them show here.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import FeatureParityOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
KEY = ("carrier", "flight", "origin", "sched_dep_time")

with DAG("feature_parity", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):

    @task
    def serve(day):
        """Look the weather of the hour up for each flight, and log what the model was given."""
        import pandas as pd

        weather = pd.read_parquet(DATA / "weather" / f"{day}.parquet").set_index(["origin", "hour"])
        log = []
        for flight in pd.read_parquet(DATA / "flights" / f"{day}.parquet").to_dict("records"):
            known = (flight["origin"], flight["hour"])
            at_hour = weather.loc[known] if known in weather.index else {}
            features = {"temp": at_hour.get("temp"), "visib": at_hour.get("visib")}
            log.append({name: flight[name] for name in (*KEY, "scheduled", "distance", "seats")} | features)
        path = DATA / "logged" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        pd.DataFrame(log).to_parquet(path, index=False)

    @task
    def replay(day):
        """Compute the features as the training pipeline does: by one join."""
        import pandas as pd

        weather = pd.read_parquet(
            DATA / "weather" / f"{day}.parquet", columns=["origin", "hour", "temp", "visib"]
        )
        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        features = flights.merge(weather, on=["origin", "hour"], how="left")
        path = DATA / "replayed" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        features[[*KEY, "scheduled", "distance", "seats", "temp", "visib"]].to_parquet(path, index=False)

    parity = FeatureParityOperator(
        task_id="parity",
        model="flight_delay",
        training=Files(str(DATA / "replayed" / "{{ window.label }}.parquet")),
        serving=Files(str(DATA / "logged" / "{{ window.label }}.parquet")),
        key=KEY,
        max_mismatch=0.001,
    )

    yesterday = "{{ macros.ds_add(ds, -1) }}"
    [serve(yesterday), replay(yesterday)] >> parity
