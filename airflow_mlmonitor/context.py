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
        the scheduled run. Six hours end at 0, 6, 12 or 18 o'clock, and seven days at midnight.
    """
    match wanted:
        case str():
            return Window.parse(wanted)
        case timedelta() if wanted > timedelta():
            return _ending(_moment(context), wanted, context["dag"].timezone)
        case None:
            start, end = context.get("data_interval_start"), context.get("data_interval_end")
            empty = start is None or end is None or start == end
            return window_of(context, DAY) if empty else Window(_plain(start), _plain(end))
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


def _moment(context: Context) -> datetime:
    known = (context.get("data_interval_end"), context.get("logical_date"), context["dag_run"].run_after)
    return next(_plain(moment) for moment in known if moment is not None)


def _plain(moment: datetime) -> datetime:
    """The same moment without pendulum, whose differences cannot be divided by a timedelta."""
    return datetime.fromisoformat(moment.isoformat())


def _ending(moment: datetime, span: timedelta, zone: tzinfo) -> Window:
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    grid = _common(span, DAY)
    wall = midnight + (local.replace(tzinfo=None) - midnight) // grid * grid
    end = wall.replace(tzinfo=zone, fold=local.fold)
    if grid == DAY:  # whole days are counted on the calendar, shorter spans on the clock
        return Window((wall - span).replace(tzinfo=zone), end)
    return Window(utc(end) - span, end)


def _common(one: timedelta, other: timedelta) -> timedelta:
    tick = timedelta(microseconds=1)
    return math.gcd(one // tick, other // tick) * tick
