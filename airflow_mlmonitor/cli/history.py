"""``mlmonitor history``: one metric over time."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from airflow_mlmonitor.cli.location import declare_last, declare_store, opened_store
from airflow_mlmonitor.cli.output import colourful, width, write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.report.table import printable, table
from airflow_mlmonitor.report.text import painted
from airflow_mlmonitor.report.words import STATUS_WORDS, amount, expectation, plural
from airflow_mlmonitor.store.history import Point
from airflow_mlmonitor.store.store import MetricsStore

EXAMPLES = """\
  mlmonitor history flight_delay null_share --column temp
  mlmonitor history flight_delay rows --monitor flight_delay/skew --last 90
  mlmonitor history flight_delay psi --column dep_delay --asof 2013-02-08 --json"""

BLOCKS = "▁▂▃▄▅▆▇█"

LOOKED_AT = 200
"""Latest runs of a model in which its monitors are looked for."""

EVER = datetime(9999, 1, 1, tzinfo=UTC)


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model's name")
    parser.add_argument("metric", metavar="METRIC", help="such as null_share, psi or rows")
    parser.add_argument(
        "--column", metavar="NAME", help="the column it is about; left out for one of the table"
    )
    parser.add_argument(
        "--slice", metavar="NAME=VALUE", default="", help="rather than all rows, such as origin=EWR"
    )
    parser.add_argument("--monitor", metavar="NAME", help="only this monitor of the model")
    parser.add_argument("--asof", metavar="DAY", help="as known before this day or moment of data time (UTC)")
    declare_last(parser, 30)
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    asof = Window.parse(arguments.asof).start if arguments.asof else EVER
    with opened_store(arguments.store) as store:
        names = _monitors(store, arguments.model, arguments.monitor)
        series = {name: _points(store, name, asof, arguments) for name in names}
        found = {name: points for name, points in series.items() if points}
        if not found:
            raise ConfigurationError(_nothing(store, names, asof, arguments))
    if arguments.json:
        write_json(_document(found, arguments))
    else:
        for name, points in found.items():
            write(_lines(name, points, arguments))
    return Exit.QUIET


def _monitors(store: MetricsStore, model: str, monitor: str | None) -> list[str]:
    """Name the monitors of a model, the one with the latest window first."""
    if monitor:
        return [monitor]
    names = list(dict.fromkeys(run.monitor for run in store.runs(model=model, last=LOOKED_AT)))
    if not names:
        raise ConfigurationError(
            f"No run of model {model!r} is stored; `mlmonitor runs` lists what there is."
        )
    return names


def _points(store: MetricsStore, monitor: str, asof: datetime, wanted: Namespace) -> list[Point]:
    history = store.history(monitor, asof=asof, last=wanted.last, metric=wanted.metric, column=wanted.column)
    return history.series(wanted.metric, wanted.column, wanted.slice)


def _nothing(store: MetricsStore, monitors: Sequence[str], asof: datetime, wanted: Namespace) -> str:
    said = _series_name(wanted.metric, wanted.column, wanted.slice)
    known = {_series_name(*key) for name in monitors for key in store.history(name, asof=asof, last=1).points}
    near = difflib.get_close_matches(said, sorted(known), n=3)
    hint = f"; there are {', '.join(near)}" if near else ""
    return f"No value of {said} is stored for {', '.join(monitors)}{hint}."


def _series_name(metric: str, column: str | None, slice_: str) -> str:
    return metric + (f" of {column}" if column else "") + (f" where {slice_}" if slice_ else "")


def _lines(monitor: str, points: Sequence[Point], wanted: Namespace) -> list[str]:
    scale = "share" if wanted.metric.endswith("_share") else "location"
    values = [point.value for point in points]
    defined = [value for value in values if value is not None]
    findings = sum(point.status.is_finding for point in points)
    span = f"{amount(min(defined), scale)} to {amount(max(defined), scale)}" if defined else "never defined"
    rows = [
        [
            point.run.window.label,
            amount(point.value, scale),
            expectation(point.lower, point.upper, point.expected, scale),
            STATUS_WORDS[point.status],
            point.run.state.value,
            point.run.model_version or "—",
        ]
        for point in points
    ]
    header = ["Window", "Value", "Expected", "Status", "State", "Version"]
    paint = {3: painted} if colourful() else {}
    return [
        printable(f"{_series_name(wanted.metric, wanted.column, wanted.slice)}: {monitor}"),
        f"{sparkline(values)}  {span}; {plural(len(points), 'run')}, {plural(findings, 'finding')}",
        "",
        *table(header, rows, width=width(), right=[1], paint=paint),
    ]


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as one line of blocks, from the smallest to the largest; a gap where there is none.

    >>> sparkline([0, 1, None, 7, 3])
    '▁▂ █▄'
    >>> sparkline([5, 5])
    '▁▁'
    """
    defined = [value for value in values if value is not None]
    low, high = min(defined, default=0), max(defined, default=0)
    step = (high - low) / (len(BLOCKS) - 1) or 1
    return "".join(" " if value is None else BLOCKS[round((value - low) / step)] for value in values)


def _document(series: dict[str, list[Point]], wanted: Namespace) -> dict[str, Any]:
    return {
        "model": wanted.model,
        "metric": wanted.metric,
        "column": wanted.column,
        "slice": wanted.slice,
        "monitors": {name: [_plain(point) for point in points] for name, points in series.items()},
    }


def _plain(point: Point) -> dict[str, Any]:
    return {
        "start": point.run.window.start,
        "end": point.run.window.end,
        "value": point.value,
        "lower": point.lower,
        "upper": point.upper,
        "expected": point.expected,
        "status": point.status.value,
        "state": point.run.state.value,
        "model_version": point.run.model_version,
        "rows": point.run.rows,
    }


HISTORY = Verb(
    name="history",
    help="show the values of one metric over time, as stored by a monitor",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
)
