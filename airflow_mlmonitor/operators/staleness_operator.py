"""One operator a question: how old is the model, and is it the one that was promoted?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks import ModelStaleness
from airflow_mlmonitor.context import window_of
from airflow_mlmonitor.data.model_records import ModelRecord, StatedModel
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators.asset_models import asset_model
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow_mlmonitor.checks import Series
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.data.dependencies import Dependency
    from airflow_mlmonitor.monitor import Monitor


class ModelStalenessOperator(MonitorOperator):
    """Says how old the model and its training data are, and whether the version that was promoted is the one in use.

    :param record: where that is written down: a ``ModelFile``, a ``ModelLog`` (any source), an ``MlflowModel``, a
        ``StatedModel``, or the metrics store itself by ``ServedVersion``. (templated)
    :param asset: instead: an Airflow asset that the training updates; its last event before the end of the window says
        when, and its extra what else is known (``version``, ``training_data_until``). It becomes an inlet.
    :param max_age: how old the model may be.
    :param max_training_data_age: how old the newest moment of its training data may be.
    :param max_since_attempt: how long ago it may be that it was last tried to train it anew.
    :param severity: what a finding means: ``warn`` or ``fail``.
    :param version_column: column of the source's rows with the version that scored them.
    :param max_other_share: share of rows that other versions may score.
    :param serving: what tells which version serves: a record, or a dependency such as an ``Endpoint``. (templated)
    :param quality: series of another monitor that says how good the model is; with enough of its past the task says
        what a day of age costs.
    :param tolerated_loss: how much of it may be lost; the task then says by when to train the model anew.

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks``.
    ``source`` is needed for ``version_column`` alone.
    """

    def __init__(  # noqa: PLR0913 - Airflow's operators take what they need by name
        self,
        *,
        record: ModelRecord | None = None,
        asset: Any = None,
        max_age: timedelta | None = None,
        max_training_data_age: timedelta | None = None,
        max_since_attempt: timedelta | None = None,
        severity: str = "warn",
        version_column: str | None = None,
        max_other_share: float = 0.0,
        serving: ModelRecord | Dependency | None = None,
        quality: Series | None = None,
        tolerated_loss: float | None = None,
        source: Source | None = None,
        **kwargs: Any,
    ) -> None:
        if (record is None) == (asset is None):
            raise ConfigurationError("ModelStalenessOperator() needs a record= or an asset=, and not both.")
        if (version_column is None) != (source is None):
            raise ConfigurationError(
                "ModelStalenessOperator() reads a source for its version_column=; give both."
            )
        check = ModelStaleness(
            record=record or StatedModel(),
            max_age=max_age,
            max_training_data_age=max_training_data_age,
            max_since_attempt=max_since_attempt,
            severity=severity,  # type: ignore[arg-type]  # looked at there
            version_column=version_column,
            max_other_share=max_other_share,
            serving=serving,
            quality=quality,
            tolerated_loss=tolerated_loss,
        )
        if source and version_column and version_column not in source.categorical:
            source = replace(source, categorical=(*source.categorical, version_column))
        if asset is not None:
            kwargs["inlets"] = [*(kwargs.get("inlets") or []), asset]
        super().__init__(source=source, checks=[check], **kwargs)
        self.asset = asset

    def _monitor(self, context: Context) -> Monitor:
        monitor = super()._monitor(context)
        if self.asset is None:
            return monitor
        stated = asset_model(self.asset, window_of(context, self.window), context)
        checks = [
            replace(check, record=stated) if isinstance(check, ModelStaleness) else check
            for check in monitor.checks
        ]
        return replace(monitor, checks=checks)
