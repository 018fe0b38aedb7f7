"""What every metrics store promises of its runs to those who look for them: pages, and people at a terminal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import KnownSeries, Point, Run

Key = tuple[str, Window]
"""What tells a run from all others: its monitor and its window."""


class Logbook(ABC):
    """The runs of all monitors, and what stands about them.

    **Point by point.** Whatever is asked for is found by an index, in a store of any size, and only that is read.
    """

    @abstractmethod
    def monitors(self) -> list[tuple[str, str]]:
        """Return every monitor with its model, in the order of their first runs."""

    @abstractmethod
    def run(self, monitor: str, window: Window) -> Run | None:
        """Return one run; None if it is unknown."""

    @abstractmethod
    def runs(  # noqa: PLR0913 - each is one way to name runs
        self,
        *,
        model: str | None = None,
        monitor: str | None = None,
        dag_id: str | None = None,
        run_id: str | None = None,
        task_id: str | None = None,
        map_index: int | None = None,
        since: datetime | None = None,
        asof: datetime | None = None,
        last: int = 20,
    ) -> list[Run]:
        """Return the runs with the latest windows, latest first; those that all the given names and moments fit.

        Parameters
        ----------
        model, monitor
            Of one model; of one monitor.
        dag_id, run_id, task_id, map_index
            Of one DAG; of one run of it; of one of its tasks; of one of that task's mapped instances.
        since, asof
            Whose windows start at this moment or later; whose windows end by this moment.
        last
            At most so many.

        Raises
        ------
        ConfigurationError
            A DAG run or a task is named without its DAG.
        """

    @abstractmethod
    def latest_runs(
        self, monitors: Collection[str] | None = None, *, last: int = 1, asof: datetime | None = None
    ) -> dict[str, list[Run]]:
        """Return the last runs of each of some monitors, or of all, latest first; those without runs are left out.

        ``asof`` as in ``runs``.
        """

    @abstractmethod
    def series(self, monitor: str) -> list[KnownSeries]:
        """Return every series that a monitor ever had, sorted by their names; empty if it is unknown."""

    @abstractmethod
    def series_of(self, monitors: Collection[str], *, family: str) -> dict[str, list[KnownSeries]]:
        """Return the series of one family of some monitors, sorted by their names; monitors without are left out."""

    @abstractmethod
    def status_counts(self, monitor: str, window: Window) -> dict[Status, int]:
        """Return how many verdicts of one run have each status; a status that none has is left out."""

    @abstractmethod
    def facts_of_runs(self, runs: Collection[Run], names: Sequence[str]) -> dict[Key, dict[str, str]]:
        """Return facts of some names of some runs, of any monitors; each run is there, by its monitor and window."""

    @abstractmethod
    def points_of_runs(self, runs: Collection[Run], series: tuple[str, str, str]) -> dict[Key, Point]:
        """Return the points of one series, by its names, of some runs, of any monitors that have it."""

    @abstractmethod
    def status_counts_of_runs(self, runs: Collection[Run]) -> dict[Key, dict[Status, int]]:
        """Return how many verdicts of each of some runs have each status; each run is there."""

    @abstractmethod
    def verdicts_of_runs(self, runs: Collection[Run]) -> dict[Key, list[Verdict]]:
        """Return all verdicts of some runs, of any monitors, as ``verdicts`` does of one; each run is there."""

    @abstractmethod
    def alerts_of_runs(self, runs: Collection[Run]) -> dict[Key, Alert]:
        """Return what some runs found; those that found nothing are left out."""

    @abstractmethod
    def alerts(
        self, monitor: str, *, since: datetime | None = None, asof: datetime | None = None, last: int = 365
    ) -> dict[Window, Alert]:
        """Return what the last runs that found something found, latest first; ``since`` and ``asof`` as in ``runs``."""

    @abstractmethod
    def facts_of(
        self, monitor: str, names: Sequence[str], *, asof: datetime, last: int
    ) -> Mapping[Window, dict[str, str]]:
        """Return facts of some names of the last runs that end by ``asof``, oldest first.

        Every one of these runs is there, with no facts where it has none of them.
        """
