"""A flight-delay model, from its training to the morning on which its features break.

Training ends with pinning a profile of the training data. Every morning the features of the day before are joined,
monitored against that baseline, and scored only if the monitor lets them pass. No threshold is written anywhere.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import ProfileOperator, TrainServeSkewOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
FEATURES = (
    *("sched_dep_time", "distance", "carrier", "origin", "dest", "seats"),
    *("temp", "dewp", "humid", "wind_dir", "wind_speed", "pressure", "precip", "visib"),
)
DAY_BEFORE = "{{ macros.ds_add(ds, -1) }}"


def page_on_call(context):
    """Stands for the team's pager, chat or mail: any Airflow callback or notifier does."""
    ti = context["ti"]
    found = ti.xcom_pull(task_ids=ti.task_id)
    said = found["message"] if found else str(context.get("exception"))
    logging.getLogger("pager").critical("%s, try %s: %s\n%s", ti.task_id, ti.try_number, said, ti.log_url)


def encoded(rows, columns=None):
    """The features as numbers: names one-hot, what is missing 0 after centring."""
    import pandas as pd

    numbers = pd.get_dummies(
        rows[list(FEATURES)].drop(columns="dest"), columns=["carrier", "origin"], dtype=float
    )
    return numbers if columns is None else numbers.reindex(columns=columns, fill_value=0.0)


with DAG("flight_delay_training", schedule=None, start_date=pendulum.datetime(2013, 1, 1)):

    @task
    def train():
        """Fit a logistic regression to January and February and write its coefficients."""
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        rows = pd.read_parquet(DATA / "training.parquet")
        numbers = encoded(rows)
        mean, scale = numbers.mean(), numbers.std()
        features = ((numbers - mean) / scale).fillna(0.0)
        model = LogisticRegression(max_iter=1000).fit(features, rows["late"])
        coefficients = {
            "columns": list(features),
            "mean": mean.tolist(),
            "scale": scale.tolist(),
            "weights": model.coef_[0].tolist(),
            "intercept": float(model.intercept_[0]),
        }
        (DATA / "model.json").write_text(json.dumps(coefficients))
        return round(float(roc_auc_score(rows["late"], model.decision_function(features))), 3)

    pin = ProfileOperator(
        task_id="pin",
        model="flight_delay",
        source=Files(str(DATA / "training.parquet"), columns=FEATURES, timestamp="scheduled"),
        pin="v1",
        split=timedelta(days=1),
    )
    train() >> pin

with DAG(
    "flight_delay",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2013, 3, 1),
    catchup=False,
    default_args={"on_failure_callback": page_on_call},
):

    @task
    def join_features(day):
        """Join the weather of its hour to every flight."""
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        weather = pd.read_parquet(DATA / "weather" / f"{day}.parquet")
        joined = flights.merge(weather, on=["origin", "month", "day", "hour"], how="left")
        path = DATA / "served" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        joined[list(FEATURES)].to_parquet(path, index=False)

    skew = TrainServeSkewOperator(
        task_id="skew",
        model="flight_delay",
        model_version="v1",
        source=Files(str(DATA / "served" / "{{ window.label }}.parquet")),
        fail_on="warn",  # nothing unusual is scored before somebody has looked at it
    )

    @task
    def score(day):
        """Write the probability of being late for every flight."""
        import numpy as np
        import pandas as pd

        model = json.loads((DATA / "model.json").read_text())
        rows = pd.read_parquet(DATA / "served" / f"{day}.parquet")
        numbers = encoded(rows, model["columns"])
        features = ((numbers - model["mean"]) / model["scale"]).fillna(0.0)
        late = 1 / (1 + np.exp(-(features.to_numpy() @ np.array(model["weights"]) + model["intercept"])))
        path = DATA / "scored" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        rows.assign(late=late).to_parquet(path, index=False)
        return {"flights": len(rows), "expected_late": round(float(late.mean()), 3)}

    join_features(DAY_BEFORE) >> skew >> score(DAY_BEFORE)
