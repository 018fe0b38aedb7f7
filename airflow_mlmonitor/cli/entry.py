"""Where the ``mlmonitor`` command begins and ends."""

from __future__ import annotations

import io
import os
import sys
import traceback
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

import airflow_mlmonitor
from airflow_mlmonitor.cli.accept import ACCEPT
from airflow_mlmonitor.cli.ack import ACK
from airflow_mlmonitor.cli.announce import ANNOUNCE
from airflow_mlmonitor.cli.backtest import BACKTEST
from airflow_mlmonitor.cli.compare import COMPARE
from airflow_mlmonitor.cli.db import DB
from airflow_mlmonitor.cli.history import HISTORY
from airflow_mlmonitor.cli.incidents import INCIDENTS
from airflow_mlmonitor.cli.mark_bad import MARK_BAD
from airflow_mlmonitor.cli.pin import PIN
from airflow_mlmonitor.cli.profile import PROFILE
from airflow_mlmonitor.cli.prune import PRUNE
from airflow_mlmonitor.cli.report import REPORT
from airflow_mlmonitor.cli.rules import RULES
from airflow_mlmonitor.cli.runs import RUNS
from airflow_mlmonitor.cli.snooze import SNOOZE
from airflow_mlmonitor.cli.suggest import SUGGEST
from airflow_mlmonitor.cli.undo import UNDO
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import MLMonitorError

VERBS: tuple[Verb, ...] = (
    *(COMPARE, PROFILE, PIN, RULES, SUGGEST, BACKTEST, HISTORY, RUNS, REPORT),
    *(INCIDENTS, ACK, SNOOZE, ACCEPT, MARK_BAD, UNDO, ANNOUNCE),
    *(DB, PRUNE),
)
"""In the order in which a newcomer needs them."""

EPILOG = """\
exit status:
  0  quiet
  1  findings: a warning or worse
  2  could not run

`mlmonitor VERB --help` shows the options of a verb, and examples."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with some arguments, those of the process by default, and return its exit status."""
    parser = ArgumentParser(
        prog="mlmonitor",
        description="Profile data, compare it, and read what monitors concluded.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mlmonitor {airflow_mlmonitor.__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in VERBS:
        subparser = verbs.add_parser(verb.name, help=verb.help)
        verb.prepare(subparser)
        subparser.set_defaults(verb=verb)
    arguments = parser.parse_args(argv)
    return run(arguments.verb, arguments)


def run(verb: Verb, arguments: Namespace) -> int:
    """Run a verb; whatever goes wrong becomes one line and an exit status."""
    _tolerate_narrow_encodings()
    try:
        status = verb.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return Exit.PIPE_CLOSED
    except Exception as failure:  # noqa: BLE001 - a person at a terminal gets a sentence, never a traceback
        return _failed(failure, debug=arguments.debug)
    return status


def _failed(failure: Exception, *, debug: bool) -> Exit:
    if debug:
        traceback.print_exception(failure)
    elif isinstance(failure, MLMonitorError | OSError):
        _complain(str(failure))
    else:
        _complain(f"unexpected {type(failure).__name__}: {failure} (--debug shows where)")
    return Exit.COULD_NOT_RUN


def _complain(text: str) -> None:
    sys.stderr.write(f"mlmonitor: {' '.join(text.split())}\n")


def _tolerate_narrow_encodings() -> None:
    """A terminal without Unicode shows question marks; it does not stop the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """Nobody reads any more: let the interpreter flush into nothing when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
