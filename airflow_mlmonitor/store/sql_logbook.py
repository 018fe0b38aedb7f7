"""The runs of all monitors in a SQL database."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store import many_runs, run_queries
from airflow_mlmonitor.store.history import KnownSeries, Point, Run
from airflow_mlmonitor.store.logbook import Key, Logbook
from airflow_mlmonitor.store.saving import refuse_half_named

T = TypeVar("T")


class SqlLogbook(Logbook):
    """What is read about runs; each method is one transaction."""

    @abstractmethod
    def _read(self, work: Callable[[Connection], T]) -> T:
        """Do some work in a transaction that sees one snapshot."""

    def monitors(self) -> list[tuple[str, str]]:
        """Return every monitor with its model, in the order of their first runs."""
        return self._read(run_queries.monitors)

    def run(self, monitor: str, window: Window) -> Run | None:
        """Return one run; None if it is unknown."""
        return self._read(partial(run_queries.run, monitor=monitor, window=window))

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
        """Return the runs with the latest windows that all the given names and moments fit, latest first."""
        refuse_half_named(dag_id, run_id, task_id, map_index)
        of = partial(run_queries.runs, model=model, monitor=monitor, dag_id=dag_id, run_id=run_id)
        of = partial(of, task_id=task_id, map_index=map_index)
        return list(
            self._read(partial(of, since=since and utc(since), asof=asof and utc(asof), last=last)).values()
        )

    def latest_runs(
        self, monitors: Collection[str] | None = None, *, last: int = 1, asof: datetime | None = None
    ) -> dict[str, list[Run]]:
        """Return the last runs of each of some monitors, or of all, latest first; those without runs are left out."""
        found = partial(run_queries.latest, names=monitors, last=last)
        return self._read(partial(found, asof=asof and utc(asof)))

    def facts_of_runs(self, runs: Collection[Run], names: Sequence[str]) -> dict[Key, dict[str, str]]:
        """Return facts of some names of some runs; each run is there, by its monitor and window."""
        return self._read(partial(many_runs.facts, runs=runs, names=names))

    def points_of_runs(self, runs: Collection[Run], series: tuple[str, str, str]) -> dict[Key, Point]:
        """Return the points of one series, by its names, of some runs."""
        return self._read(partial(many_runs.points, runs=runs, series=series))

    def status_counts_of_runs(self, runs: Collection[Run]) -> dict[Key, dict[Status, int]]:
        """Return how many verdicts of each of some runs have each status; each run is there."""
        return self._read(partial(many_runs.status_counts, runs=runs))

    def verdicts_of_runs(self, runs: Collection[Run]) -> dict[Key, list[Verdict]]:
        """Return all verdicts of some runs; each run is there."""
        return self._read(partial(many_runs.verdicts, runs=runs))

    def alerts_of_runs(self, runs: Collection[Run]) -> dict[Key, Alert]:
        """Return what some runs found; those that found nothing are left out."""
        return self._read(partial(many_runs.alerts, runs=runs))

    def series(self, monitor: str) -> list[KnownSeries]:
        """Return every series that a monitor ever had, sorted by their names; empty if it is unknown."""
        return self._read(partial(run_queries.series, monitor=monitor))

    def series_of(self, monitors: Collection[str], *, family: str) -> dict[str, list[KnownSeries]]:
        """Return the series of one family of some monitors, sorted by their names; monitors without are left out."""
        return self._read(partial(many_runs.series, monitors=monitors, family=family))

    def status_counts(self, monitor: str, window: Window) -> dict[Status, int]:
        """Return how many verdicts of one run have each status; a status that none has is left out."""
        return self._read(partial(run_queries.status_counts, monitor=monitor, window=window))

    def alerts(
        self, monitor: str, *, since: datetime | None = None, asof: datetime | None = None, last: int = 365
    ) -> dict[Window, Alert]:
        """Return what the last runs that found something found, latest first."""
        found = partial(run_queries.alerts, monitor=monitor, last=last)
        return self._read(partial(found, since=since and utc(since), asof=asof and utc(asof)))

    def facts_of(
        self, monitor: str, names: Sequence[str], *, asof: datetime, last: int
    ) -> dict[Window, dict[str, str]]:
        """Return facts of some names of the last runs that end by ``asof``, oldest first."""
        return self._read(
            partial(run_queries.facts_of, monitor=monitor, names=names, asof=utc(asof), last=last)
        )
