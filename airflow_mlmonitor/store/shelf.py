"""The store as a baseline sees it: earlier profiles, as of one window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from airflow_mlmonitor.checks.metric import Worse
from airflow_mlmonitor.checks.observation import Observation, Observed, Series
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store.announcing import announced
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.store import MetricsStore

LOOKED_BACK = 365
"""Earlier runs among which the last one that trains is looked for."""


@dataclass(frozen=True)
class StoreShelf:
    """Earlier profiles of one monitor, as of one window; see :class:`~airflow_mlmonitor.data.baseline.Shelf`."""

    store: MetricsStore
    monitor: str
    model: str
    window: Window

    def pinned(self, version: str | None) -> tuple[str, Profile] | None:
        """Return what is pinned for a version, in words and as a profile."""
        pin = self.store.pinned(self.model, version)
        if pin is None:
            return None
        return f"{pin.label or 'baseline'} of {pin.version} ({pin.rows:,} rows)", Profile.decode(pin.profile)

    def earlier(self, last: int, windows: Sequence[Window] | None = None) -> list[tuple[Window, Profile]]:
        """Return earlier runs' profiles; the dated training data stands in for runs that do not exist yet."""
        found = self._dated(self.monitor, self.window.start, last, windows)
        if len(found) < last:
            before = found[0][0].start if found else self.window.start
            return self._training(before, last - len(found), windows) + found
        return found

    def facts(self) -> dict[str, str]:
        """Return what the last run before the window that trains remembered; empty before the first."""
        earlier = self.store.runs(monitor=self.monitor, asof=self.window.start, last=LOOKED_BACK)
        last = next((run for run in earlier if run.state.trains), None)
        return self.store.facts(self.monitor, last.window) if last else {}

    def announced(self) -> dict[str, str]:
        """Return which dependencies somebody announced to change about the window, and in whose words."""
        return announced(self.store, self.model, self.window)

    def observed(self, series: Series) -> Observed:
        """Return what earlier runs of any monitor saw of a series, up to the end of the window."""
        history = self.store.history(
            series.monitor,
            asof=self.window.end,
            last=LOOKED_BACK,
            metric=series.metric or None,
            column=series.column,
            points=bool(series.metric),
        )
        found = history.points.get((series.metric, series.column, series.slice), {})
        observations = tuple(
            Observation(run.window, run.model_version, found[place].value if place in found else None)
            for place, run in enumerate(history.runs)
            if run.state is not State.BAD
        )
        return Observed(
            observations, self._worse(series, history.runs[max(found)].window) if found else "both"
        )

    def _worse(self, series: Series, window: Window) -> Worse:
        """Which direction of a series is bad, by a run that has it."""
        key = (series.metric, series.column, series.slice)
        verdicts = self.store.verdicts(series.monitor, window)
        return next(verdict.metric.worse for verdict in verdicts if verdict.metric.key == key)

    def training_days(self, last: int, *, asof: datetime) -> list[tuple[Window, Profile]]:
        """Return the last dated parts of the model's latest pin that end by a moment, oldest first."""
        return self._training(asof, last, None)

    def _training(
        self, asof: datetime, last: int, windows: Sequence[Window] | None
    ) -> list[tuple[Window, Profile]]:
        pin = self.store.pinned(self.model)
        return self._dated(pin.days_label, asof, last, windows) if pin else []

    def _dated(
        self, label: str, asof: datetime, last: int, windows: Sequence[Window] | None
    ) -> list[tuple[Window, Profile]]:
        found = self.store.profiles(label, asof=asof, last=last, windows=windows)
        return [(window, Profile.decode(content)) for window, content in found]
