"""What the verbs have in common with which a person decides about an incident."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from airflow_mlmonitor.cli.incidents import plain
from airflow_mlmonitor.cli.location import declare_store
from airflow_mlmonitor.cli.output import write, write_json
from airflow_mlmonitor.cli.verb import Exit
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.report.table import printable


def declare_decision(parser: ArgumentParser) -> None:
    """Add the options that say who decides and why."""
    parser.add_argument("--who", metavar="NAME", help="who decides this (default: the user at this terminal)")
    parser.add_argument("--note", metavar="TEXT", default="", help="why")
    declare_store(parser)


def declare_incident(parser: ArgumentParser) -> None:
    """Add the number of an incident."""
    parser.add_argument(
        "number", metavar="ID", type=int, help="the incident, as `mlmonitor incidents` lists it"
    )


def declare_incident_or_run(parser: ArgumentParser) -> None:
    """Add the number of an incident, or what names a single run instead."""
    parser.add_argument(
        "number", metavar="ID", type=int, nargs="?", help="the incident, as `mlmonitor incidents` lists it"
    )
    parser.add_argument("--monitor", metavar="NAME", help="instead: the monitor of a single run")
    parser.add_argument("--window", metavar="DAY", type=_window, help="its UTC day, or START/END")


def _window(text: str) -> Window:
    try:
        return Window.parse(text)
    except ConfigurationError as mistake:
        raise ArgumentTypeError(str(mistake)) from None


def single_run(arguments: Namespace) -> tuple[str, Window] | None:
    """Return the monitor and window of a single run; None where an incident is named.

    Raises
    ------
    ConfigurationError
        It is neither, or both.
    """
    names_run = arguments.monitor is not None and arguments.window is not None
    names_part = arguments.monitor is not None or arguments.window is not None
    if names_part is not names_run or names_run is (arguments.number is not None):
        raise ConfigurationError("Name an incident by its ID, or a run by --monitor and --window.")
    return (arguments.monitor, arguments.window) if names_run else None


def who(arguments: Namespace) -> str:
    """Say who decides: who was named, or the user of the terminal."""
    return str(arguments.who or getpass.getuser())


def tell(arguments: Namespace, incident: Incident, said: str) -> Exit:
    """Print what was decided about an incident."""
    if arguments.json:
        write_json(plain(incident))
    else:
        write([printable(f"Incident {incident.id} ({incident.title}) {said}.")])
    return Exit.QUIET


def tell_of_run(arguments: Namespace, run: tuple[str, Window], state: str) -> Exit:
    """Print what was decided about a single run."""
    monitor, window = run
    if arguments.json:
        write_json({"monitor": monitor, "start": window.start, "end": window.end, "state": state})
    else:
        write([printable(f"The run of {monitor} for {window} is {state} now.")])
    return Exit.QUIET
