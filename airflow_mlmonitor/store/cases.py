"""What is read of incidents: the statements, and what their rows become."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, and_, or_, select

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import (
    UNRESOLVED,
    Alert,
    Event,
    Group,
    Happening,
    Incident,
    IncidentState,
)
from airflow_mlmonitor.judging.incidents import Sighting
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import incident_tables, tables
from airflow_mlmonitor.store.tables import digest

T = TypeVar("T")
Found = Row[*tuple[Any, ...]]


def incidents(
    connection: Connection,
    *,
    model: str | None,
    monitors: Collection[str] | None,
    state: Collection[IncidentState] | None,
    since: datetime | None,
    last: int,
) -> list[Incident]:
    """Read the incidents that opened last, latest first."""
    own = incident_tables.incident.c
    wanted = _bare().order_by(own.opened_start.desc(), own.opened_end.desc(), own.id.desc())
    if monitors is not None or model is not None:
        wanted = wanted.where(own.monitor_id.in_(_monitor_ids(connection, monitors, model)))
    if since is not None:
        wanted = wanted.where(or_(own.resolved_start.is_(None), own.resolved_start >= since))
    if state is not None and UNRESOLVED.issuperset(state):
        wanted = wanted.where(own.resolved_start.is_(None))
    if state is None:
        return whole(connection, connection.execute(wanted.limit(max(last, 0))).all())
    found = connection.execute(wanted).all()
    return [one for one in whole(connection, found) if one.state in state][: max(last, 0)]


def incident(connection: Connection, number: int) -> Incident | None:
    """Read one incident."""
    found = connection.execute(_bare().where(incident_tables.incident.c.id == number)).all()
    return next(iter(whole(connection, found)), None)


def of_monitor(connection: Connection, monitor_id: int) -> Sequence[Found]:
    """Read the rows of a monitor's incidents."""
    return connection.execute(_bare().where(incident_tables.incident.c.monitor_id == monitor_id)).all()


def bare(row: Found) -> Incident:
    """Make an incident of its row, without its runs and events."""
    return _incident(row, (), ())


def whole(connection: Connection, rows: Sequence[Found]) -> list[Incident]:
    """Make incidents of their rows, with the runs that belong to them and what happened to them."""
    numbers = [row.id for row in rows]
    windows, events = _windows(connection, numbers), _events(connection, numbers)
    return [_incident(row, windows.get(row.id, ()), events.get(row.id, ())) for row in rows]


def sightings(connection: Connection, monitor_id: int, first: Window) -> dict[Window, tuple[int, Sighting]]:
    """Read the runs of a monitor from one on, oldest first: the id of each, and what it found."""
    run, alert = tables.run, incident_tables.alert
    found = connection.execute(
        select(run.c.id, run.c.window_start, run.c.window_end)
        .add_columns(alert.c.status, alert.c.title, alert.c.severities)
        .select_from(run.outerjoin(alert, alert.c.run_id == run.c.id))
        .where(run.c.monitor_id == monitor_id, run.c.window_start >= first.start)
        .order_by(run.c.window_start, run.c.window_end)
    )
    runs = {Window(row.window_start, row.window_end): row for row in found}
    return {
        window: (row.id, Sighting(window, None if row.status is None else alert_in(row)))
        for window, row in runs.items()
        if window >= first
    }


def alert_groups(connection: Connection, run_id: int) -> list[Group]:
    """Read the groups of which a run found something."""
    alert = incident_tables.alert.c
    content = connection.scalar(select(alert.severities).where(alert.run_id == run_id))
    return [(column, family) for column, family, _ in json.loads(content)] if content else []


def accepted(connection: Connection, starts: Mapping[int, datetime]) -> dict[Group, datetime]:
    """Read from when on each group's values are the new normal, given the starts of accepted runs by their ids."""
    if not starts:
        return {}
    own = incident_tables.accepted.c
    found = connection.execute(
        select(own.run_id, own.digest, own.column_name, own.family).where(own.run_id.in_(list(starts)))
    )
    since: dict[Group, datetime] = {}
    for run_id, key, column, family in found:
        if key == digest(column, family):
            group, start = (column, family), starts[run_id]
            since[group] = max(start, since.get(group, start))
    return since


