"""``mlmonitor accept``: what was found is the new normal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

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
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import State

EXAMPLES = """\
  mlmonitor accept 12 --note "the new sensor reads higher"
  mlmonitor accept --monitor flight_delay/skew --window 2013-02-08"""

DETAILS = """\
Later runs learn from these ones, and what the columns involved did before is not expected of them
any more. The incident is over."""


def _declare(parser: ArgumentParser) -> None:
    declare_incident_or_run(parser)
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    run = single_run(arguments)
    with opened_store(arguments.store) as store:
        if run:
            store.mark(*run, State.ACCEPTED, who=who(arguments), note=arguments.note)
            return tell_of_run(arguments, run, State.ACCEPTED.value)
        incident = store.accept(arguments.number, who=who(arguments), note=arguments.note)
    return tell(arguments, incident, f"is the new normal now; {plural(incident.runs, 'run')} accepted")


ACCEPT = Verb(
    name="accept",
    help="say that what an incident or a run showed is the new normal",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
