"""Two DAGs that monitor fares, one of them not for everybody, and what they ran."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

START = datetime(2013, 2, 1, tzinfo=UTC)
ROWS = {1: 5, 2: 5, 3: 1}
"""Rows of each day; three are asked for."""


def write_days(folder: Path) -> None:
    """Write the files that the DAGs read."""
    for day, rows in ROWS.items():
        text = "fare\n" + "".join(f"{number}.5\n" for number in range(rows))
        (folder / f"2013-02-{day:02}.csv").write_text(text)


def monitor(task_id: str, folder: Path, **more: Any) -> MonitorOperator:
    """A monitor that fails on days with fewer than three rows."""
    return MonitorOperator(
        task_id=task_id,
        model=more.pop("model", "fares"),
        source=Files(f"{folder}/{{{{ window.label }}}}.csv"),
        checks=[Shape()],
        bounds=Bounds({"rows": {"min": 3}}),
        **more,
    )


def fares(folder: Path) -> DAG:
    """Load, look, score; a second look of each of two kinds beside it."""
    with DAG("fares", schedule="@daily", start_date=START) as dag:
        score = EmptyOperator(task_id="a_score")
        look = monitor("look", folder)
        EmptyOperator(task_id="z_load") >> look >> score
        MonitorOperator.partial(
            task_id="each",
            model="fares",
            source=Files(f"{folder}/{{{{ window.label }}}}.csv"),
            checks=[Shape()],
            bounds=Bounds({"rows": {"min": 3}}),
            map_index_template="{{ task.model_version }}",
        ).expand(model_version=["v1", "v2"])
    return dag


def secret(folder: Path) -> DAG:
    """The same for a model of the same name, which not everybody may know of, and one of its own."""
    with DAG("secret", schedule="@daily", start_date=START) as dag:
        monitor("covert", folder, monitor="fares/covert")
        monitor("salaries", folder, model="payroll")
    return dag


def run_days(run_dag: Callable[..., Any], dag: DAG) -> list[Any]:
    """Run a DAG on the morning after each day."""
    return [run_dag(dag, "scheduled", datetime(2013, 2, day + 1, tzinfo=UTC)) for day in ROWS]
