"""``mlmonitor mark-bad``: the data were bad, and nothing may learn from them."""

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
  mlmonitor mark-bad 12 --note "upstream outage"
  mlmonitor mark-bad --monitor flight_delay/skew --window 2013-02-08"""

DETAILS = """\
Runs that are marked bad never train, whatever they find when they run again. An incident stays
open until two runs found nothing, and there are no reminders of it any more."""


def _declare(parser: ArgumentParser) -> None:
    declare_incident_or_run(parser)
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    run = single_run(arguments)
    with opened_store(arguments.store) as store:
        if run:
            store.mark(*run, State.BAD, who=who(arguments), note=arguments.note)
            return tell_of_run(arguments, run, State.BAD.value)
        incident = store.mark_bad(arguments.number, who=who(arguments), note=arguments.note)
    return tell(arguments, incident, f"comes of bad data; {plural(incident.runs, 'run')} never train")


MARK_BAD = Verb(
    name="mark-bad",
    help="say that the data of an incident or a run were bad",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
