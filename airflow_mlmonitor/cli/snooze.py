"""``mlmonitor snooze``: tell nothing of an incident for a while."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from airflow_mlmonitor.cli.decision import declare_decision, declare_incident, tell, who
from airflow_mlmonitor.cli.location import opened_store
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.data.window import utc
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.store.sql import SqlStore

EXAMPLES = """\
  mlmonitor snooze 12 --until 2013-02-15
  mlmonitor snooze 12 --for 3d --until-worse
  mlmonitor snooze 12 --until-worse --note "known, harmless at this size\""""

DETAILS = """\
Time is that of the data: a snooze is over with the first run whose window ends later. Where
several ends are given, the first one holds. When it is over and the problem is not, that is told."""

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _declare(parser: ArgumentParser) -> None:
    declare_incident(parser)
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--until", metavar="TIME", type=moment, help="until a UTC day begins, or until a moment"
    )
    ends.add_argument(
        "--for", dest="span", metavar="SPAN", type=_span, help="such as 12h, 3d, 2w, from the latest run on"
    )
    parser.add_argument("--until-worse", action="store_true", help="until it is twice as severe")
    declare_decision(parser)


def moment(text: str) -> datetime:
    """Read a moment, as an argument of the command line."""
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a moment; write 2013-02-15 or 2013-02-15T12:00") from None


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([mhdw])", text)
    if not found or not int(found[1]):
        raise ArgumentTypeError(f"{text!r} is not a span of time; write 12h, 3d or 2w")
    return int(found[1]) * UNITS[found[2]]


def _run(arguments: Namespace) -> Exit:
    if not (arguments.until or arguments.span or arguments.until_worse):
        raise ConfigurationError("A snooze needs an end: --until TIME, --for SPAN or --until-worse.")
    with opened_store(arguments.store) as store:
        until = arguments.until or (arguments.span and _end(store, arguments))
        incident = store.snooze(
            arguments.number,
            until=until,
            unless_worse=arguments.until_worse,
            who=who(arguments),
            note=arguments.note,
        )
    ends = [f"until {until:%Y-%m-%d %H:%M} UTC"] if until else []
    ends += ["until it gets worse"] if arguments.until_worse else []
    return tell(arguments, incident, f"is snoozed {' or '.join(ends)}")


def _end(store: SqlStore, arguments: Namespace) -> datetime:
    incident = store.incident(arguments.number)
    (latest,) = store.runs(monitor=incident.monitor, last=1)
    end: datetime = latest.window.end + arguments.span
    return end


SNOOZE = Verb(
    name="snooze",
    help="tell nothing of an incident for a while",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
