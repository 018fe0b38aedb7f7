"""``mlmonitor runs``: what monitors concluded lately."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.cli.location import declare_last, declare_store, opened_store
from airflow_mlmonitor.cli.output import colourful, width, write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.report.table import shortened, table
from airflow_mlmonitor.report.text import NAME, painted
from airflow_mlmonitor.report.words import STATUS_WORDS
from airflow_mlmonitor.store.history import Run

EXAMPLES = """\
  mlmonitor runs
  mlmonitor runs --model flight_delay --last 50
  mlmonitor runs --monitor flight_delay/skew --json"""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME", help="only runs of this model")
    parser.add_argument("--monitor", metavar="NAME", help="only runs of this monitor")
    declare_last(parser, 20)
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    with opened_store(arguments.store) as store:
        found = store.runs(model=arguments.model, monitor=arguments.monitor, last=arguments.last)
    if arguments.json:
        write_json({"runs": [_plain(run) for run in found]})
    else:
        write(_lines(found) if found else [_nothing(arguments)])
    return Exit.QUIET


def _nothing(wanted: Namespace) -> str:
    if wanted.monitor:
        return f"No run of monitor {wanted.monitor} is stored."
    return f"No run of model {wanted.model} is stored." if wanted.model else "No run is stored."


def _lines(runs: Sequence[Run]) -> list[str]:
    rows = [
        [
            run.window.label,
            shortened(run.monitor, NAME),
            STATUS_WORDS[run.status],
            run.state.value,
            f"{run.rows:,}",
            run.model_version or "—",
            str(run.tags),
        ]
        for run in runs
    ]
    header = ["Window", "Monitor", "Status", "State", "Rows", "Version", "Run by"]
    return table(header, rows, width=width(), right=[4], wrap=6, paint={2: painted} if colourful() else {})


def _plain(run: Run) -> dict[str, Any]:
    return {
        "monitor": run.monitor,
        "model": run.model,
        "start": run.window.start,
        "end": run.window.end,
        "status": run.status.value,
        "state": run.state.value,
        "rows": run.rows,
        "model_version": run.model_version,
        "score": run.score,
        "threshold": run.threshold,
        "dag_id": run.tags.dag_id,
        "task_id": run.tags.task_id,
        "map_index": run.tags.map_index,
        "run_id": run.tags.run_id,
        "try_number": run.tags.try_number,
        "started": run.started,
        "seconds": run.seconds,
    }


RUNS = Verb(
    name="runs",
    help="list the latest runs of monitors, and how they came out",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
)