def accepted_in_part(connection: Connection, monitor: str) -> list[Incident]:
    """Read those incidents of a monitor of which a person accepted a part."""
    own, of, event = incident_tables.incident.c, tables.monitor.c, incident_tables.event.c
    known = connection.execute(
        select(own.id)
        .distinct()
        .join(incident_tables.event, event.incident_id == own.id)
        .where(own.monitor_id == select(of.id).where(of.digest == digest(monitor)).scalar_subquery())
        .where(event.what == Happening.ACCEPTED_IN_PART.value)
    )
    numbers = list(known.scalars())
    return whole(connection, connection.execute(_bare().where(own.id.in_(numbers))).all()) if numbers else []


def part_digest(group: Group, made_at: datetime) -> str:
    """What tells a group that was accepted alone, at a moment, from others and from what was accepted as a whole."""
    return digest(*group, made_at.isoformat())


def _monitor_ids(
    connection: Connection, monitors: Collection[str] | None, model: str | None
) -> Sequence[int]:
    of = tables.monitor.c
    wanted = select(of.id, of.model)
    if monitors is not None:
        wanted = wanted.where(of.digest.in_([digest(name) for name in monitors]))
    # Models are compared here, since MySQL takes "fare" and "fare " for one.
    return [row.id for row in connection.execute(wanted) if model in (None, row.model)]


def _bare() -> Select[Any]:
    own, of = incident_tables.incident, tables.monitor
    return select(own, of.c.name, of.c.model).join(of, of.c.id == own.c.monitor_id)


def _windows(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Window, ...]]:
    own, run = incident_tables.incident_run, tables.run
    found = connection.execute(
        select(own.c.incident_id, run.c.window_start, run.c.window_end)
        .join(run, run.c.id == own.c.run_id)
        .where(own.c.incident_id.in_(numbers))
        .order_by(run.c.window_start, run.c.window_end)
    )
    return _gathered((number, Window(start, end)) for number, start, end in found)


def _events(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Event, ...]]:
    own = incident_tables.event
    found = connection.execute(
        select(own).where(own.c.incident_id.in_(numbers)).order_by(own.c.made_at, own.c.id)
    )
    rows = found.all()
    parts = [row for row in rows if row.what == Happening.ACCEPTED_IN_PART.value]
    groups = _accepted_groups(connection, [row.id for row in parts]) if parts else {}
    return _gathered((row.incident_id, _event(row, groups.get(row.id, ()))) for row in rows)


def _accepted_groups(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Group, ...]]:
    """Read what decisions accepted that did not accept all: it lies at the run that was the latest then."""
    own, of, run, part = (
        incident_tables.event.c,
        incident_tables.incident,
        tables.run,
        incident_tables.accepted,
    )
    same_window = and_(run.c.window_start == own.window_start, run.c.window_end == own.window_end)
    found = connection.execute(
        select(own.id, own.made_at, part.c.digest, part.c.column_name, part.c.family)
        .join_from(incident_tables.event, of, of.c.id == own.incident_id)
        .join(run, and_(run.c.monitor_id == of.c.monitor_id, same_window))
        .join(part, part.c.run_id == run.c.id)
        .where(own.id.in_(ids))
    )
    groups = _gathered(
        (row.id, (row.column_name, row.family))
        for row in found
        if row.digest == part_digest((row.column_name, row.family), row.made_at)
    )
    return {number: tuple(sorted(own)) for number, own in groups.items()}


def _gathered(found: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    gathered: dict[int, list[T]] = defaultdict(list)
    for number, one in found:
        gathered[number].append(one)
    return {number: tuple(ones) for number, ones in gathered.items()}


def _incident(row: Found, windows: tuple[Window, ...], events: tuple[Event, ...]) -> Incident:
    return Incident(
        id=row.id,
        monitor=row.name,
        model=row.model,
        title=row.title,
        status=Status(row.status),
        severity=row.severity,
        groups=tuple((column, family) for column, family in json.loads(row.families)),
        windows=windows,
        opened=Window(row.opened_start, row.opened_end),
        resolved=_span(row.resolved_start, row.resolved_end),
        settled=_span(row.settled_start, row.settled_end),
        events=events,
    )


def _event(row: Found, groups: tuple[Group, ...]) -> Event:
    return Event(
        what=Happening(row.what),
        window=Window(row.window_start, row.window_end),
        made_at=row.made_at,
        who=row.who,
        note=row.note,
        until=row.until,
        unless_worse=bool(row.unless_worse),
        groups=groups,
    )


def alert_in(row: Found) -> Alert:
    """Make what a run found of its row."""
    severities = json.loads(row.severities)
    return Alert(
        status=Status(row.status),
        title=row.title,
        groups={(column, family): severity for column, family, severity in severities},
    )


def _span(start: datetime | None, end: datetime | None) -> Window | None:
    return Window(start, end) if start and end else None
