"""``mlmonitor ack``: say that somebody works on an incident."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from airflow_mlmonitor.cli.decision import declare_decision, declare_incident, tell, who
from airflow_mlmonitor.cli.location import opened_store
from airflow_mlmonitor.cli.verb import Exit, Verb

EXAMPLES = """\
  mlmonitor ack 12
  mlmonitor ack 12 --who ana --note "the weather join is late\""""

DETAILS = """\
There are no reminders any more. That it got twice as severe, or is over, is still told, and
another problem opens an incident of its own."""


def _declare(parser: ArgumentParser) -> None:
    declare_incident(parser)
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    with opened_store(arguments.store) as store:
        incident = store.acknowledge(arguments.number, who=who(arguments), note=arguments.note)
    return tell(arguments, incident, f"is acknowledged by {who(arguments)}")


ACK = Verb(
    name="ack",
    help="say that somebody works on an incident",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
