"""What earlier runs of a monitor saw, for a check that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from airflow_mlmonitor.checks.metric import Worse
from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.data.window import Window


@dataclass(frozen=True, kw_only=True)
class Series(Recipe):
    """One number that a monitor follows, by its name in the metrics store.

    Parameters
    ----------
    monitor
        Name of the monitor, such as ``flight_delay/quality``.
    metric, column, slice
        Which of its numbers; without a metric its runs alone.
    """

    monitor: str
    metric: str = ""
    column: str = ""
    slice: str = ""

    @property
    def label(self) -> str:
        """The metric, and of what it is."""
        of = " of ".join(part for part in (self.metric, self.column) if part)
        return f"{of} in {self.monitor}" if of else self.monitor


class Observation(NamedTuple):
    """One run's value of a series, with the version of the model that served then."""

    window: Window
    version: str | None
    value: float | None


@dataclass(frozen=True)
class Observed:
    """What earlier runs saw of a series.

    Parameters
    ----------
    observations
        Oldest first; runs that a person marked bad are left out.
    worse
        Which direction of the number is bad.
    """

    observations: tuple[Observation, ...] = ()
    worse: Worse = "both"


Past = Callable[[Series], Observed]
"""Looks up what earlier runs saw, as of the run that asks."""


def nothing(series: Series) -> Observed:
    """Know nothing of the past."""
    return Observed()
