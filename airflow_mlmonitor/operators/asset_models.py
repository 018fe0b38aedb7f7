"""Airflow assets as records of a model: what the last event of its training said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.model_records import NAMES, StatedModel
from airflow_mlmonitor.errors import DataError

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.data.window import Window


def asset_model(asset: Any, window: Window, context: Context) -> StatedModel:
    """Return what the last event of an asset before the end of a window said of the model.

    :param asset: the asset, which has to be an inlet of the task.
    :param window: of the run.
    :param context: the context of the task.
    :raises DataError: there is no such event.
    """
    events = context["inlet_events"][asset].before(window.end.isoformat()).ascending(False).limit(1)
    if not len(events):
        raise DataError(
            f"The asset {asset.name} had no event before {window.end:%Y-%m-%d %H:%M}; does a task have it as outlet?"
        )
    extra = events[0].extra or {}
    told = {
        field: str(extra[name])
        for field in ("version", "data_until", "attempted", "attempt", "promoted")
        if extra.get(name := getattr(NAMES, field)) is not None
    }
    trained = extra.get(NAMES.trained) or events[0].timestamp.isoformat()
    return StatedModel(name=f"asset {asset.name}", trained=str(trained), **told)
