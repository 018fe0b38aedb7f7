"""Every store tells the same story, and a real monitor leaves what the pages look for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Quality, Values
from airflow_mlmonitor.checks.model_staleness import ModelStaleness
from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.model_records import ModelFile
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.bounds import Bounds
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.significance import Significance
from airflow_mlmonitor.monitor import BUDGET, Monitor
from airflow_mlmonitor.pages import asked_of_model
from airflow_mlmonitor.pages.banner import banner
from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.incident_page import incident_page
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.series_page import series, series_names
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MemoryStore, MetricsStore, open_store
from tests.pages.scenes import DAG, after, join_failed, missing, quiet, saved
from tests.store.making import day

NOW = after(11)
PAGES: dict[str, Callable[[MetricsStore], Any]] = {
    "banner": lambda store: banner(store, readable=None),
    "dag": lambda store: dag_page(store, dag_id=DAG, now=NOW),
    "run": lambda store: dag_run_page(store, dag_id=DAG, run_id="scheduled__2013-01-10", order=["b", "a"]),
    "models": lambda store: models_page(store, readable=[DAG], now=NOW),
    "series": lambda store: series(store, monitor="flight_delay/a", metric="null_share", column="temp"),
    "names": lambda store: series_names(store, dag_id=DAG),
    "incident": lambda store: incident_page(store, 1),
}


def scene(store: MetricsStore) -> MetricsStore:
    for number in range(12):
        for minute, task in enumerate("ab"):
            bad = [missing(), quiet("dewp")] if number >= 9 - minute else []
            more = {
                "model_version": f"v{number // 6}",
                "facts": {"schema": '{"temp": "double"}', **join_failed()},
            }
            saved(store, number, *bad, task=task, minute=minute, **more)
    store.acknowledge(1, who="ana", note="looking")
    return store


def timeless(document: Any) -> Any:
    """A document without the moments at which things were recorded: those of two stores differ."""
    if isinstance(document, dict):
        recorded = {"recorded_at", "acknowledged_at"} | ({"at"} if "by" in document else set())
        kept = {name: timeless(one) for name, one in document.items() if name not in recorded}
        return {**kept, "opened_at": None} if "acknowledged" in document and "others" in document else kept
    return [timeless(one) for one in document] if isinstance(document, list) else document


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[MetricsStore, MetricsStore]:
    sqlite = open_store(f"sqlite:///{tmp_path_factory.mktemp('same') / 'mlmonitor.db'}")
    return scene(MemoryStore()), scene(sqlite)


@pytest.mark.parametrize("page", PAGES)
def test_both_stores_give_the_same_page(both: tuple[MetricsStore, MetricsStore], page: str) -> None:
    memory, sqlite = (timeless(PAGES[page](store)) for store in both)
    assert memory == sqlite
    assert len(json.dumps(memory)) > 100


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_when_it_is_asked_for_again(
    both: tuple[MetricsStore, MetricsStore], page: str
) -> None:
    assert PAGES[page](both[1]) == PAGES[page](both[1])


def test_pages_read_the_fact_that_monitors_write() -> None:
    assert asked_of_model.BUDGET == BUDGET


def labelled(number: int, share: float) -> Frame:
    """Two hundred predictions, of which the first part has a label."""
    chance = np.random.default_rng(number).uniform(size=200)
    late = [float(one > 0.5) if place < share * 200 else None for place, one in enumerate(chance)]
    return Frame({"chance": chance, "late": late})


def test_real_runs_of_real_monitors(store: MetricsStore, tmp_path: Path) -> None:
    record = tmp_path / "model.json"
    record.write_text(json.dumps({"version": "v3", "trained_at": "2012-12-20T00:00:00+00:00"}))
    age = ModelStaleness(record=ModelFile(str(record)), max_age=timedelta(days=14))
    monitors = [
        Monitor(
            name="m/quality",
            model="m",
            checks=[Quality(prediction="chance", label="late")],
            judge=Learned(false_alerts_per_month=2),
        ),
        Monitor(
            name="m/values",
            model="m",
            checks=[Values(baseline=None)],
            judge=Significance(),
            bounds=Bounds({"chance.mean": {"max": 0.9}}),
        ),
        Monitor(name="m/age", model="m", checks=[age]),
    ]
    for number in range(3):
        rows = read(labelled(number, 1.0 if number < 2 else 0.0), rules=monitors[0].rules(store))
        for monitor in monitors:
            task = monitor.name.partition("/")[2]
            monitor.evaluate(
                rows if task != "age" else Profile(),
                window=day(number),
                store=store,
                tags=Tags(dag_id=DAG, task_id=task, run_id=f"run_{number}"),
                model_version="v3",
            )
    (model,) = models_page(store, readable=[DAG])["models"]
    assert (model["budget_goal"], model["max_age_days"], model["age_days"]) == (4.0, 14.0, 15.0)
    assert model["trained_at"] == "2012-12-20T00:00:00+00:00"
    page = dag_run_page(store, dag_id=DAG, run_id="run_2", order=["values", "age", "quality"])
    sentences = {one["task_id"]: (one["status"], one["sentence"]) for one in page["monitors"]}
    assert sentences["age"][0] == "warn"
    assert sentences["age"][1].startswith(
        "v3 was trained on 20 December 2012, 15 days before the end of the window"
    )
    assert sentences["quality"][0] in ("waiting", "warn", "fail")
    assert page["monitors"][1]["start_here"]
    heat = dag_page(store, dag_id=DAG)
    assert {row["task_id"]: len(row["cells"]) for row in heat["monitors"]} == {
        "values": 3,
        "age": 3,
        "quality": 3,
    }
    worst = banner(store, readable=[DAG])
    assert worst["model"] == "m"
    assert incident_page(store, worst["incident_id"] or 0)["groups"]
    spans = Window(day(0).start, day(2).end)
    chart = series(
        store, monitor="m/values", metric="mean", column="chance", begin=spans.start, end=spans.end
    )
    assert [point["upper"] for point in chart["history"]] == [0.9, 0.9, 0.9]
