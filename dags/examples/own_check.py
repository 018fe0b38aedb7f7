"""Checks of one's own: a number, a comparison, and one with a parameter. No other file has to know them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Check, Metric, check
from airflow_mlmonitor.data import Files, Trailing
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

DATA = Path(os.environ.get("MLMONITOR_EXAMPLES_DATA", "data"))


@check
def flights_per_carrier(now):
    """Falls when a carrier's file is delivered in part."""
    return now.rows / now["carrier"].distinct


@check(baseline=Trailing(runs=7, least=1))
def carriers_lost(now, before):
    """How many carriers of the last week have no flight today."""
    return len(before["carrier"].counts.keys() - now["carrier"].counts.keys()) if before else None


@dataclass(frozen=True, kw_only=True)
class Spread(Check):
    """How far apart are the shortest and the longest?"""

    column: str

    def measure(self, now, before) -> Iterator[Metric]:
        column = now[self.column]
        yield Metric(name="spread", value=column.max - column.min, column=self.column, n=column.count)


with DAG("own_check", schedule="@daily", start_date=pendulum.datetime(2013, 3, 1), catchup=False):
    MonitorOperator(
        task_id="carriers",
        model="flight_delay",
        source=Files(str(DATA / "flights" / "{{ window.label }}.parquet"), columns=("carrier", "distance")),
        checks=[flights_per_carrier, carriers_lost, Spread(column="distance")],
        bounds=Bounds({"carriers_lost": {"max": 1, "severity": "warn"}}),
    )
