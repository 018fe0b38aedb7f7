"""``mlmonitor pin``: keep training data as the baseline of a model version."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from airflow_mlmonitor.cli.location import declare_store, opened_store
from airflow_mlmonitor.cli.output import write, write_json
from airflow_mlmonitor.cli.rows import declare_rows, names, source, trained
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import DataError
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural

EXAMPLES = """\
  mlmonitor pin flight_delay v3 train.parquet
  mlmonitor pin flight_delay v3 'train/*.parquet' --split-by time_hour --slices origin"""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model's name")
    parser.add_argument("version", metavar="VERSION", help="the version that was trained on these rows")
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="Parquet, CSV or JSON lines; patterns are allowed"
    )
    declare_rows(parser, when="--split-by")
    parser.add_argument(
        "--slices", metavar="A,B", type=names, default=(), help="columns whose values are each kept apart too"
    )
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    recipe = source(arguments.files, arguments, arguments.window, arguments.slices)
    whole, days = trained(recipe, arguments.window)
    if not whole.rows:
        raise DataError(
            f"{recipe.label} has no rows to pin; a baseline of nothing would call everything new."
        )
    with opened_store(arguments.store, create=True) as store:
        store.pin(
            arguments.model,
            arguments.version,
            whole.encode(),
            rows=whole.rows,
            label=recipe.label,
            days={day: part.encode() for day, part in days.items()},
        )
    if arguments.json:
        write_json(
            {"model": arguments.model, "version": arguments.version, "rows": whole.rows, "days": len(days)}
        )
    else:
        apart = f", and each of its {plural(len(days), 'day')}," if days else ""
        said = f"Pinned {plural(whole.rows, 'row')} of {recipe.label}{apart} as {arguments.model} {arguments.version}."
        write([printable(said)])
    return Exit.QUIET


PIN = Verb(
    name="pin",
    help="keep training data as the baseline of a model version",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
)
