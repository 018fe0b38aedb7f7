"""The version that the metrics store remembers to have served."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_record import ModelRecord
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError


@dataclass(frozen=True)
class ServedVersion(ModelRecord):
    """The version that the runs of a monitor had, by its ``model_version``: which one, and since which window.

    Where nobody writes down when a model is trained, the first window it served in stands in for that.

    Parameters
    ----------
    monitor
        Name of a monitor of the model in the metrics store.
    """

    monitor: str

    @property
    def label(self) -> str:
        """The monitor."""
        return f"runs of {self.monitor}"

    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Refuse: it is the check that knows earlier runs, and it asks :func:`~airflow_mlmonitor.checks.aging`.

        Raises
        ------
        ConfigurationError
            Always.
        """
        raise ConfigurationError("ServedVersion() can be read by a ModelStaleness check alone.")
