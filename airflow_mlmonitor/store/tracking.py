"""What is written of incidents. Every function works inside one transaction, which is not its own.

The monitor's row is locked in all of them: of two that save runs of one monitor at once, the second sees what the first
one made of its incidents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert, Event, Group, Happening, Incident, Notice
from airflow_mlmonitor.judging.incidents import Tracked, first_touched, living, tracked
from airflow_mlmonitor.store import cases, incident_tables, tables
from airflow_mlmonitor.store.deciding import MARKS, narrowed, no_such_incident, refuse_decision
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.tables import digest
from airflow_mlmonitor.store.upsert import upsert


def replace_alert(connection: Connection, run_id: int, alert: Alert | None) -> None:
    """Write what a run found in place of what was known of it."""
    own = incident_tables.alert
    connection.execute(delete(own).where(own.c.run_id == run_id))
    if alert:
        severities = json.dumps([[*group, severity] for group, severity in alert.groups.items()])
        row = {"run_id": run_id, "status": alert.status.value, "title": alert.title, "severities": severities}
        connection.execute(insert(own).values(row))


def track(connection: Connection, monitor_id: int, monitor: str, model: str, window: Window) -> list[Notice]:
    """Bring a monitor's incidents up to date with one of its runs, and say what the run meant for them."""
    rows = cases.of_monitor(connection, monitor_id)
    outlines = [cases.bare(row) for row in rows]
    first = first_touched(outlines, window)
    alive = {one.id for one in living(outlines, first)}
    known = cases.whole(connection, [row for row in rows if row.id in alive]) if alive else []
    runs = cases.sightings(connection, monitor_id, first)
    followed = tracked(
        known,
        [sighting for _, sighting in runs.values()],
        window,
        monitor=monitor,
        model=model,
        made_at=datetime.now(UTC),
    )
    ids = {window: run_id for window, (run_id, _) in runs.items()}
    return [
        Notice(what=one.what, incident=after, is_news=one.is_news)
        for one in followed
        for after in [_write(connection, monitor_id, one, ids)]
        if one.what
    ]


def decide(connection: Connection, number: int, said: Callable[..., Event]) -> Incident:
    """Write what a person decides about an incident, what that makes of its runs, and what becomes of it.

    ``said`` makes the event, given the window it holds from and the moment.
    """
    monitor_id = connection.scalar(
        select(incident_tables.incident.c.monitor_id).where(incident_tables.incident.c.id == number)
    )
    if monitor_id is None:
        raise no_such_incident(number)
    _lock(connection, monitor_id)
    incident = _known(connection, number)
    event = said(window=_latest_window(connection, monitor_id), made_at=datetime.now(UTC))
    refuse_decision(incident, event.what)
    event = narrowed(incident, event)
    if event.what in MARKS:
        _mark_runs(connection, monitor_id, incident, MARKS[event.what], event)
    elif event.what is Happening.UNDONE:
        _unmark_runs(connection, monitor_id, incident, event)
    _name_groups(connection, monitor_id, event)
    _record(connection, number, [event])
    track(connection, monitor_id, incident.monitor, incident.model, incident.opened)
    return _known(connection, number)


def accept_groups(connection: Connection, run_id: int) -> None:
    """Note that from one run on what it found is the new normal, if no earlier run of its incident says so."""
    own, member = incident_tables.accepted, incident_tables.incident_run
    its = select(member.c.incident_id).where(member.c.run_id == run_id)
    siblings = select(member.c.run_id).where(member.c.incident_id.in_(its))
    known = set(connection.scalars(select(own.c.digest).where(own.c.run_id.in_(siblings))))
    groups = [group for group in cases.alert_groups(connection, run_id) if digest(*group) not in known]
    _accept(connection, run_id, groups)


def _write(connection: Connection, monitor_id: int, one: Tracked, ids: Mapping[Window, int]) -> Incident:
    """Write an incident as it is now, and return it with its number."""
    before, after = one.before, one.after
    if before == after:
        return after
    number = _write_row(connection, monitor_id, before, after)
    had = before.windows if before else ()
    member = incident_tables.incident_run
    lost = [ids[window] for window in had if window not in after.windows]
    if lost:
        connection.execute(delete(member).where(member.c.incident_id == number, member.c.run_id.in_(lost)))
    new = [{"incident_id": number, "run_id": ids[window]} for window in after.windows if window not in had]
    if new:
        connection.execute(insert(member), new)
    happened = before.events if before else ()
    _forget(connection, number, [event for event in happened if event not in after.events])
    _record(connection, number, [event for event in after.events if event not in happened])
    return replace(after, id=number)


def _write_row(connection: Connection, monitor_id: int, before: Incident | None, after: Incident) -> int:
    own = incident_tables.incident
    row = {
        "monitor_id": monitor_id,
        "title": after.title,
        "status": after.status.value,
        "severity": float(after.severity),
        "families": json.dumps(after.groups),
        "run_count": after.runs,
        "opened_start": after.opened.start,
        "opened_end": after.opened.end,
        "resolved_start": after.resolved and after.resolved.start,
        "resolved_end": after.resolved and after.resolved.end,
        "settled_start": after.settled and after.settled.start,
        "settled_end": after.settled and after.settled.end,
    }
    if before is None:
        (number,) = connection.execute(insert(own).values(row)).inserted_primary_key or (0,)
        return int(number)
    connection.execute(update(own).where(own.c.id == before.id).values(row))
    return before.id


