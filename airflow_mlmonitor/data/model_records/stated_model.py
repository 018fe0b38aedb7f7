"""What a DAG file itself says of a model."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_record import ModelRecord, Names
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window


@dataclass(frozen=True, kw_only=True)
class StatedModel(ModelRecord):
    """What a DAG file itself says of a model, often by templates that pull it from XCom or a variable.

    Parameters
    ----------
    version
        Of the model.
    trained, data_until, attempted, promoted
        Moments in ISO 8601, or seconds or milliseconds since 1970; empty where it is not known.
    attempt
        How the last attempt to train it anew ended.
    name
        What the record is called.

    Examples
    --------
    >>> window = Window.parse("2013-03-14")
    >>> StatedModel(version="v3", trained="2013-03-02").dates(None, window).trained.isoformat()
    '2013-03-02T00:00:00+00:00'
    """

    version: str = ""
    trained: str = ""
    data_until: str = ""
    attempted: str = ""
    attempt: str = ""
    promoted: str = ""
    name: str = "what the DAG says"

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Read what was said."""
        plain = {field: field for field in ("trained", "data_until", "attempted", "attempt", "promoted")}
        told = {field: getattr(self, field) for field in ("version", *plain)}
        return Names(**plain).dates(told).as_of(window.end)
