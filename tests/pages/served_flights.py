"""A week of real flights as they were served, one day of which lost an airport's weather, run through a monitor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import pandas as pd

from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.data.baseline import Pinned
from airflow_mlmonitor.data.frame import Frame
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.training import read_training
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MetricsStore
from demo.flights import FAULTY_AIRPORT, FAULTY_DAY, FEATURES, WEATHER, WEEK, all_flights, table

MODEL, NAME = "flight_delay", "flight_delay/check_features"
DAYS = WEEK[:5]
DAG = "flight_delay_daily"


def window(day: date) -> Window:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Window(start, start + timedelta(days=1))


def run_id(day: date) -> str:
    return f"scheduled__{day}"


def run_week(store: MetricsStore) -> None:
    """Pin January and February, then run every day in its order."""
    whole, parts = _training()
    days = {part: profile.encode() for part, profile in parts.items()}
    store.pin(MODEL, "v3", whole.encode(), rows=whole.rows, label="training", days=days)
    monitor = Monitor(name=NAME, model=MODEL, checks=standard_checks(Pinned("v3")))
    for day in DAYS:
        tags = Tags(dag_id=DAG, task_id="check_features", run_id=run_id(day))
        now = read(_served(day), window(day), rules=monitor.rules(store))
        monitor.evaluate(now, window=window(day), store=store, tags=tags, model_version="v3")


@cache
def _joined() -> pd.DataFrame:
    weather = table("weather").drop(columns="time_hour")
    flights = all_flights()
    return flights[flights["month"] <= 3].merge(weather, on=["origin", "month", "day", "hour"], how="left")


@cache
def _training() -> tuple[Profile, dict[Window, Profile]]:
    rows = _joined()
    winter = rows[rows["month"] <= 2][["scheduled", *FEATURES]]
    source = Frame(winter, columns=tuple(FEATURES), timestamp="scheduled")
    rules = learn_rules(source, None, span=timedelta(days=1))
    return read_training(source, None, rules=rules, span=timedelta(days=1))


def _served(day: date) -> Frame:
    rows = _joined()
    rows = rows[rows["scheduled"].dt.date == day][FEATURES].copy()
    if day == FAULTY_DAY:
        rows.loc[rows["origin"] == FAULTY_AIRPORT, WEATHER] = None
    return Frame(rows)
