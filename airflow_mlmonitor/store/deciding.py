"""What holds whenever a person decides something about an incident, whatever keeps it."""

from __future__ import annotations

from collections.abc import Collection

from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.incident import Happening, Incident, IncidentState
from airflow_mlmonitor.store.history import State

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
    if what in MARKS and not incident.windows:
        raise StoreError(f"{name} has no runs any more: run again, they found nothing.")
    if what is Happening.ACCEPTED and incident.state is IncidentState.ACCEPTED:
        raise StoreError(f"{name} is accepted already.")
    if what is Happening.UNDONE and not incident.decided:
        raise StoreError(f"{name} has no decision that could be undone.")


def no_such_incident(number: int) -> StoreError:
    """Say that an incident which somebody named does not exist."""
    return StoreError(f"There is no incident {number}; `mlmonitor incidents --all` lists those there are.")


def several(monitor: str | Collection[str] | None) -> Collection[str] | None:
    """The names in what names one monitor, several or all."""
    return [monitor] if isinstance(monitor, str) else monitor
