"""A model that is trained every day by gradient descent, and a task that looks whether all of it are still numbers.

The loss of every step goes to a log, the weights to a file, the predictions to a table. One task looks at the three:
a training that diverged, a weight or a prediction that is NaN stops the day. Triggered with ``{"standardise": false}``
the features keep their own units, in which the steps are far too long: the loss explodes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import ModelWeights, TrainingLog
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import NumericalStabilityOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))
STABLE = DATA / "stable"
FEATURES = ["sched_dep_time", "distance", "seats"]
STEPS, RATE = 300, 0.1


def features(flights, params):
    """The features of some flights with a one beside them, standardised as they were in training."""
    import numpy as np

    x = flights[FEATURES].fillna(150).to_numpy(float)
    if params["standardise"]:
        x = (x - [1340, 1030, 150]) / [480, 720, 70]
    return np.column_stack([x, np.ones(len(x))])


with DAG(
    "numerical_stability",
    schedule="@daily",
    start_date=pendulum.datetime(2013, 3, 1),
    catchup=False,
    params={"standardise": True},
):

    @task
    def train(day, params=None):
        """Fit how late flights are, a step at a time, on other rows every day."""
        import numpy as np
        import pandas as pd

        rows = pd.read_parquet(DATA / "training.parquet", columns=[*FEATURES, "late"])
        rows = rows.sample(8_000, random_state=int(day.replace("-", "")))
        x, late = features(rows, params), rows["late"].to_numpy(float)
        learned, held_out = slice(6_000), slice(6_000, None)
        weights = np.zeros(x.shape[1])
        STABLE.mkdir(exist_ok=True)
        with (STABLE / f"{day}.jsonl").open("w") as log, np.errstate(all="ignore"):
            for step in range(STEPS):
                error = x @ weights - late
                losses = {"loss": np.mean(error[learned] ** 2), "val_loss": np.mean(error[held_out] ** 2)}
                log.write(json.dumps({"step": step, **losses}) + "\n")
                weights = weights - RATE * x[learned].T @ error[learned] / 6_000
        np.savez(STABLE / f"{day}.npz", coefficients=weights)

    @task
    def score(day, params=None):
        """Say of every flight of the day how likely it is to be late."""
        import numpy as np
        import pandas as pd

        flights = pd.read_parquet(DATA / "flights" / f"{day}.parquet")
        scores = features(flights, params) @ np.load(STABLE / f"{day}.npz")["coefficients"]
        flights[FEATURES].assign(score=scores).to_parquet(STABLE / f"{day}.parquet", index=False)

    stability = NumericalStabilityOperator(
        task_id="stability",
        model="flight_delay",
        source=Files(str(STABLE / "{{ window.label }}.parquet")),
        predictions=("score",),
        training_log=TrainingLog(
            source=str(STABLE / "{{ window.label }}.jsonl"), validation="val_loss", steps=STEPS
        ),
        weights=ModelWeights(paths=str(STABLE / "{{ window.label }}.npz")),
    )

    yesterday = "{{ macros.ds_add(ds, -1) }}"
    train(yesterday) >> score(yesterday) >> stability
