"""``mlmonitor profile``: what is in some files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.cli.output import width, write, write_json
from airflow_mlmonitor.cli.rows import declare_rows, profiled, source
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.report.table import printable, shortened, table, wrapped
from airflow_mlmonitor.report.text import NAME
from airflow_mlmonitor.report.words import number, percent, plural

if TYPE_CHECKING:
    from airflow_mlmonitor.data.column import Column
    from airflow_mlmonitor.data.profile import Profile

EXAMPLES = """\
  mlmonitor profile flights.parquet
  mlmonitor profile 'served/2013-02-*.csv' --where "origin = 'EWR'"
  mlmonitor profile flights.parquet --timestamp time_hour --window 2013-02-08 --json"""

TOP = 3
"""Most frequent values shown in a table."""

TOP_JSON = 20
"""Most frequent values in a JSON document."""

NUMBERS = ("nans", "infinite", "zeros", "min", "mean", "sd", "max")
"""What a JSON document says of a column of numbers, or of moments as seconds since 1970."""

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="Parquet, CSV or JSON lines; patterns are allowed"
    )
    declare_rows(parser)


def _run(arguments: Namespace) -> Exit:
    recipe = source(arguments.files, arguments, arguments.window)
    found = profiled(recipe, arguments.window)
    if arguments.json:
        write_json(_document(found))
    else:
        write(_lines(recipe.label, found))
    return Exit.QUIET


def _lines(label: str, profile: Profile) -> list[str]:
    rows = [
        [
            shortened(name, NAME),
            shortened(column.type, NAME),
            percent(column.null_share),
            number(column.distinct),
            *_values(column),
        ]
        for name, column in profile.columns.items()
    ]
    header = ["Column", "Type", "Missing", "Distinct", "Min", "Mean", "Max", "Most frequent"]
    lines = [
        *_heading(label, profile),
        "",
        *table(header, rows, width=width(), right=[2, 3, 4, 5, 6], wrap=7),
    ]
    notes = [f"{name}: {note}" if name else note for name, note in profile.notes.items()]
    said = [line for note in notes for line in wrapped(printable(note), width())]
    return [*lines, "", *said] if said else lines


def _heading(label: str, profile: Profile) -> list[str]:
    said = f"{label}: {plural(profile.rows, 'row')}, {plural(len(profile.columns), 'column')}"
    if profile.duplicates:
        said += f", {percent(profile.duplicates)} of the rows repeat an earlier one"
    if profile.first and profile.last:
        said += f", {profile.first:%Y-%m-%d %H:%M} to {profile.last:%Y-%m-%d %H:%M} UTC"
    return wrapped(printable(said), width())


def _values(column: Column) -> list[str]:
    """Write the fields min, mean, max and most frequent; each kind of column has its own."""
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.column import NumberColumn

    if isinstance(column, NumberColumn):
        written = moment if column.is_time else number
        counts = ((column.nans, "NaN"), (column.infinite, "infinite value"))
        odd = ", ".join(plural(count, noun) for count, noun in counts if count)
        return [written(column.min), written(column.mean), written(column.max), odd]
    if isinstance(column, CategoryColumn):
        top = list(column.counts.items())[:TOP]
        shares = (f"{shortened(value, NAME)} {percent(count / column.count)}" for value, count in top)
        return ["", "", "", ", ".join(shares)]
    return [""] * 4


def moment(seconds: float | None) -> str:
    """Write seconds since 1970 as a day, or as a moment where it is not midnight.

    >>> moment(1360281600.0), moment(1360303200.0), moment(None), moment(1e18)
    ('2013-02-08', '2013-02-08 06:00', '—', '1e+18 s')
    """
    from airflow_mlmonitor.data.profile import EPOCH

    if seconds is None:
        return "—"
    try:
        found = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{seconds:.3g} s"
    return f"{found:%Y-%m-%d}" if found.time() == time() else f"{found:%Y-%m-%d %H:%M}"


def _document(profile: Profile) -> dict[str, Any]:
    return {
        "rows": profile.rows,
        "duplicates": profile.duplicates,
        "first": profile.first,
        "last": profile.last,
        "columns": {name: _plain(column) for name, column in profile.columns.items()},
        "notes": profile.notes,
    }


def _plain(column: Column) -> dict[str, Any]:
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.column import NumberColumn

    document: dict[str, Any] = {
        "type": column.type,
        "kind": column.kind,
        "rows": column.rows,
        "nulls": column.nulls,
        "null_share": column.null_share,
        "distinct": column.distinct,
    }
    if isinstance(column, NumberColumn):
        quantiles = {"quantiles": {f"{q:g}": column.quantile(q) for q in QUANTILES}}
        return document | {name: getattr(column, name) for name in NUMBERS} | quantiles
    if isinstance(column, CategoryColumn):
        top = dict(list(column.counts.items())[:TOP_JSON])
        return document | {"mean_length": column.mean_length, "top": top}
    return document


PROFILE = Verb(
    name="profile",
    help="summarise files column by column",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
)
