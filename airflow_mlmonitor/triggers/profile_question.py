"""Is the profile there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.triggers.open_question import Question

if TYPE_CHECKING:
    from airflow_mlmonitor.store.store import MetricsStore


@dataclass(frozen=True, kw_only=True)
class ProfileQuestion(Question):
    """Is the profile there: that of a window, kept under a name, or that pinned for a version of a model?

    Parameters
    ----------
    name, start, end
        What it is kept under, and the window, its moments in ISO 8601.
    model, version, since
        Instead: the model, which version of it or any, and since when it must have been pinned.
    metrics_conn_id
        Connection of the metrics store.
    """

    name: str = ""
    start: str = ""
    end: str = ""
    model: str = ""
    version: str = ""
    since: str = ""
    metrics_conn_id: str | None = None

    @property
    def label(self) -> str:
        """Which profile."""
        if self.name:
            return f"the profile {self.name} of {Window.parse(f'{self.start}/{self.end}')}"
        return f"the profile pinned for {self.version or 'a version'} of {self.model}"

    def answer(self) -> dict[str, Any] | None:
        """Look into the metrics store."""
        with MetricsStoreHook(self.metrics_conn_id).opened() as store:
            return self._kept(store) if self.name else self._pinned(store)

    def _kept(self, store: MetricsStore) -> dict[str, Any] | None:
        window = Window.parse(f"{self.start}/{self.end}")
        found = store.profiles(self.name, asof=window.end, last=1, windows=[window])
        return {"profile": self.name, "window": [self.start, self.end]} if found else None

    def _pinned(self, store: MetricsStore) -> dict[str, Any] | None:
        pin = store.pinned(self.model, self.version or None)
        if pin is None or (self.since and pin.pinned_at < datetime.fromisoformat(self.since)):
            return None
        return {
            "model": pin.model,
            "version": pin.version,
            "rows": pin.rows,
            "pinned_at": pin.pinned_at.isoformat(),
        }
