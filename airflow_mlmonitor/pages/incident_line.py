"""An incident in one line, and which one of several comes first."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_mlmonitor.judging.incident import UNRESOLVED, Happening, Incident, IncidentState
from airflow_mlmonitor.pages.documents import IncidentDocument, LaneDocument
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.report.table import printable


def incident_document(incident: Incident, dag_id: str = "") -> IncidentDocument:
    """Write an incident in one line; ``dag_id`` is the DAG whose run it was seen in last."""
    acknowledged = incident.latest(Happening.ACKNOWLEDGED)
    snoozed = incident.latest(Happening.SNOOZED)
    opened = next((event for event in incident.events if event.what is Happening.OPENED), None)
    return {
        "id": incident.id,
        "title": title_of(incident),
        "status": incident.status.value,
        "state": incident.state.value,
        "monitor": incident.monitor,
        "model": incident.model,
        "dag_id": dag_id,
        "opened_at": iso(incident.opened.start),
        "recorded_at": iso(opened.made_at if opened else incident.opened.end),
        "resolved_at": iso(incident.resolved.end) if incident.resolved else None,
        "runs": incident.runs,
        "acknowledged_by": acknowledged.who if acknowledged else "",
        "acknowledged_at": iso(acknowledged.made_at) if acknowledged else None,
        "snoozed_until": iso(snoozed.until) if snoozed and snoozed.until else None,
        "can_undo": bool(incident.decided),
    }


def lane_document(incident: Incident, monitors: Iterable[str] = ()) -> LaneDocument:
    """Write an incident as a span of time below a chart; one that is over ends with its last run."""
    return {
        "id": incident.id,
        "title": title_of(incident),
        "status": incident.status.value,
        "opened_at": iso(incident.opened.start),
        "resolved_at": iso(incident.last.end) if incident.resolved else None,
        "monitors": list(monitors) or [incident.monitor],
    }


def title_of(incident: Incident) -> str:
    """Its title, on one line."""
    return printable(" ".join(incident.title.split()))


def open_first(incidents: Iterable[Incident]) -> list[Incident]:
    """Sort those that are not over: nobody on it first, then the gravest, the most severe, the newest."""
    unresolved = [one for one in incidents if one.state in UNRESOLVED]
    return sorted(
        unresolved,
        key=lambda one: (
            one.state is not IncidentState.OPEN,
            -one.status.rank,
            -one.severity,
            -one.opened.start.timestamp(),
            one.id,
        ),
    )
