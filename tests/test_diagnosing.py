"""What a run remembers of its causes, and where it says to start."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Shape, Values
from airflow_mlmonitor.data.baseline import Trailing
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store.memory_store import MemoryStore
from tests.rows import profiled

FIRST = datetime(2013, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
EARLIER = 15


def window(number: int) -> Window:
    return Window(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def rows(number: int, *, broken: bool = False) -> Profile:
    draw = np.random.default_rng(number)
    lost = draw.random(400) < (0.4 if broken else 0.0)
    numbers = {
        name: [None if gone else value for gone, value in zip(lost, draw.normal(size=400), strict=True)]
        for name in "xy"
    }
    return profiled({**numbers, "row": np.arange(400) + 0.5})


def evaluated(
    store: MemoryStore, number: int, *, broken: bool = False, name: str = "m/features", **more: Any
) -> Report:
    monitor = Monitor(name=name, model="m", checks=(Shape(), Values(baseline=Trailing())))
    return monitor.evaluate(rows(number, broken=broken), window=window(number), store=store, **more)


@pytest.fixture
def store() -> MemoryStore:
    known = MemoryStore()
    for number in range(EARLIER):
        assert not evaluated(known, number).causes
    return known


def test_the_causes_of_findings_are_in_the_report_and_remembered_as_json(store: MemoryStore) -> None:
    report = evaluated(store, EARLIER, broken=True)
    assert report.causes[0].cause == "join_failed"
    facts = {name: json.loads(text) for name, text in store.facts("m/features", window(EARLIER)).items()}
    assert facts["causes"][0]["columns"] == ["x", "y"]
    assert facts["likely"] == report.causes[0].likely
    assert facts["evidence"] == list(report.causes[0].evidence)
    assert facts["next"] == report.causes[0].next
    assert facts["impact"] == f"{report.causes[0].rows} of 400 rows are touched."
    assert "start_at" not in facts, "there is no task at a terminal"


def test_a_quiet_run_remembers_no_cause(store: MemoryStore) -> None:
    evaluated(store, EARLIER)
    assert (
        set(store.facts("m/features", window(EARLIER))) & {"causes", "likely", "impact", "start_at"} == set()
    )


def test_the_summary_for_xcom_tells_the_cause(store: MemoryStore) -> None:
    summary = evaluated(store, EARLIER, broken=True).summary()
    assert summary["likely"].startswith("the join that brings x and y")
    assert summary["evidence"]
    assert summary["next"]
    assert "Likely: the join that brings x and y" in summary["message"]
    assert evaluated(store, EARLIER + 1).summary()["likely"] is None


def test_the_first_monitor_of_a_dag_run_that_found_something_is_where_to_start(store: MemoryStore) -> None:
    first = Tags(dag_id="d", task_id="check_weather", run_id="r1")
    second = Tags(dag_id="d", task_id="check_features", run_id="r1")
    alone = evaluated(store, EARLIER, broken=True, tags=first)
    assert json.loads(alone.facts["start_at"])["task_id"] == "check_weather"
    for number in range(EARLIER):
        evaluated(store, number, name="m/later", tags=Tags(dag_id="d", task_id="check_features", run_id="r0"))
    later = evaluated(store, EARLIER, broken=True, name="m/later", tags=second)
    assert json.loads(later.facts["start_at"]) == {
        "task_id": "check_weather",
        "why": "its monitor m/features found something first",
    }
