"""``mlmonitor prune``: let the numbers of old runs go."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_mlmonitor.cli.location import declare_store, opened_store
from airflow_mlmonitor.cli.output import write, write_json
from airflow_mlmonitor.cli.progress import progress
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.report.words import plural

if TYPE_CHECKING:
    from airflow_mlmonitor.store.retention import Pruned
    from airflow_mlmonitor.store.sql import SqlStore

KEEP_DAYS = 400
LONGEST = 36_500

EXAMPLES = """\
  mlmonitor prune --dry-run
  mlmonitor prune --keep-days 730
  mlmonitor prune --yes --store postgresql://mlmonitor@warehouse/metrics"""

DETAILS = """\
Of runs whose data are older go the metrics, what judges left for later runs, and the profile. The
runs themselves stay, and so do incidents, what people decided, facts and pinned baselines. The
newest 400 runs of each monitor stay whole, whatever their age: they are what judges learn from.
Tasks may write meanwhile; a pass that was interrupted may simply be started again."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--keep-days",
        metavar="N",
        type=_days,
        default=KEEP_DAYS,
        help="keep what is of the last N days (default: %(default)s)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    parser.add_argument("--yes", action="store_true", help="do not ask; needed where there is no terminal")
    declare_store(parser)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST:
        raise ArgumentTypeError(f"{text!r} is not a number of days; write 1 to {LONGEST}")
    return int(text)


def _run(arguments: Namespace) -> Exit:
    before = datetime.now(UTC) - timedelta(days=arguments.keep_days)
    asks = not (arguments.dry_run or arguments.yes)
    if asks and not sys.stdin.isatty():
        raise ConfigurationError(
            "Nobody is there to be asked: --yes removes old numbers, --dry-run says what that would be."
        )
    with opened_store(arguments.store) as store:
        what = store.prune(before=before, dry_run=True)
        removes = bool(what.rows) and not arguments.dry_run and (not asks or _agrees(what, before))
        if removes:
            what = _pruned(store, before, what)
    if arguments.json:
        write_json({"before": before, "removed": removes, **asdict(what)})
    else:
        write([_said(what, before, removes=removes, is_refused=asks and not removes)])
    return Exit.QUIET


def _pruned(store: SqlStore, before: datetime, planned: Pruned) -> Pruned:
    with progress("Pruning") as advance:
        return store.prune(
            before=before, tell=lambda done: advance(done.rows, planned.rows) if advance else None
        )


def _agrees(what: Pruned, before: datetime) -> bool:
    sys.stderr.write(f"Remove {_words(what)} of data until {before:%Y-%m-%d}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _said(what: Pruned, before: datetime, *, removes: bool, is_refused: bool) -> str:
    until = f"{before:%Y-%m-%d}"
    if not what.rows:
        return f"Nothing to remove until {until}; the newest 400 runs of each monitor always stay whole."
    if is_refused:
        return "Nothing was removed."
    runs = plural(what.runs, "run")
    if removes:
        return f"Removed {_words(what)}; {runs} until {until} have no numbers any more."
    return f"Would remove {_words(what)}; {runs} until {until} would be without numbers."


def _words(what: Pruned) -> str:
    counts = plural(what.metrics, "metric"), plural(what.traces, "trace"), plural(what.profiles, "profile")
    return "{}, {} and {}".format(*counts)


PRUNE = Verb(
    name="prune",
    help="remove the numbers of old runs",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
