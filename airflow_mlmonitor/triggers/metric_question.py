"""What did a monitor find?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.triggers.open_question import Question

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.verdict import Verdict

LOOKED_AT = 100
"""Runs of the latest windows among which one is looked for: others may overlap it."""


@dataclass(frozen=True, kw_only=True)
class MetricQuestion(Question):
    """What did a monitor find in a window, and is the number within limits?

    Parameters
    ----------
    monitor, start, end
        Name of the monitor, and the window, its moments in ISO 8601.
    metric, column, slice
        Which of its numbers; without a metric its run alone.
    least, most
        Limits, both allowed.
    metrics_conn_id
        Connection of the metrics store.
    """

    monitor: str
    start: str
    end: str
    metric: str = ""
    column: str = ""
    slice: str = ""
    least: float | None = None
    most: float | None = None
    metrics_conn_id: str | None = None

    @property
    def label(self) -> str:
        """Which number of which run."""
        of = f"{self.metric or 'the verdict'}{f' of {self.column}' if self.column else ''}"
        return f"{of} in {self.monitor} of {Window.parse(f'{self.start}/{self.end}')}"

    def answer(self) -> dict[str, Any] | None:
        """Look into the metrics store."""
        window = Window.parse(f"{self.start}/{self.end}")
        with MetricsStoreHook(self.metrics_conn_id).opened() as store:
            runs = store.runs(monitor=self.monitor, asof=window.end, last=LOOKED_AT)
            run = next((run for run in runs if run.window == window), None)
            if run is None:
                return None
            told = {"monitor": self.monitor, "window": [self.start, self.end]}
            if not self.metric:
                return {**told, "status": run.status.value, "state": run.state.value}
            key = (self.metric, self.column, self.slice)
            found = [one for one in store.verdicts(self.monitor, window) if one.metric.key == key]
        return {**told, **_plain(found[0])} if found and self._fits(found[0].metric.value) else None

    def _fits(self, value: float | None) -> bool:
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def _plain(verdict: Verdict) -> dict[str, Any]:
    metric = verdict.metric
    of = {"metric": metric.name, "column": metric.column, "slice": metric.slice}
    return {**of, "value": metric.value, "status": verdict.status.value}
