"""A metrics store of ten million rows in which every run says something: real runs, copied over years and monitors.

Three weeks of one monitor are measured and judged in earnest. They are copied, row for row, to all days of all
monitors; the last runs, those that people look at, are saved as every run is, incidents and all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, text

from airflow_mlmonitor.checks import Consistency, Shape, Skew, Values
from airflow_mlmonitor.data import Files, Frame, Pinned, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.training import read_training
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store import MetricsStore
from benchmarks.viewers.copying import copy
from benchmarks.viewers.names import DAY, SEED, Stock, Tell, window
from demo import flights

WEEKS = 3

TROUBLES = (45, 20, 0)
"""Days before the last one on which half of the monitors found something."""

CHECKS = (Shape(baseline=Pinned()), Values(baseline=Pinned()), Skew(baseline=Pinned()), Consistency())


@dataclass(frozen=True)
class Seed:
    """One real run."""

    report: Report
    profile: bytes


def seeds(store: MetricsStore, folder: Path) -> list[Seed]:
    """Measure and judge real days under the name of the first monitor; the last of them is the one that fails."""
    flights.prepare(folder)
    source = Files(str(folder / "training.parquet"), columns=tuple(flights.FEATURES), timestamp="scheduled")
    monitor = Monitor(name=f"{SEED}/watch", model=SEED, checks=CHECKS)
    rules = learn_rules(source, None, span=DAY)
    whole, parts = read_training(source, None, rules=rules, span=DAY)
    kept = {part: profile.encode() for part, profile in parts.items()}
    store.pin(SEED, "v1", whole.encode(), rows=whole.rows, label=source.label, days=kept)
    first = flights.WEEK[0] - WEEKS * 7 * DAY
    days = [first + number * DAY for number in range(WEEKS * 7)] + [flights.FAULTY_DAY]
    table, weather = flights.all_flights(), flights.table("weather").drop(columns="time_hour")
    return [_evaluated(monitor, store, day, _joined(table, weather, day)) for day in days]


def _joined(table: pd.DataFrame, weather: pd.DataFrame, day: date) -> pd.DataFrame:
    of_day = table[(table["month"] == day.month) & (table["day"] == day.day)]
    known = weather[weather["origin"] != flights.FAULTY_AIRPORT] if day == flights.FAULTY_DAY else weather
    return of_day.merge(known, on=["origin", "month", "day", "hour"], how="left")[flights.FEATURES]


def _evaluated(monitor: Monitor, store: MetricsStore, day: date, rows: pd.DataFrame) -> Seed:
    profile: Profile = read(Frame(rows), window(day), rules=monitor.rules(store))
    report = monitor.evaluate(profile, window=window(day), store=store, model_version="v1")
    return Seed(report, profile.encode())


def stock(engine: Engine, store: MetricsStore, seeded: list[Seed], size: Stock, tell: Tell) -> None:
    """Fill the store."""
    with engine.begin() as connection:
        copy(connection, size, tell)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    for number in range(size.monitors):
        for back in TROUBLES:
            _save(store, seeded[-1] if number % 2 else seeded[-2], size, number, back)
        tell("saving the last runs", number + 1, size.monitors)


def _save(store: MetricsStore, seed: Seed, size: Stock, number: int, back: int) -> None:
    report = replace(
        seed.report,
        monitor=size.monitor(number),
        model=size.model(number),
        window=window(size.day(back)),
        tags=size.tags(number, back),
        started=window(size.day(back)).end,
    )
    store.save(report, profile=seed.profile)
