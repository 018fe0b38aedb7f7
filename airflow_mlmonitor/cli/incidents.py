"""``mlmonitor incidents``: what is wrong, since when, and who knows of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.cli.location import declare_last, declare_store, opened_store
from airflow_mlmonitor.cli.output import colourful, width, write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.judging.incident import (
    ATTENDED,
    UNRESOLVED,
    Event,
    Group,
    Happening,
    Incident,
    IncidentState,
)
from airflow_mlmonitor.report.table import printable, shortened, table, wrapped
from airflow_mlmonitor.report.telling import span
from airflow_mlmonitor.report.text import NAME, painted
from airflow_mlmonitor.report.words import STATUS_WORDS

EXAMPLES = """\
  mlmonitor incidents
  mlmonitor incidents --model flight_delay --all
  mlmonitor incidents 12
  mlmonitor incidents --monitor flight_delay/skew --json"""

DETAILS = """\
An incident is one problem over time: runs with findings that follow each other, whatever the
columns. It is over after two runs without. `ack`, `snooze`, `accept` and `mark-bad` decide about
one, `undo` takes that back."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="ID", nargs="?", type=int, help="all that is known of this one")
    parser.add_argument("--model", metavar="NAME", help="only incidents of this model")
    parser.add_argument("--monitor", metavar="NAME", help="only incidents of this monitor")
    parser.add_argument("--all", action="store_true", help="those that are over, too")
    declare_last(parser, 20, "incidents")
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    state = None if arguments.all else UNRESOLVED
    with opened_store(arguments.store) as store:
        if arguments.number is not None:
            return _show(store.incident(arguments.number), as_json=arguments.json)
        found = store.incidents(
            model=arguments.model, monitor=arguments.monitor, state=state, last=arguments.last
        )
    if arguments.json:
        write_json({"incidents": [plain(one) for one in found]})
    else:
        write(_lines(found) if found else [_nothing(arguments)])
    return Exit.QUIET


def _show(incident: Incident, *, as_json: bool) -> Exit:
    if as_json:
        write_json(plain(incident))
        return Exit.QUIET
    heading = (
        f"Incident {incident.id} of {incident.monitor}: {incident.title}. {STATUS_WORDS[incident.status]}; "
        f"{incident.state.value}; {span(incident)}."
    )
    columns = ", ".join(incident.columns) or "(table)"
    lines = [*wrapped(printable(heading), width()), *wrapped(printable(f"Columns: {columns}."), width())]
    rows = [
        [event.window.label, event.what.value, event.who or "—", printable(_detail(event))]
        for event in incident.events
    ]
    write([*lines, "", *table(["Run", "What", "Who", "Note"], rows, width=width(), wrap=3)])
    return Exit.QUIET


def _detail(event: Event) -> str:
    ends = [f"until {event.until:%Y-%m-%d %H:%M} UTC"] if event.until else []
    ends += ["until it gets worse"] if event.unless_worse else []
    ends += (
        [", ".join(dict.fromkeys(column or "the table" for column, _ in event.groups))]
        if event.groups
        else []
    )
    return "; ".join([*ends, event.note] if event.note else ends)


def _nothing(wanted: Namespace) -> str:
    kind = "incident" if wanted.all else "open incident"
    if wanted.monitor:
        return f"No {kind} of monitor {wanted.monitor} is stored."
    return f"No {kind} of model {wanted.model} is stored." if wanted.model else f"No {kind} is stored."


def _lines(incidents: Sequence[Incident]) -> list[str]:
    rows = [
        [
            str(one.id),
            STATUS_WORDS[one.status],
            _state(one),
            one.opened.label,
            str(one.runs),
            shortened(one.monitor, NAME),
            printable(one.title),
        ]
        for one in incidents
    ]
    header = ["ID", "Status", "State", "Opened", "Runs", "Monitor", "What"]
    paint = {1: painted} if colourful() else {}
    return table(header, rows, width=width(), right=[0, 4], wrap=6, paint=paint)


def _state(incident: Incident) -> str:
    attended = incident.state in {IncidentState.ACKNOWLEDGED, IncidentState.SNOOZED, IncidentState.ACCEPTED}
    said = incident.latest(*ATTENDED, Happening.SNOOZED) if attended else None
    who = f" by {shortened(said.who, NAME)}" if said else ""
    return f"{incident.state.value}{who}"


def plain(incident: Incident) -> dict[str, Any]:
    """An incident as plain values."""
    return {
        "id": incident.id,
        "monitor": incident.monitor,
        "model": incident.model,
        "title": incident.title,
        "status": incident.status.value,
        "severity": incident.severity,
        "state": incident.state.value,
        "columns": incident.columns,
        "groups": _groups(incident.groups),
        "accepted": _groups(incident.accepted_groups),
        "opened": incident.opened.label,
        "last": incident.last.label,
        "resolved": incident.resolved and incident.resolved.label,
        "runs": incident.runs,
        "windows": [window.label for window in incident.windows],
        "events": [
            {
                "what": event.what.value,
                "window": event.window.label,
                "made_at": event.made_at,
                "who": event.who or None,
                "note": event.note,
                "until": event.until,
                "until_worse": event.unless_worse,
                "groups": _groups(event.groups),
            }
            for event in incident.events
        ],
    }


def _groups(groups: Sequence[Group]) -> list[dict[str, str | None]]:
    return [{"column": column or None, "family": family} for column, family in groups]


INCIDENTS = Verb(
    name="incidents",
    help="list what is wrong, since when, and who knows of it",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
