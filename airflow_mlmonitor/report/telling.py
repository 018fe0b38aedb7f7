"""What a run meant for an incident, as a sentence."""

from __future__ import annotations

from airflow_mlmonitor.judging.incident import Happening, Incident, Notice
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural

SAID = {
    Happening.OPENED: "New",
    Happening.CONTINUED: "Still open",
    Happening.ESCALATED: "Twice as severe as when it was last told",
    Happening.REMINDED: "Still open",
    Happening.RESOLVED: "Resolved",
    Happening.REOPENED: "Back",
}

ASKED = 5
"""Runs after which a person is asked whether this is the new normal."""


def told(notice: Notice) -> str:
    """Say what a run meant for an incident.

    Examples
    --------
    >>> from airflow_mlmonitor.data.window import Window
    >>> from airflow_mlmonitor.judging.verdict import Status
    >>> day = Window.parse("2013-02-08")
    >>> missing = Incident(
    ...     id=12,
    ...     monitor="flight_delay/skew",
    ...     model="flight_delay",
    ...     title="temp: missing in 31.8% of 981 rows",
    ...     status=Status.FAIL,
    ...     severity=3.0,
    ...     groups=(("temp", "missing"),),
    ...     windows=(day,),
    ...     opened=day,
    ... )
    >>> told(Notice(what=Happening.RESOLVED, incident=missing, is_news=True))
    'Resolved: incident 12, temp: missing in 31.8% of 981 rows (1 run, 2013-02-08).'
    """
    incident = notice.incident
    return printable(f"{SAID[notice.what]}: incident {incident.id}, {incident.title} ({span(incident)}).") + (
        f" Accept it as the new normal with `mlmonitor accept {incident.id}`, or say that the data were bad with "
        f"`mlmonitor mark-bad {incident.id}`."
        if incident.runs >= ASKED and not incident.resolved and not incident.decided
        else ""
    )


def span(incident: Incident) -> str:
    """Say how many runs belong to an incident, and from when to when."""
    runs = plural(incident.runs, "run")
    if incident.runs < 2:
        return f"{runs}, {incident.opened.label}"
    return f"{runs} from {incident.opened.label} to {incident.last.label}"
