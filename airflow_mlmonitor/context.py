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

RUN_FACTS = (
    "dag_id",
    "dag_run_id",
    "run_id",
    "state",
    "queued_at",
    "start_date",
    "run_after",
    "logical_date",
)
"""What may be known of a DAG run; Airflow calls its id so or so."""


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


def place_of(context: Context) -> Tags:
    """Tell where something happened, as far as a context says.

    A callback of a DAG, or of a deadline that was missed, has no task instance; the deadline's has its run as a
    mapping. What is not there is empty.
    """
    if context.get("ti") is not None:
        return tags_of(context)
    known = run_facts(context)
    return Tags(
        dag_id=known.get("dag_id") or getattr(context.get("dag"), "dag_id", "") or "",
        run_id=known.get("dag_run_id") or known.get("run_id") or context.get("run_id") or "",
    )


def run_facts(context: Context) -> dict[str, Any]:
    """Return what a context says of its DAG run, whether that is an object, a mapping or nothing."""
    run = context.get("dag_run")
    found = {
        name: run.get(name) if isinstance(run, Mapping) else getattr(run, name, None) for name in RUN_FACTS
    }
    return {name: value for name, value in found.items() if value is not None}


def moment_of(context: Context) -> datetime:
    """Tell what moment a run is about: the end of its data interval, else its logical date, else its earliest start."""
    known = (context.get("data_interval_end"), context.get("logical_date"), context["dag_run"].run_after)
    return next(_plain(moment) for moment in known if moment is not None)


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
    end = _aligned(moment_of(context), span, zone)
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
