"""``mlmonitor undo``: take a decision back."""

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
from airflow_mlmonitor.errors import StoreError

EXAMPLES = """\
  mlmonitor undo 12
  mlmonitor undo --monitor flight_delay/skew --window 2013-02-08"""

DETAILS = """\
The last decision about an incident that stands is taken back, or the last mark of a run. Runs get
back the state that they had."""


def _declare(parser: ArgumentParser) -> None:
    declare_incident_or_run(parser)
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    run = single_run(arguments)
    with opened_store(arguments.store) as store:
        if run:
            marks = store.annotations(*run)
            if not marks:
                raise StoreError(f"The run of {run[0]} for {run[1]} has no mark that could be undone.")
            state = marks[-1].before
            store.mark(*run, state, who=who(arguments), note=arguments.note)
            return tell_of_run(arguments, run, state.value)
        undone = store.incident(arguments.number).decided
        incident = store.undo(arguments.number, who=who(arguments), note=arguments.note)
    return tell(arguments, incident, f"is {incident.state.value}; {undone[-1].what.value} was undone")


UNDO = Verb(
    name="undo",
    help="take back the last decision about an incident or a run",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
