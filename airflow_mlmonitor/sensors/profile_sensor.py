"""The sensor that waits for a profile."""

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


class ProfileSensor(WaitingSensor):
    """Waits for a profile in the metrics store: that of the run's window, or one that was pinned for the model.

    :param name: what the profile is kept under: ``keep_as`` of a
        :class:`~airflow_mlmonitor.operators.ProfileOperator`, or a monitor's name, whose runs count unless they
        alerted. (templated)
    :param window: which window's, as for a MonitorOperator; by default the run's. (templated)
    :param model: instead of a name: the model for which a profile must be pinned. (templated)
    :param version: which version of it; by default any. (templated)
    :param max_age: how long before the end of the run's window it may have been pinned; by default at any time.
    :param metrics_conn_id: connection of the metrics store. (templated)

    All other parameters are those of :class:`~airflow_mlmonitor.sensors.waiting_sensor.WaitingSensor` and of Airflow's
    sensors. Returned is which profile it is; of a pinned one also its version, rows and when it was pinned.
    """

    template_fields: Sequence[str] = ("name", "window", "model", "version", "metrics_conn_id")

    def __init__(
        self,
        *,
        name: str = "",
        window: timedelta | str | None = None,
        model: str = "",
        version: str = "",
        max_age: timedelta | None = None,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if bool(name) == bool(model):
            raise ConfigurationError("ProfileSensor() needs name= or model=, and not both.")
        self.name = name
        self.window = window
        self.model = model
        self.version = version
        self.max_age = max_age
        self.metrics_conn_id = metrics_conn_id

    def _question(self, context: Context) -> Question:
        from airflow_mlmonitor.triggers.profile_question import ProfileQuestion

        window = window_of(context, self.window)
        if self.name:
            return ProfileQuestion(
                name=self.name,
                start=window.start.isoformat(),
                end=window.end.isoformat(),
                metrics_conn_id=self.metrics_conn_id,
            )
        return ProfileQuestion(
            model=self.model,
            version=self.version,
            since=(window.end - self.max_age).isoformat() if self.max_age else "",
            metrics_conn_id=self.metrics_conn_id,
        )