def _record(connection: Connection, number: int, events: Sequence[Event]) -> None:
    rows = [
        {
            "incident_id": number,
            "what": event.what.value,
            "window_start": event.window.start,
            "window_end": event.window.end,
            "made_at": event.made_at,
            "who": event.who,
            "note": event.note,
            "until": event.until,
            "unless_worse": event.unless_worse,
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(incident_tables.event), rows)


def _forget(connection: Connection, number: int, events: Sequence[Event]) -> None:
    own = incident_tables.event
    for event in events:
        same = (own.c.window_start == event.window.start, own.c.window_end == event.window.end)
        connection.execute(
            delete(own).where(own.c.incident_id == number, own.c.what == event.what.value, *same)
        )


def _mark_runs(
    connection: Connection, monitor_id: int, incident: Incident, state: State, event: Event
) -> None:
    runs = _member_states(connection, incident)
    _set_states(connection, dict.fromkeys(runs, state), runs, event)
    if state is State.ACCEPTED:
        _accept(connection, _run_id(connection, monitor_id, incident.windows[0]), incident.groups)


def _unmark_runs(connection: Connection, monitor_id: int, incident: Incident, event: Event) -> None:
    """Give runs back the states that the decision which is undone took, unless these changed since."""
    undone = incident.decided[-1]
    if undone.what not in MARKS:
        return
    note, run = tables.annotation.c, tables.run.c
    found = connection.execute(
        select(run.id, run.state, note.state_before)
        .join_from(tables.annotation, tables.run, run.id == note.run_id)
        .where(run.monitor_id == monitor_id, note.made_at == undone.made_at, run.state == note.state_after)
    ).all()
    now = {row.id: State(row.state) for row in found}
    _set_states(connection, {row.id: State(row.state_before) for row in found}, now, event)
    if undone.what is Happening.ACCEPTED:
        _reject(connection, list(now))


def _set_states(
    connection: Connection, wanted: Mapping[int, State], now: Mapping[int, State], event: Event
) -> None:
    """Change what runs are worth as history, and note who said so."""
    run = tables.run
    for state in sorted(set(wanted.values())):
        ids = [run_id for run_id, its in wanted.items() if its is state]
        connection.execute(update(run).where(run.c.id.in_(ids)).values(state=state.value))
    said = {"who": event.who, "note": event.note, "made_at": event.made_at}
    rows = [
        {"run_id": run_id, **said, "state_before": now[run_id].value, "state_after": state.value}
        for run_id, state in wanted.items()
    ]
    if rows:
        connection.execute(insert(tables.annotation), rows)


def _member_states(connection: Connection, incident: Incident) -> dict[int, State]:
    run, member = tables.run, incident_tables.incident_run
    found = connection.execute(
        select(run.c.id, run.c.state)
        .join(member, member.c.run_id == run.c.id)
        .where(member.c.incident_id == incident.id)
        .order_by(run.c.window_start, run.c.window_end)
    )
    return {row.id: State(row.state) for row in found}


def _name_groups(connection: Connection, monitor_id: int, event: Event) -> None:
    """Write what a decision accepts that does not accept all; see :func:`airflow_mlmonitor.store.cases.part_digest`."""
    if event.groups:
        run_id = _run_id(connection, monitor_id, event.window)
        _accept(connection, run_id, event.groups, partial(cases.part_digest, made_at=event.made_at))


def _reject(connection: Connection, run_ids: Sequence[int]) -> None:
    """Forget what whole runs were accepted of; what was accepted of them alone is another decision."""
    own = incident_tables.accepted
    for row in connection.execute(select(own).where(own.c.run_id.in_(run_ids))).all():
        if row.digest == _whole_digest((row.column_name, row.family)):
            connection.execute(delete(own).where(own.c.run_id == row.run_id, own.c.digest == row.digest))


def _whole_digest(group: Group) -> str:
    return digest(*group)


def _accept(
    connection: Connection,
    run_id: int,
    groups: Sequence[Group],
    key: Callable[[Group], str] = _whole_digest,
) -> None:
    rows = [
        {"run_id": run_id, "digest": key(group), "column_name": group[0], "family": group[1]}
        for group in groups
    ]
    if rows:
        upsert(connection, incident_tables.accepted, rows, ["column_name", "family"])


def _known(connection: Connection, number: int) -> Incident:
    incident = cases.incident(connection, number)
    if incident is None:
        raise no_such_incident(number)
    return incident


def _lock(connection: Connection, monitor_id: int) -> None:
    monitor = tables.monitor.c
    connection.execute(select(monitor.id).where(monitor.id == monitor_id).with_for_update())


def _run_id(connection: Connection, monitor_id: int, window: Window) -> int:
    run = tables.run.c
    same = (run.window_start == window.start, run.window_end == window.end)
    return int(connection.scalar(select(run.id).where(run.monitor_id == monitor_id, *same)) or 0)


def _latest_window(connection: Connection, monitor_id: int) -> Window:
    run: Any = tables.run.c
    row = connection.execute(
        select(run.window_start, run.window_end)
        .where(run.monitor_id == monitor_id)
        .order_by(run.window_start.desc(), run.window_end.desc())
        .limit(1)
    ).one()
    return Window(row.window_start, row.window_end)
