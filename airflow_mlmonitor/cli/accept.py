"""``mlmonitor accept``: what was found is the new normal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from airflow_mlmonitor.cli.decision import (
    declare_decision,
    declare_incident_or_run,
    single_run,
    tell,
    tell_of_run,
    who,
)
from airflow_mlmonitor.cli.location import opened_store
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import ConfigurationError, StoreError
from airflow_mlmonitor.judging.incident import IncidentState
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.store import MetricsStore

EXAMPLES = """\
  mlmonitor accept 12 --note "the new sensor reads higher"
  mlmonitor accept 12 --column temp --column dewp
  mlmonitor accept --monitor flight_delay/skew --window 2013-02-08"""

DETAILS = """\
Later runs learn from these ones, and what the columns involved did before is not expected of them
any more. The incident is over. With --column that holds of these columns only, whose earlier values
of that kind alone are forgotten; the incident goes on with the others."""


def _declare(parser: ArgumentParser) -> None:
    declare_incident_or_run(parser)
    parser.add_argument(
        "--column",
        metavar="NAME",
        dest="columns",
        action="append",
        help="of an incident, only what this column showed; once for each column, '' for the table as a whole",
    )
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    run = single_run(arguments)
    if run and arguments.columns:
        raise ConfigurationError(
            "A single run is accepted as a whole: leave out --column, or name its incident."
        )
    with opened_store(arguments.store) as store:
        if arguments.columns:
            return _accept_columns(store, arguments)
        if run:
            store.mark(*run, State.ACCEPTED, who=who(arguments), note=arguments.note)
            return tell_of_run(arguments, run, State.ACCEPTED.value)
        incident = store.accept(arguments.number, who=who(arguments), note=arguments.note)
    return tell(arguments, incident, f"is the new normal now; {plural(incident.runs, 'run')} accepted")


def _accept_columns(store: MetricsStore, arguments: Namespace) -> Exit:
    """Accept what some columns of an incident showed."""
    known = store.incident(arguments.number)
    columns = dict.fromkeys(arguments.columns)
    has = dict.fromkeys(column for column, _ in (*known.groups, *known.accepted_groups))
    if unknown := [column for column in columns if column not in has]:
        raise StoreError(f"Incident {known.id} is not about {_named(unknown)}, but about {_named(has)}.")
    groups = [group for group in known.groups if group[0] in columns]
    # Where nothing is left of a column it was accepted already: the store says so.
    groups = groups or [group for group in known.accepted_groups if group[0] in columns]
    incident = store.accept(known.id, who=who(arguments), note=arguments.note, groups=groups)
    left = dict.fromkeys(column for column, _ in incident.groups)
    if incident.state is IncidentState.ACCEPTED:
        return tell(arguments, incident, f"is the new normal now; {plural(incident.runs, 'run')} accepted")
    return tell(
        arguments, incident, f"goes on with {_named(left)}; what {_named(columns)} showed is normal now"
    )


def _named(columns: Iterable[str]) -> str:
    return ", ".join(column or "the table" for column in columns)


ACCEPT = Verb(
    name="accept",
    help="say that what an incident or a run showed is the new normal",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
