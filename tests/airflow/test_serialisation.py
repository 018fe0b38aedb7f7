"""A DAG that nobody changed must serialise to the same text in every process, or each parse makes a new DAG version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DAG_FILE = """
from datetime import datetime, timedelta
from airflow.sdk import DAG
from airflow_mlmonitor.checks import Drift, Shape, Skew, Values, check
from airflow_mlmonitor.data import Files, Frame, Pinned, SameWeekday
from airflow_mlmonitor.judging import Bounds, Significance
from airflow_mlmonitor.operators import FeatureParityOperator, MonitorOperator, PredictionQualityOperator, ProfileOperator
from airflow_mlmonitor.operators import TrainServeSkewOperator

@check
def own(now):
    return now.rows

def page(context):
    pass

def sources():
    return [Files(f"{name}.csv", columns=("a", "b"), slices=("a",), where="a > {{ ds }}") for name in "xy"]

with DAG("stable", schedule="@daily", start_date=datetime(2013, 1, 1)) as dag:
    everything = dict(
        model="m",
        checks=[own, Shape(), Values(), Skew(), Drift(baseline=SameWeekday())],
        judge=Significance(),
        bounds=Bounds({"rows": {"min": 1}}),
        window=timedelta(days=1),
        on_warn_callback=page,
    )
    MonitorOperator(task_id="one", source=sources()[0], **everything)
    MonitorOperator.partial(task_id="many", **everything).expand(source=sources())
    TrainServeSkewOperator(task_id="skew", model="m", source=sources()[1], baseline=Pinned("v3"))
    TrainServeSkewOperator.partial(task_id="skews", source=sources()[1]).expand(model=["a", "b"])
    MonitorOperator.partial(task_id="frames", model="m", checks=[own]).expand(source=[Frame(sources), Frame([])])
    MonitorOperator(task_id="standard", model="m", source=sources()[0])
    PredictionQualityOperator(
        task_id="quality", model="m", source=sources()[0], prediction="a", label="b", segments=["c"]
    )
    PredictionQualityOperator.partial(task_id="qualities", model="m", source=sources()[0], label="b").expand(
        prediction=["a", "c"]
    )
    sides = dict(training=sources()[0], serving=sources()[1], absolute={"b": 1.0}, max_mismatch=0.1)
    FeatureParityOperator(task_id="parity", model="m", key=["a"], **sides)
    FeatureParityOperator.partial(task_id="parities", model="m", **sides).expand(key=[["a"], ["a", "b"]])
    ProfileOperator(task_id="profile", model="m", source=sources()[0], pin="v3", split=timedelta(days=1))

import json, sys
from airflow.serialization.serialized_objects import DagSerialization
print(json.dumps(DagSerialization.to_dict(dag), sort_keys=True))
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The DAG, serialised by two processes."""
    file = tmp_path_factory.mktemp("dags") / "stable.py"
    file.write_text(DAG_FILE)
    environments = [{**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed} for seed in "12"]
    parsing = [
        subprocess.Popen([sys.executable, file], stdout=subprocess.PIPE, text=True, env=environment)
        for environment in environments
    ]
    return [process.communicate()[0].splitlines()[-1] for process in parsing]


def test_two_parses_of_a_dag_give_one_version(texts):
    assert texts[0] == texts[1]


def test_no_address_in_memory_is_serialised(texts):
    assert " at 0x" not in texts[0]


def test_a_source_is_serialised_as_it_was_written(texts):
    assert '"source": {"Files": {"columns": ["a", "b"], "paths": ["x.csv"], "slices": ["a"]' in texts[0]
