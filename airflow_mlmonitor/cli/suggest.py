"""``mlmonitor suggest``: a suite of expectations to begin with, inferred from training data."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter

from airflow_mlmonitor.cli.output import width, write, write_json
from airflow_mlmonitor.cli.progress import progress
from airflow_mlmonitor.cli.rows import declare_rows, source
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.report.table import printable, shortened, table
from airflow_mlmonitor.report.text import NAME

EXAMPLES = """\
  mlmonitor suggest invariants training.parquet --timestamp scheduled --out suite.json
  mlmonitor suggest invariants 'training/*.csv' --yaml --out suite.yaml"""

DETAILS = """\
Types, ranges, sets, null shares, keys, formats, ordered columns and columns that follow from each
other, with headroom. Read the suite and edit it: it is one of Great Expectations, which loads it
too. With --timestamp, it is known how much days differ."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("what", metavar="invariants", choices=["invariants"], help="what to suggest")
    parser.add_argument("files", metavar="FILE", nargs="+", help="training data: Parquet, CSV or JSON lines")
    parser.add_argument("--out", metavar="PATH", help="write the suite here, and say what is in it")
    parser.add_argument("--yaml", action="store_true", help="as YAML, not as JSON")
    declare_rows(parser)


def _run(arguments: Namespace) -> Exit:
    from airflow_mlmonitor.data.invariants.suggesting import suggest_invariants
    from airflow_mlmonitor.data.invariants.suite import spelled, write_suite

    recipe = source(arguments.files, arguments, arguments.window)
    with progress(f"Learning from {shortened(recipe.label, NAME)}") as advance:
        suite = suggest_invariants(recipe, arguments.window, progress=advance)
    if arguments.out is None and not arguments.json:
        sys.stdout.write(spelled(suite, as_yaml=arguments.yaml))
        return Exit.QUIET
    if arguments.out is not None:
        write_suite(suite, arguments.out, as_yaml=arguments.yaml or None)
    if arguments.json:
        write_json(suite)
        return Exit.QUIET
    kinds = Counter(expectation["type"] for expectation in suite["expectations"])
    rows = [[kind, str(count)] for kind, count in kinds.most_common()]
    heading = f"{arguments.out}: {len(suite['expectations'])} expectations, for a person to edit"
    write([printable(heading), "", *table(["Expectation", "Number"], rows, width=width())])
    return Exit.QUIET


SUGGEST = Verb(
    name="suggest",
    help="suggest a suite of expectations that training data keeps",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
