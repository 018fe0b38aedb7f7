"""What holds whenever a person decides something about an incident, whatever keeps it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.incident import KEPT, Event, Group, Happening, Incident, IncidentState
from airflow_mlmonitor.store.history import Run, State

MARKS = {Happening.ACCEPTED: State.ACCEPTED, Happening.MARKED_BAD: State.BAD}
"""Decisions that say what the runs of an incident are worth as history."""

WHILE_OPEN = {Happening.ACKNOWLEDGED: "acknowledge", Happening.SNOOZED: "snooze"}


def refuse_decision(incident: Incident, what: Happening) -> None:
    """Refuse what does not fit an incident as it is.

    Raises
    ------
    StoreError
        It says how far the incident has come.
    """
    name = f"Incident {incident.id} of monitor {incident.monitor!r}"
    if what in WHILE_OPEN and incident.resolved:
        raise StoreError(
            f"{name} is over since {incident.resolved}; there is nothing to {WHILE_OPEN[what]} any more."
        )
    accepts = what in (Happening.ACCEPTED, Happening.ACCEPTED_IN_PART)
    if (what in MARKS or accepts) and not incident.windows:
        raise StoreError(f"{name} has no runs any more: run again, they found nothing.")
    if accepts and incident.state is IncidentState.ACCEPTED:
        raise StoreError(f"{name} is accepted already.")
    if what is Happening.UNDONE and not incident.decided:
        raise StoreError(f"{name} has no decision that could be undone.")


def narrowed(incident: Incident, event: Event) -> Event:
    """Return what a decision comes to: to accept all groups that are left is to accept the incident.

    Raises
    ------
    StoreError
        It accepts groups, and names none, or one that the incident does not have or that is accepted already.
    """
    if event.what is not Happening.ACCEPTED_IN_PART:
        return replace(event, groups=())
    name = f"Incident {incident.id} of monitor {incident.monitor!r}"
    if not event.groups:
        raise StoreError(
            f"{name} was to be accepted in part, and no part was named; it has {_named(incident.groups)}."
        )
    unknown = [group for group in event.groups if group not in incident.groups]
    # Of a storm an incident keeps the gravest groups only; what else its runs showed is nowhere written down.
    if unknown and len(incident.groups) < KEPT:
        if set(unknown) <= set(incident.accepted_groups):
            raise StoreError(f"{name} is accepted already as far as {_named(unknown)} goes.")
        raise StoreError(f"{name} has no {_named(unknown)}; it has {_named(incident.groups)}.")
    if set(incident.groups) <= set(event.groups):
        return replace(event, what=Happening.ACCEPTED, groups=())
    return event


def accepted_parts(
    incidents: Iterable[Incident], runs: Sequence[Run]
) -> list[tuple[Group, frozenset[Window]]]:
    """Return the groups that people accepted alone, each with those of some runs that it was accepted of.

    A run that was marked bad says nothing.
    """
    known = {run.window for run in runs if run.state is not State.BAD}
    found = []
    for incident in incidents:
        for event in incident.decided:
            its = frozenset(window for window in incident.windows if window <= event.window) & known
            found += [(group, its) for group in event.groups if its]
    return found


def merged(
    since: dict[Group, datetime], parts: Iterable[tuple[Group, frozenset[Window]]]
) -> tuple[dict[Group, datetime], dict[Group, frozenset[Window]]]:
    """Add what was accepted alone to what whole runs say: from when on each group is normal, and of which runs."""
    since, of = dict(since), dict[Group, frozenset[Window]]()
    for group, windows in parts:
        of[group] = of.get(group, frozenset()) | windows
        begin = min(windows).start
        since[group] = max(begin, since.get(group, begin))
    return since, of


def no_such_incident(number: int) -> StoreError:
    """Say that an incident which somebody named does not exist."""
    return StoreError(f"There is no incident {number}; `mlmonitor incidents --all` lists those there are.")


def several(monitor: str | Collection[str] | None) -> Collection[str] | None:
    """The names in what names one monitor, several or all."""
    return [monitor] if isinstance(monitor, str) else monitor


def _named(groups: Iterable[Group]) -> str:
    """Name groups by what people see of them.

    >>> _named([("temp", "missing"), ("", "rows")])
    "'temp' (missing), the table (rows)"
    """
    return ", ".join(
        f"{column!r} ({family})" if column else f"the table ({family})" for column, family in groups
    )
