"""The sensor that waits for what a monitor finds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.context import window_of
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.sensors.waiting_sensor import WaitingSensor

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.triggers.open_question import Question


class MetricSensor(WaitingSensor):
    """Waits until a monitor has judged a window, or until a number of that window is within limits.

    :param monitor: name of the monitor. (templated)
    :param metric: which of its numbers; by default its run alone is waited for. (templated)
    :param column: of which column; by default of the table. (templated)
    :param slice: of which slice; by default of all rows. (templated)
    :param min: what the number must be at least.
    :param max: what it may be at most.
    :param window: which window, as for a MonitorOperator; by default the run's. A run of it that is repeated later,
        when more labels have come, counts as it is then. (templated)
    :param metrics_conn_id: connection of the metrics store. (templated)

    All other parameters are those of :class:`~airflow_mlmonitor.sensors.waiting_sensor.WaitingSensor` and of Airflow's
    sensors. Returned is the status of the run, or the number and its status.
    """

    template_fields: Sequence[str] = ("monitor", "metric", "column", "slice", "window", "metrics_conn_id")

    def __init__(
        self,
        *,
        monitor: str,
        metric: str = "",
        column: str = "",
        slice: str = "",  # noqa: A002 - as everywhere else
        min: float | None = None,  # noqa: A002
        max: float | None = None,  # noqa: A002
        window: timedelta | str | None = None,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not metric and (column or slice or min is not None or max is not None):
            raise ConfigurationError(
                "MetricSensor() needs metric= where a column, a slice or a limit is given."
            )
        self.monitor = monitor
        self.metric = metric
        self.column = column
        self.slice = slice
        self.min = min
        self.max = max
        self.window = window
        self.metrics_conn_id = metrics_conn_id

    def _question(self, context: Context) -> Question:
        from airflow_mlmonitor.triggers.metric_question import MetricQuestion

        window = window_of(context, self.window)
        return MetricQuestion(
            monitor=self.monitor,
            start=window.start.isoformat(),
            end=window.end.isoformat(),
            metric=self.metric,
            column=self.column,
            slice=self.slice,
            least=self.min,
            most=self.max,
            metrics_conn_id=self.metrics_conn_id,
        )
