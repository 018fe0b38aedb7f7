"""Flights with their weather and planes, a prediction and its label, day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from demo.flights import table

WEATHER = ("temp", "dewp", "humid", "wind_speed", "pressure", "precip", "visib")
COLUMNS = [
    "time_hour", "sched_dep_time", "hour", "minute", "distance", "carrier", "origin", "dest", "tailnum", "seats",
    *WEATHER, "pred", "late",
]  # fmt: skip
FIRST = datetime(2013, 2, 20, tzinfo=UTC)
DAYS = 49
DAY = timedelta(days=1)


@cache
def flights() -> pd.DataFrame:
    """Seven weeks of them, with the number of their day."""
    rows = table("flights").merge(table("planes")[["tailnum", "seats"]], on="tailnum", how="left")
    rows["start"] = pd.to_datetime(rows[["year", "month", "day"]]).dt.tz_localize(UTC)
    rows["number"] = (rows["start"] - FIRST) // DAY
    rows = rows[rows["number"].between(0, DAYS - 1)]
    weather = table("weather").drop(columns="time_hour")
    rows = rows.merge(weather, on=["year", "origin", "month", "day", "hour"], how="left")
    rows["time_hour"] = rows["start"].dt.tz_localize(None) + pd.to_timedelta(rows["hour"], unit="h")
    rows["late"] = (rows["arr_delay"] > 15).astype(float)
    draw = np.random.default_rng(0).normal(0, 0.03, len(rows))
    base = (
        0.05 + 0.012 * rows["hour"] + 0.004 * rows["wind_speed"].fillna(10) + 0.02 * (rows["carrier"] == "EV")
    )
    rows["pred"] = (base + draw).clip(0.01, 0.99).round(4)
    whole = ["distance", "hour", "minute", "sched_dep_time"]
    rows[whole] = rows[whole].astype(float)
    return rows.sort_values(["number", "sched_dep_time"], kind="stable")


def day(number: int) -> pd.DataFrame:
    """The rows of the n-th day."""
    rows = flights()
    return rows.loc[rows["number"] == number, COLUMNS].reset_index(drop=True)


def window(number: int) -> Window:
    return Window(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def profiled(rows: pd.DataFrame, **options: object) -> Profile:
    """The profile of some rows."""
    return read(Frame(rows, **options))  # type: ignore[arg-type]
