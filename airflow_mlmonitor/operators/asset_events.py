"""Upstream assets as dependencies: what their last event said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.data.dependencies import Dependency


def asset_dependencies(assets: Sequence[Any], policy: str, context: Context) -> list[Dependency]:
    """Return one dependency an asset: who made its last event, and the event's extra, setting by setting.

    An event that triggered this run counts before any later one. When the event came is no part of it: an asset that is
    made anew every day changes only when its extra, or the task that makes it, does.

    :param assets: the assets, which have to be inlets of the task.
    :param policy: what a change means.
    :param context: the context of the task.
    """
    from airflow_mlmonitor.data.dependencies import Stated

    found = [(asset, _last_event(asset, context)) for asset in assets]
    return [
        Stated(_parts(event), name=f"asset {asset.name}", policy=policy)  # type: ignore[arg-type]
        for asset, event in found
        if event is not None
    ]


def _last_event(asset: Any, context: Context) -> Any:
    triggering = context.get("triggering_asset_events") or {}
    events = [event for key in triggering if key.name == asset.name for event in triggering[key]]
    return max(events, key=lambda event: event.timestamp) if events else _last_of_inlet(asset, context)


def _last_of_inlet(asset: Any, context: Context) -> Any:
    # Those of a mapped task were made of the inlets it had before it was mapped.
    accessors = type(context["inlet_events"])([asset])
    events = accessors[asset].ascending(False).limit(1)
    return events[0] if len(events) else None


def _parts(event: Any) -> dict[str, str]:
    from airflow_mlmonitor.data.dependencies.config_file import flattened, shown

    settings = flattened(json.loads(json.dumps(event.extra or {}, default=str)))
    parts = {f"extra {name}": shown(name, value) for name, value in settings if event.extra}
    makers = (event.source_dag_id, event.source_task_id)
    return parts | {"made by": ".".join(maker for maker in makers if maker) or "no task"}
