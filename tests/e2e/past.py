"""``python -m tests.e2e.past STORE DATA DAYS``: the weeks before the demo's week, as the monitors would have stored them.

What the scheduler would need hours for, the monitors themselves do in this process: the same checks of the same rows,
kept under the ids that the scheduler's runs would have had.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from airflow_mlmonitor.checks import Check, Consistency, Shape, Skew, Values, standard_checks
from airflow_mlmonitor.data import Files, Pinned, Window, read
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.training import read_training
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MetricsStore, open_store
from demo import flights

DAY = timedelta(days=1)
MODEL = "flight_delay"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A task of a DAG file: what it monitors, and with which checks."""

    dag_id: str
    task_id: str
    folder: str
    columns: tuple[str, ...] | None
    version: str | None = None
    checks: tuple[Check, ...] = standard_checks()
    last: date = flights.WEEK[0] - DAY

    def evaluate(self, store: MetricsStore, data: Path, day: date) -> None:
        """Measure, judge and store one day."""
        model = self.dag_id
        monitor = Monitor(name=f"{model}/{self.task_id}", model=model, checks=self.checks)
        start = datetime.combine(day, time(), UTC)
        window = Window(start, start + DAY)
        source = Files(str(data / self.folder / f"{day}.parquet"), columns=self.columns)
        due = datetime.combine(day + DAY, time(6), UTC)
        tags = Tags(dag_id=self.dag_id, task_id=self.task_id, run_id=f"scheduled__{due.isoformat()}")
        rows = read(source, window, rules=monitor.rules(store))
        monitor.evaluate(rows, window=window, store=store, model_version=self.version, tags=tags)


# As in dags/examples/flight_delay.py and in dags/departures.py beside this file.
SKEW = (Shape(baseline=Pinned()), Values(baseline=Pinned()), Skew(baseline=Pinned()), Consistency())
WATCHED = (
    Watched(dag_id=MODEL, task_id="skew", folder="served", columns=None, version="v1", checks=SKEW),
    Watched(
        dag_id="departures",
        task_id="weather",
        folder="weather",
        columns=("origin", "temp", "humid", "wind_speed", "visib"),
    ),
    Watched(
        dag_id="departures",
        task_id="flights",
        folder="flights",
        columns=("origin", "dest", "carrier", "distance", "sched_dep_time"),
    ),
    Watched(
        dag_id="departures",
        task_id="features",
        folder="served",
        columns=("origin", "dest", "seats", "temp", "wind_speed", "visib"),
        version="v7",
    ),
    Watched(
        dag_id="cancellations",
        task_id="schedule",
        folder="flights",
        columns=("origin", "carrier", "distance"),
        version="v2",
        last=flights.FAULTY_DAY,
    ),
)


def main(url: str, data: Path, days: int) -> None:
    """Write the files of the days and the runs of the monitors."""
    flights.prepare(data)
    before = [flights.WEEK[0] - number * DAY for number in range(days, 0, -1)]
    write(data, before)
    store = open_store(url)
    pin(store, data)
    for watched in WATCHED:
        for day in span(before[0], watched.last):
            watched.evaluate(store, data, day)


def span(first: date, last: date) -> Iterator[date]:
    """Yield the days from one to another."""
    yield from (first + number * DAY for number in range((last - first).days + 1))


def write(data: Path, days: list[date]) -> None:
    """Write the files of days as the demo does of its week: flights, weather, and both joined."""
    tables: Mapping[str, pd.DataFrame] = {
        "flights": flights.all_flights(),
        "weather": flights.table("weather").drop(columns="time_hour"),
    }
    (data / "served").mkdir()
    for day in days:
        of_day = {
            name: table[(table["month"] == day.month) & (table["day"] == day.day)]
            for name, table in tables.items()
        }
        for name, rows in of_day.items():
            rows.to_parquet(data / name / f"{day}.parquet", index=False)
        joined = of_day["flights"].merge(of_day["weather"], on=["origin", "month", "day", "hour"], how="left")
        joined[flights.FEATURES].to_parquet(data / "served" / f"{day}.parquet", index=False)


def pin(store: MetricsStore, data: Path) -> None:
    """Pin the training data, as the DAG flight_delay_training will again."""
    source = Files(str(data / "training.parquet"), columns=tuple(flights.FEATURES), timestamp="scheduled")
    rules = learn_rules(source, None, span=DAY)
    whole, parts = read_training(source, None, rules=rules, span=DAY)
    kept = {day: profile.encode() for day, profile in parts.items()}
    store.pin(MODEL, "v1", whole.encode(), rows=whole.rows, label=source.label, days=kept)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
