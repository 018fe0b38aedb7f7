"""The sensor that waits for a fresh model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.context import window_of
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators.task import rendered_for_run
from airflow_mlmonitor.sensors.waiting_sensor import WaitingSensor

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.data.model_records import ModelRecord
    from airflow_mlmonitor.triggers.open_question import Question


class ModelFreshnessSensor(WaitingSensor):
    """Waits until the model is fresh: trained lately, on late enough data, or the version that is expected.

    What is not written down yet, such as a file that is still to come, is waited for.

    :param record: where it is written down: a ``ModelFile``, a ``ModelLog``, an ``MlflowModel``, or the metrics store
        by ``ServedVersion``. (templated)
    :param max_age: how long before the end of the run's window it may have been trained.
    :param max_training_data_age: how long before it its training data may end.
    :param version: which version it must be. (templated)
    :param window: the window, as for a MonitorOperator; by default the run's. (templated)
    :param metrics_conn_id: connection of the metrics store. (templated)

    All other parameters are those of :class:`~airflow_mlmonitor.sensors.waiting_sensor.WaitingSensor` and of Airflow's
    sensors. Returned are the version, and when it was trained on data until when.
    """

    template_fields: Sequence[str] = ("window", "record", "version", "metrics_conn_id")
    template_fields_renderers = {"record": "json"}  # noqa: RUF012 - as Airflow declares it

    def __init__(
        self,
        *,
        record: ModelRecord,
        max_age: timedelta | None = None,
        max_training_data_age: timedelta | None = None,
        version: str = "",
        window: timedelta | str | None = None,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if max_age is None and max_training_data_age is None and not version:
            raise ConfigurationError(
                "ModelFreshnessSensor() needs max_age=, max_training_data_age= or version= to wait for."
            )
        self.record = record
        self.max_age = max_age
        self.max_training_data_age = max_training_data_age
        self.version = version
        self.window = window
        self.metrics_conn_id = metrics_conn_id

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a template field; a record into a copy."""
        render = super().render_template
        return rendered_for_run(
            content, context, self.window, lambda text, named: render(text, named, *args, **kwargs)
        )

    def _question(self, context: Context) -> Question:
        from airflow_mlmonitor.triggers.freshness_question import FreshnessQuestion

        end = window_of(context, self.window).end
        ages = (self.max_age, self.max_training_data_age)
        since, data_since = ((end - age).isoformat() if age else "" for age in ages)
        return FreshnessQuestion(
            record=self.record,
            since=since,
            data_since=data_since,
            version=self.version,
            metrics_conn_id=self.metrics_conn_id,
        )
