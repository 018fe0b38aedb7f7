"""Is the model fresh?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow_mlmonitor.data.model_records import ModelDates, ModelRecord, ServedVersion
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.hooks import AirflowConnections, MetricsStoreHook
from airflow_mlmonitor.triggers.open_question import Question


@dataclass(frozen=True, kw_only=True)
class FreshnessQuestion(Question):
    """Is the model fresh, by what is written down of it now?

    Parameters
    ----------
    record
        Where that is.
    since, data_since
        Moments in ISO 8601: when it must have been trained at the earliest, and what its training data must reach to.
    version
        Which version it must be; empty for any.
    metrics_conn_id
        Connection of the metrics store, for a record that is in it.
    """

    record: ModelRecord
    since: str = ""
    data_since: str = ""
    version: str = ""
    metrics_conn_id: str | None = None

    @property
    def label(self) -> str:
        """Where it is looked for."""
        return self.record.label

    def answer(self) -> dict[str, Any] | None:
        """Look at the record."""
        from airflow_mlmonitor.checks.model_versions import same

        dates = self._dates()
        is_fresh = _reached(dates.trained, self.since) and _reached(dates.data_until, self.data_since)
        if not is_fresh or (self.version and not same(self.version, dates.version)):
            return None
        told = {"trained_at": dates.trained, "training_data_until": dates.data_until}
        return {"version": dates.version, **{name: when and when.isoformat() for name, when in told.items()}}

    def _dates(self) -> ModelDates:
        now = datetime.now(UTC)
        window = Window(now - timedelta(days=1), now)
        if not isinstance(self.record, ServedVersion):
            return self.record.dates(AirflowConnections(), window)
        from airflow_mlmonitor.checks.model_versions import first_served
        from airflow_mlmonitor.checks.observation import Series
        from airflow_mlmonitor.store.shelf import StoreShelf

        with MetricsStoreHook(self.metrics_conn_id).opened() as store:
            shelf = StoreShelf(store, self.record.monitor, "", window)
            return first_served(shelf.observed(Series(monitor=self.record.monitor)).observations)


def _reached(moment: datetime | None, since: str) -> bool:
    return not since or (moment is not None and moment >= datetime.fromisoformat(since))
