"""One problem is told of once, whatever the task does every day."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import check
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

NUMBERS = count()
DRIFT = range(2, 7)


@check
def highest(now):
    """The fare of the richest passenger."""
    return now["fare"].max


@pytest.fixture
def fares(tmp_path: Path) -> Files:
    """Nine days of fares; those of five days are beyond belief."""
    for day in range(1, 10):
        top = 900 if day in DRIFT else 90
        (tmp_path / f"2013-02-0{day}.csv").write_text("fare\n" + "".join(f"{row}.5\n" for row in (1, 2, top)))
    return Files(f"{tmp_path}/{{{{ window.label }}}}.csv")


def dag_of(source: Files, severity: str, **kwargs: Any) -> DAG:
    with DAG(f"notices_{next(NUMBERS)}", schedule="@daily", start_date=after(0)) as dag:
        MonitorOperator(
            task_id="look",
            model="fares",
            source=source,
            checks=[highest],
            bounds=Bounds({"highest": {"max": 100, "severity": severity}}),
            **kwargs,
        )
    return dag


def after(day: int) -> datetime:
    return datetime(2013, 2, day + 1, tzinfo=UTC)


def told(context: Any) -> dict[str, Any]:
    found = context["ti"].xcom_pull(task_ids="look")
    return {name: found[name] for name in ("notice", "is_news", "incident", "message")}


def test_a_drift_calls_back_when_it_opens_and_when_it_is_over(run_dag, store, fares):
    heard: list[dict[str, Any]] = []
    dag = dag_of(fares, "warn", on_warn_callback=lambda context: heard.append(told(context)))
    notices = [run_dag(dag, "scheduled", after(day)).xcom("look")["notice"] for day in range(1, 10)]
    assert notices == [None, "opened", *["continued"] * 4, None, "resolved", None]
    assert [(one["notice"], one["is_news"], one["incident"]) for one in heard] == [
        ("opened", True, 1),
        ("resolved", True, 1),
    ]
    assert heard[1]["message"].startswith(
        "Resolved: incident 1, highest is 900, expected at most 100 (5 runs"
    )
    run_dag(dag, "scheduled", after(3))
    assert len(heard) == 2, "a run again is no news"


def test_a_task_that_fails_every_day_says_whether_that_is_news(run_dag, store, fares):
    heard: list[dict[str, Any]] = []
    dag = dag_of(fares, "fail", on_failure_callback=lambda context: heard.append(told(context)))
    states = [run_dag(dag, "scheduled", after(day)).state("look") for day in (1, 2, 3)]
    assert states == ["success", "failed", "failed"]
    assert [(one["notice"], one["is_news"]) for one in heard] == [("opened", True), ("continued", False)]
