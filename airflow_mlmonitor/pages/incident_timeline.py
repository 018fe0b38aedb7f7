"""What happened to an incident, and just before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.course import DOUBLINGS, RESOLVES
from airflow_mlmonitor.judging.incident import UNRESOLVED, Event, Group, Happening, Incident
from airflow_mlmonitor.pages.incident_changes import Change
from airflow_mlmonitor.pages.incident_line import title_of
from airflow_mlmonitor.pages.moment_words import day_words, iso, window_words
from airflow_mlmonitor.pages.overview_documents import NoteDocument, TimelineDocument
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import capital, plural
from airflow_mlmonitor.store.history import Run

CHANGES = 3
"""Changes that the timeline shows; all of them stand beside it."""

NAMED = 8
"""Columns that were accepted together and are named."""

KINDS = {
    Happening.OPENED: ("opened", "Opened"),
    Happening.ESCALATED: ("escalated", "Grew: twice as severe as when it was last told"),
    Happening.REMINDED: ("reminded", "Still open after a week"),
    Happening.RESOLVED: ("resolved", "Resolved"),
    Happening.REOPENED: ("reopened", "Back"),
    Happening.JOINED: ("joined", "Another incident turned out to be this one"),
    Happening.ACKNOWLEDGED: ("acknowledged", "Acknowledged"),
    Happening.SNOOZED: ("snoozed", "Snoozed"),
    Happening.ACCEPTED: ("accepted", "Accepted as the new normal"),
    Happening.ACCEPTED_IN_PART: ("accepted", "Accepted as the new normal"),
    Happening.MARKED_BAD: ("bad", "Marked as bad data"),
    Happening.NOTED: ("note", "Note"),
    Happening.UNDONE: ("undone", "Last decision undone"),
}
"""What happened to its kind and title; what merely continues stands in the first line."""

MEANING = {
    Happening.ACKNOWLEDGED: "No reminders. That it gets worse, or is over, is still told.",
    Happening.ACCEPTED: "Its runs train; nothing older is expected any more of what they showed.",
    Happening.ACCEPTED_IN_PART: "Nothing older is expected of what they showed; the rest of it stays as it is.",
    Happening.MARKED_BAD: "Its runs never train.",
    Happening.RESOLVED: "Its runs found nothing any more.",
}


def timeline(
    incident: Incident, runs: Mapping[Window, Run], before: Sequence[Run], changes: Sequence[Change]
) -> list[TimelineDocument]:
    """Write what happened, newest first.

    Parameters
    ----------
    incident
        The incident.
    runs
        Its own runs, by window.
    before
        Its monitor's runs before the one that opened it, latest first.
    changes
        What changed before it opened, nearest first.
    """
    told = [_told(event, incident, runs) for event in incident.events if event.what in KINDS]
    told += _before(before, changes)
    if incident.state in UNRESOLVED:
        told.append(_now(incident, runs, told))
    places = {id(entry): place for place, entry in enumerate(told)}
    return sorted(
        told, key=lambda entry: (entry["kind"] == "now", entry["at"], places[id(entry)]), reverse=True
    )


def notes(incident: Incident) -> list[NoteDocument]:
    """Write what people left as notes, and as reasons of what they decided; oldest first."""
    return [
        {"at": iso(event.made_at), "by": person(event.who), "text": printable(event.note)}
        for event in incident.events
        if event.who and event.note
    ]


def person(who: str) -> str:
    """Name a person without the address of a mail.

    >>> person("ana@example.com"), person("ana")
    ('ana', 'ana')
    """
    return printable(who.partition("@")[0] or who)


def _told(event: Event, incident: Incident, runs: Mapping[Window, Run]) -> TimelineDocument:
    kind, title = KINDS[event.what]
    detail = printable(event.note) or MEANING.get(event.what, "")
    if event.what is Happening.OPENED:
        title, detail = f"{title}: {title_of(incident)}", _where(event.window, runs)
    elif event.what in (Happening.ESCALATED, Happening.REOPENED):
        detail = _where(event.window, runs)
    elif event.what is Happening.ACCEPTED_IN_PART:
        title = f"{title}: {_named(event.groups)}"
    elif event.what is Happening.SNOOZED:
        detail = " ".join(filter(None, [printable(event.note), _span(event)]))
    return {"at": iso(event.made_at), "kind": kind, "title": title, "detail": detail, "by": person(event.who)}


def _named(groups: Sequence[Group]) -> str:
    """Name the columns of groups, the first ones where they are many."""
    names = list(dict.fromkeys(printable(column) or "the table" for column, _ in groups))
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _where(window: Window, runs: Mapping[Window, Run]) -> str:
    run = runs.get(window)
    task = f"{printable(run.tags.task_id)}, " if run and run.tags.task_id else ""
    return f"{task}data of {window_words(window)}"


def _span(event: Event) -> str:
    until = f"Until {day_words(event.until)}, {event.until:%H:%M} UTC" if event.until else ""
    worse = "until it gets worse" if event.unless_worse else ""
    both = ", or ".join(filter(None, [until, worse]))
    return f"{capital(both)}." if both else ""


def _now(
    incident: Incident, runs: Mapping[Window, Run], told: Sequence[TimelineDocument]
) -> TimelineDocument:
    """Say how far it is, as of its last run."""
    last = runs.get(incident.last)
    clean = RESOLVES << min(sum(event.what is Happening.REOPENED for event in incident.events), DOUBLINGS)
    newest = max((entry["at"] for entry in told), default="")
    return {
        "at": max(iso(last.started) if last else "", newest),
        "kind": "now",
        "title": f"Now: still failing, {plural(incident.runs, 'run')} so far",
        "detail": f"Last seen in {_where(incident.last, runs)}. {clean} clean runs in a row end it.",
        "by": "",
    }


def _before(before: Sequence[Run], changes: Sequence[Change]) -> list[TimelineDocument]:
    """What was seen before it opened: its last clean run, and the nearest changes."""
    seen = {run.window: run for run in before}
    told: list[TimelineDocument] = []
    for change in changes[:CHANGES]:
        if run := seen.get(change.window):
            said = " → ".join(filter(None, [change.before, change.after]))
            told.append(
                _entry(
                    run, "change", f"{change.name} {said}", f"First run with it: {window_words(run.window)}"
                )
            )
    clean = next((run for run in before if not run.status.is_finding and run.state.trains), None)
    if clean:
        rows = f", {plural(clean.rows, 'row')}" if clean.rows else ""
        told.append(_entry(clean, "clean", "Last clean run", f"data of {window_words(clean.window)}{rows}"))
    return told


def _entry(run: Run, kind: str, title: str, detail: str) -> TimelineDocument:
    return {"at": iso(run.started), "kind": kind, "title": printable(title), "detail": detail, "by": ""}
