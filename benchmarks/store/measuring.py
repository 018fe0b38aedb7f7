"""What is asked of the filled store, and how long each takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Engine

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import SqlStore
from benchmarks.store import filling, plans
from benchmarks.store.filling import Size

SAVED = 1_000
WATCHED = filling.monitor(3)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One question, its times in seconds and the plans of its queries of large tables."""

    name: str
    seconds: tuple[float, ...]
    plans: tuple[plans.Plan, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def scanned(self) -> list[str]:
        """Tables that one of its queries would read as a whole."""
        return sorted({table for plan in self.plans for table in plan.scanned})


def questions(store: SqlStore, size: Size) -> dict[str, Callable[[int], object]]:
    """What is asked, by its name; each gets the number of its repetition."""
    end = size.end
    return {
        f"history: last 180 runs x {size.series}": lambda _: store.history(WATCHED, last=180, asof=end),
        f"history: last 365 runs x {size.series}": lambda _: store.history(WATCHED, last=365, asof=end),
        "history: last 30 of one series": lambda _: store.history(
            WATCHED, last=30, metric="null_share", column=filling.column(7), asof=end
        ),
        "profiles: last 28": lambda _: store.profiles(WATCHED, last=28, asof=end),
        f"verdicts of one run x {size.series}": lambda _: store.verdicts(
            WATCHED, filling.day(size.days // 2)
        ),
        "runs: latest 20 of all": lambda _: store.runs(),
        f"save a new run of {SAVED:,} metrics": lambda turn: store.save(
            _report(size.days + turn), profile=_PROFILE
        ),
        f"save the same run of {SAVED:,} again": lambda _: store.save(_report(size.days), profile=_PROFILE),
    }


def measure(store: SqlStore, engine: Engine, size: Size, repetitions: int) -> list[Figure]:
    """Ask everything once to warm up, then as often as told."""
    figures = [_figure(name, ask, engine, repetitions) for name, ask in questions(store, size).items()]
    return [figures[0], _bare(figures[0], engine, repetitions), *figures[1:]]


def _bare(figure: Figure, engine: Engine, repetitions: int) -> Figure:
    """The same rows through the driver alone: what no store could do without."""
    asked = figure.plans[-1].asked

    def fetch(_turn: int) -> None:
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(asked.statement, asked.parameters)
            cursor.fetchall()
            cursor.close()

    return _figure("  its metrics by the bare driver", fetch, engine, repetitions)


def _figure(name: str, ask: Callable[[int], object], engine: Engine, repetitions: int) -> Figure:
    asked = plans.asked_by(lambda: ask(0))
    seconds = []
    for turn in range(1, repetitions + 1):
        began = time.perf_counter()
        ask(turn)
        seconds.append(time.perf_counter() - began)
    with engine.connect() as connection:
        explained = tuple(plans.explain(connection, one) for one in asked)
    return Figure(name=name, seconds=tuple(seconds), plans=explained)


_PROFILE = bytes(30_000)


def _report(day: int) -> Report:
    window: Window = filling.day(day)
    verdicts = tuple(
        Verdict(
            metric=Metric(
                name=f"metric_{number % 20}", column=filling.column(number // 20), value=number / 7, n=10_000
            ),
            status=Status.OK,
            lower=0.1,
            upper=0.9,
            expected=0.5,
        )
        for number in range(SAVED)
    )
    return Report(
        monitor="saved",
        model="saved",
        window=window,
        verdicts=verdicts,
        facts={"schema": "{}"},
        tags=Tags(dag_id="bench", task_id="save"),
        started=window.end,
    )
