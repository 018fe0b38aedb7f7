"""``mlmonitor backtest``: what the learned judge would have said, before anybody relies on it."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_mlmonitor.cli.location import declare_last, declare_store, opened_store
from airflow_mlmonitor.cli.output import colourful, width, write, write_json
from airflow_mlmonitor.cli.progress import progress
from airflow_mlmonitor.cli.rows import declare_rows
from airflow_mlmonitor.cli.tried_budgets import USUAL, Tried, document, lines, span
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.report.table import shortened
from airflow_mlmonitor.report.text import NAME
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.store import MetricsStore

if TYPE_CHECKING:
    from airflow_mlmonitor.backtesting import Backtest, Recording
    from airflow_mlmonitor.judging.learned import Learned

EXAMPLES = """\
  mlmonitor backtest flight_delay
  mlmonitor backtest flight_delay/skew --budget 0.5
  mlmonitor backtest --files 'served/*.parquet'
  mlmonitor backtest --split-by scheduled flights.parquet --training-days 60"""

DETAILS = """\
Of a monitor, its stored runs are judged once more, each by what came before it; those marked bad
are left out. Of files, the first days are what is learned from, and the standard checks run over
the later ones; nothing is stored. Every alert counts as false here: mark as bad the runs with
which something was wrong, and ask again.

--json prints one object: subject, start, end, runs, bad (left out), learning, judged, budgets
(budget, alerts, alerts_a_month with lower and upper, incidents, incidents_a_month), told (the
budget of what follows), days (start, end, status, columns, findings, why) and columns: name ->
number of runs that alert for it; the table is called ""."""

BUDGETS = (0.25, 0.5, 1.0, 2.0, 4.0)
LOOKED_AT = 1000
"""Latest runs among which monitors are looked for."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="MODEL",
        nargs="*",
        help="a model or a monitor; with --split-by, files: patterns are allowed",
    )
    parser.add_argument("--monitor", metavar="NAME", help="this monitor of the model")
    parser.add_argument(
        "--files",
        metavar="FILE",
        nargs="+",
        help="rather than stored runs, files with the day in their names",
    )
    parser.add_argument(
        "--training-days",
        metavar="N",
        type=_days,
        default=30,
        help="days of the files to learn from (default: %(default)s)",
    )
    parser.add_argument(
        "--budget",
        metavar="N",
        nargs="+",
        type=_budget,
        default=BUDGETS,
        help="false alerts a month to try (default: 0.25 0.5 1 2 4)",
    )
    declare_last(parser, 365, "stored runs")
    declare_rows(parser, when="--split-by")
    declare_store(parser)


def _days(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a number of days; write 1 or more")
    return int(text)


def _budget(text: str) -> float:
    from airflow_mlmonitor.judging.learned import Learned

    try:
        return Learned(false_alerts_per_month=float(text)).false_alerts_per_month
    except (ValueError, ConfigurationError):
        raise ArgumentTypeError(f"{text!r} is no budget; write a number above 0 and up to 30") from None


def _run(arguments: Namespace) -> Exit:
    from airflow_mlmonitor.judging.learned import Learned

    budgets = list(dict.fromkeys(arguments.budget))
    asked = USUAL if USUAL in budgets else budgets[0]
    judge = Learned(false_alerts_per_month=asked)
    of_files = arguments.files or arguments.timestamp
    tried = _of_files(arguments, judge) if of_files else _of_store(arguments)
    tried = replace(tried, results=_results(tried.recording, judge, budgets))
    if arguments.json:
        write_json(document(tried))
    else:
        write(lines(tried, width(), colour=colourful()))
    return Exit.QUIET


def _results(recording: Recording, judge: Learned, budgets: Sequence[float]) -> list[Backtest]:
    from airflow_mlmonitor.backtesting import backtest

    results: list[Backtest] = []
    with progress("Judging", "runs") as advance:
        for place, budget in enumerate(budgets):

            def advanced(done: int, runs: int | None, place: int = place) -> None:
                if advance:
                    advance(place * (runs or 0) + done, len(budgets) * (runs or 0))

            results.append(backtest(recording, replace(judge, false_alerts_per_month=budget), advanced))
    return results


def _of_files(arguments: Namespace, judge: Learned) -> Tried:
    from airflow_mlmonitor.cli.served_days import recorded

    paths = [*arguments.what, *(arguments.files or ())]
    if not paths:
        raise ConfigurationError("--split-by needs files: name them, such as 'served/*.parquet'.")
    recording, learned = recorded(paths, arguments, judge)
    said = f"rules and usual values learned from {span([learned])}"
    return Tried(subject=shortened(", ".join(paths), 2 * NAME), source=said, recording=recording, results=())


def _of_store(arguments: Namespace) -> Tried:
    from airflow_mlmonitor.backtesting import Recording

    if len(arguments.what) + (arguments.monitor is not None) == 0:
        raise ConfigurationError("Name a model or a monitor, or files with --files or --split-by.")
    if arguments.columns or arguments.where or arguments.window:
        raise ConfigurationError("--columns, --where and --window choose rows of files, not of stored runs.")
    if arguments.what[1:]:
        raise ConfigurationError(
            f"{', '.join(arguments.what)} are several models; name one, or files with --files or --split-by."
        )
    with opened_store(arguments.store) as store:
        name = _monitor(store, next(iter(arguments.what), ""), arguments.monitor)
        recording = Recording.of(store, name, last=arguments.last)
    bad = f"; {plural(recording.bad, 'run')} marked bad left out" if recording.bad else ""
    return Tried(subject=name, source=f"stored runs{bad}", recording=recording, results=())


def _monitor(store: MetricsStore, model: str, wanted: str | None) -> str:
    """Find the monitor that is meant."""
    if wanted or store.runs(monitor=model, last=1):
        if wanted and not store.runs(monitor=wanted, model=model or None, last=1):
            raise ConfigurationError(_unknown(store, wanted))
        return wanted or model
    names = sorted({run.monitor for run in store.runs(model=model, last=LOOKED_AT)})
    if not names:
        raise ConfigurationError(_unknown(store, model))
    if names[1:]:
        raise ConfigurationError(
            f"Model {model!r} has {plural(len(names), 'monitor')}: choose one with --monitor: {', '.join(names)}."
        )
    return names[0]


def _unknown(store: MetricsStore, name: str) -> str:
    known = {said for run in store.runs(last=LOOKED_AT) for said in (run.monitor, run.model)}
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`mlmonitor runs` lists what there is."
    return f"No run of a model or monitor {name!r} is stored; {hint}"


BACKTEST = Verb(
    name="backtest",
    help="say how often a monitor would have alerted, and what which budget brings",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
