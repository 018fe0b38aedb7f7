"""What everything in the store is called, and how much of it there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from airflow_mlmonitor.data import Window
from airflow_mlmonitor.report.report import Tags

DAY = timedelta(days=1)
LAST = date(2026, 6, 30)
MONITORS_A_DAG = 5
SEED = "seed"
"""The model whose runs are real."""

Tell = Callable[[str, int, int], None]
"""Gets what is done, how far it is, and how much there is to do."""


@dataclass(frozen=True, kw_only=True)
class Stock:
    """How much a store holds, and what everything is called."""

    monitors: int
    days: int

    def model(self, number: int) -> str:
        return f"model_{number:02d}"

    def dag(self, number: int) -> str:
        return f"models_{number // MONITORS_A_DAG}"

    def task(self, number: int) -> str:
        return f"watch_{number:02d}"

    def monitor(self, number: int) -> str:
        return f"{self.model(number)}/{self.task(number)}"

    def day(self, back: int) -> date:
        """The day so many days before the last one."""
        return LAST - back * DAY

    def run(self, back: int) -> str:
        """The DAG run of that day."""
        return f"scheduled__{self.day(back) + DAY}T06:00:00+00:00"

    def tags(self, number: int, back: int) -> Tags:
        return Tags(dag_id=self.dag(number), task_id=self.task(number), run_id=self.run(back))

    @property
    def dags(self) -> list[str]:
        return sorted({self.dag(number) for number in range(self.monitors)})


def window(day: date) -> Window:
    start = datetime.combine(day, time(), UTC)
    return Window(start, start + DAY)
