"""The runs of all monitors in memory."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import KnownSeries, Point, Run
from airflow_mlmonitor.store.logbook import Logbook
from airflow_mlmonitor.store.memory_casebook import Key, MemoryCasebook
from airflow_mlmonitor.store.saving import refuse_half_named


@dataclass(frozen=True)
class Saved:
    """A run as it was saved."""

    run: Run
    verdicts: tuple[Verdict, ...]
    facts: Mapping[str, str]
    traces: Mapping[str, bytes]


def key_of(run: Run) -> Key:
    """What tells a run from all others."""
    return run.monitor, run.window


def point_of(run: Run, verdict: Verdict) -> Point:
    """Make the point of a series of one of its verdicts."""
    return Point(
        run=run,
        value=verdict.metric.value,
        status=verdict.status,
        lower=verdict.lower,
        upper=verdict.upper,
        expected=verdict.expected,
    )


class MemoryLogbook(MemoryCasebook, Logbook):
    """The runs that are kept in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._saved: dict[Key, Saved] = {}
        self._kinds: dict[tuple[str, tuple[str, str, str]], dict[str, Any]] = {}

    def monitors(self) -> list[tuple[str, str]]:
        """Return every monitor with its model, in the order of their first runs."""
        with self._lock:
            return list(self._models.items())

    def run(self, monitor: str, window: Window) -> Run | None:
        """Return one run; None if it is unknown."""
        with self._lock:
            saved = self._saved.get((monitor, window))
            return replace(saved.run, model=self._models[monitor]) if saved else None

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
        with self._lock:
            newest_first = reversed(self._saved.values())
            runs = [replace(saved.run, model=self._models[saved.run.monitor]) for saved in newest_first]
        found = [
            run
            for run in runs
            if model in (None, run.model)
            and monitor in (None, run.monitor)
            and dag_id in (None, run.tags.dag_id)
            and run_id in (None, run.tags.run_id)
            and task_id in (None, run.tags.task_id)
            and map_index in (None, run.tags.map_index)
            and (since is None or run.window.start >= utc(since))
            and (asof is None or run.window.end <= utc(asof))
        ]
        return sorted(found, key=lambda run: run.window, reverse=True)[: max(last, 0)]

    def latest_runs(
        self, monitors: Collection[str] | None = None, *, last: int = 1, asof: datetime | None = None
    ) -> dict[str, list[Run]]:
        """Return the last runs of each of some monitors, or of all, latest first; those without runs are left out."""
        with self._lock:
            names = [name for name in self._models if monitors is None or name in monitors]
            found = {name: self.runs(monitor=name, asof=asof, last=last) for name in names}
        return {name: runs for name, runs in found.items() if runs}

    def facts_of_runs(self, runs: Collection[Run], names: Sequence[str]) -> dict[Key, dict[str, str]]:
        """Return facts of some names of some runs; each run is there, by its monitor and window."""
        with self._lock:
            found = {key: self._saved[key].facts if key in self._saved else {} for key in map(key_of, runs)}
        return {key: {name: facts[name] for name in names if name in facts} for key, facts in found.items()}

    def points_of_runs(self, runs: Collection[Run], series: tuple[str, str, str]) -> dict[Key, Point]:
        """Return the points of one series, by its names, of some runs."""
        with self._lock:
            known = [(run, self._saved[key_of(run)].verdicts) for run in runs if key_of(run) in self._saved]
        return {
            key_of(run): point_of(run, verdict)
            for run, verdicts in known
            for verdict in verdicts
            if verdict.metric.key == series
        }

    def status_counts_of_runs(self, runs: Collection[Run]) -> dict[Key, dict[Status, int]]:
        """Return how many verdicts of each of some runs have each status; each run is there."""
        with self._lock:
            return {key_of(run): self.status_counts(*key_of(run)) for run in runs}

    def verdicts_of_runs(self, runs: Collection[Run]) -> dict[Key, list[Verdict]]:
        """Return all verdicts of some runs; each run is there."""
        with self._lock:
            return {key: self.verdicts(*key) for key in map(key_of, runs)}

    @abstractmethod
    def verdicts(self, monitor: str, window: Window) -> list[Verdict]:
        """The verdicts of one run."""

    def alerts_of_runs(self, runs: Collection[Run]) -> dict[Key, Alert]:
        """Return what some runs found; those that found nothing are left out."""
        with self._lock:
            return {key: alert for key in map(key_of, runs) if (alert := self._alerts.get(key))}

    def series(self, monitor: str) -> list[KnownSeries]:
        """Return every series that a monitor ever had, sorted by their names; empty if it is unknown."""
        with self._lock:
            own = [(key, kind) for (name, key), kind in self._kinds.items() if name == monitor]
        return sorted(KnownSeries(*key, **kind) for key, kind in own)

    def series_of(self, monitors: Collection[str], *, family: str) -> dict[str, list[KnownSeries]]:
        """Return the series of one family of some monitors, sorted by their names; monitors without are left out."""
        with self._lock:
            found = {
                monitor: [one for one in self.series(monitor) if one.family == family] for monitor in monitors
            }
        return {monitor: series for monitor, series in found.items() if series}

    def status_counts(self, monitor: str, window: Window) -> dict[Status, int]:
        """Return how many verdicts of one run have each status; a status that none has is left out."""
        with self._lock:
            saved = self._saved.get((monitor, window))
        return dict(Counter(verdict.status for verdict in saved.verdicts)) if saved else {}

    def alerts(
        self, monitor: str, *, since: datetime | None = None, asof: datetime | None = None, last: int = 365
    ) -> dict[Window, Alert]:
        """Return what the last runs that found something found, latest first."""
        with self._lock:
            found = [
                (window, alert)
                for (name, window), alert in self._alerts.items()
                if name == monitor
                and alert is not None
                and (since is None or window.start >= utc(since))
                and (asof is None or window.end <= utc(asof))
            ]
        return dict(sorted(found, key=lambda one: one[0], reverse=True)[: max(last, 0)])

    def facts_of(
        self, monitor: str, names: Sequence[str], *, asof: datetime, last: int
    ) -> dict[Window, dict[str, str]]:
        """Return facts of some names of the last runs that end by ``asof``, oldest first."""
        with self._lock:
            windows = [run.window for run in reversed(self.runs(monitor=monitor, asof=asof, last=last))]
            saved = {window: self._saved[monitor, window].facts for window in windows}
        return {
            window: {name: facts[name] for name in names if name in facts} for window, facts in saved.items()
        }
