"""What a run of a task is about: the only file that reads Airflow's context."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.report.report import Tags

Context = Mapping[str, Any]
"""Airflow's task context; a plain mapping to all who read it."""

DAY = timedelta(days=1)


def window_of(context: Context, wanted: timedelta | str | None = None) -> Window:
    """Decide which span of data time a run looks at.

    :param context: the context of the task.
    :param wanted: a span, which ends at the run's moment; or a window as :meth:`Window.parse` reads it; or None for
        the run's data interval, and for one day where that is empty or missing.

        The run's moment is the end of its data interval; without one its logical date; without that (runs triggered
        by an asset, or through the API) the time after which it could start. A span ends at the last moment before
        it that divides the days of the DAG's timezone evenly. So a day is always a whole local day, 23 or 25 hours
        long when the clocks change, and a manual run in the afternoon looks at the day before, under the same key as
        the scheduled run. Six hours end at 0, 6, 12 or 18 o'clock, and seven days at midnight. For a run of one
        partition the span starts at the partition's date.
    """
    match wanted:
        case str():
            return Window.parse(wanted)
        case timedelta() if wanted > timedelta():
            return _spanned(context, wanted)
        case None:
            start, end = context.get("data_interval_start"), context.get("data_interval_end")
            if start is None or end is None or start == end:
                return _spanned(context, DAY)
            return Window(_plain(start), _plain(end))
    raise ConfigurationError(
        f"window={wanted!r} is not a window; give a span longer than nothing such as timedelta(days=1), "
        "or a text such as '{{ ds }}' or '2013-01-01/2013-03-01'."
    )


def tags_of(context: Context) -> Tags:
    """Tell who runs: the task instance and its try."""
    ti = context["ti"]
    return Tags(
        dag_id=ti.dag_id,
        task_id=ti.task_id,
        map_index=-1 if ti.map_index is None else ti.map_index,
        run_id=ti.run_id,
        try_number=ti.try_number,
    )


def mapped_label(context: Context) -> str | None:
    """Name one instance of a mapped task: its rendered ``map_index_template``, else its index; None if not mapped."""
    index = tags_of(context).map_index
    if index < 0:
        return None
    return getattr(context["ti"], "rendered_map_index", None) or str(index)


def _spanned(context: Context, span: timedelta) -> Window:
    zone = context["dag"].timezone
    if (partition := context.get("partition_date")) is not None:
        return Window(_plain(partition), _shifted(_plain(partition), span, zone))
    known = (context.get("data_interval_end"), context.get("logical_date"), context["dag_run"].run_after)
    moment = next(_plain(moment) for moment in known if moment is not None)
    end = _aligned(moment, span, zone)
    return Window(_shifted(end, -span, zone), end)


def _aligned(moment: datetime, span: timedelta, zone: tzinfo) -> datetime:
    """The last moment not after this one at which the clock of a zone shows a multiple of what span and day share."""
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    grid = _common(span, DAY)
    wall = midnight + (local.replace(tzinfo=None) - midnight) // grid * grid
    return wall.replace(tzinfo=zone, fold=local.fold)


def _shifted(moment: datetime, span: timedelta, zone: tzinfo) -> datetime:
    """Whole days are counted on the calendar, anything else on the clock."""
    if span % DAY:
        return utc(moment) + span
    return (moment.astimezone(zone).replace(tzinfo=None) + span).replace(tzinfo=zone)


def _common(one: timedelta, other: timedelta) -> timedelta:
    tick = timedelta(microseconds=1)
    return math.gcd(one // tick, other // tick) * tick


def _plain(moment: datetime) -> datetime:
    """The same moment without pendulum, whose differences cannot be divided by a timedelta."""
    return datetime.fromisoformat(moment.isoformat())
