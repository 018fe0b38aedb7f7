"""``mlmonitor compare``: what differs between two sets of rows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.cli.differences import DISTANCES, TESTED, Difference, Differences, differences
from airflow_mlmonitor.cli.location import declare_store, opened_store
from airflow_mlmonitor.cli.output import colourful, width, write, write_json
from airflow_mlmonitor.cli.rows import declare_rows, profiled, source
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import BaselineMissing, DataError
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.table import printable, shortened, table, wrapped
from airflow_mlmonitor.report.text import NAME, brief, foremost, painted
from airflow_mlmonitor.report.words import STATUS_WORDS, number, plural

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile

EXAMPLES = """\
  mlmonitor compare train.parquet served.parquet
  mlmonitor compare flight_delay@v3 'served/2013-02-08/*.csv'
  mlmonitor compare all.parquet all.parquet --timestamp time_hour \\
      --reference-window 2013-01-01/2013-02-01 --window 2013-02-08
  mlmonitor compare train.csv served.csv --json | jq '.columns.temp'"""

DETAILS = """\
Columns are judged as a monitor without any history would judge them: a difference counts where
it is significant (Benjamini-Hochberg over all columns) and large enough. Missing and new columns,
changed types and empty columns count at once. Exit status 1 says that something was found.

--json prints one object: reference, current, rows {reference, current}, status (ok, warn or fail),
why, table (findings about the table) and columns: name -> type, status (broken: there was nothing
to check), why, findings, effect (the largest difference, in standard deviations), ks, psi, js,
wasserstein (in standard deviations of REFERENCE), wasserstein_raw (in the column's own unit), chi2,
and the p-values ks_p, psi_p, js_p and chi2_p. What does not apply to a column is null."""

SHOWN = {"ks": "KS", "psi": "PSI", "js": "JS", "wasserstein": "Wasserstein", "chi2": "Chi2"}
"""Distances of the table, and how they are headed."""

EFFECTS = ((0.8, "large"), (0.5, "medium"), (0.2, "small"), (0.05, "slight"))
"""Words for differences in standard deviations, after Cohen."""


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One of the two: what it is, and its profile."""

    label: str
    profile: Profile


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "reference",
        metavar="REFERENCE",
        help="a file or pattern, or MODEL@VERSION (MODEL@ for the latest) as pinned",
    )
    parser.add_argument("current", metavar="CURRENT", help="a file or pattern: Parquet, CSV or JSON lines")
    parser.add_argument("--all", action="store_true", help="a row for quiet columns too")
    declare_rows(parser, windows={"--window": "rows of CURRENT", "--reference-window": "rows of REFERENCE"})
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    reference, current = _reference(arguments), _read(arguments.current, arguments, arguments.window)
    _refuse_incomparable(reference, current)
    found = differences(reference.profile, current.profile)
    if arguments.json:
        write_json(_document(found, reference, current))
    else:
        write(_lines(found, reference, current, show_all=arguments.all))
    return Exit.FINDINGS if found.status.is_finding else Exit.QUIET


def _read(path: str, arguments: Namespace, window: Window | None) -> _Side:
    recipe = source([path], arguments, window)
    return _Side(label=recipe.label, profile=profiled(recipe, window))


def _reference(arguments: Namespace) -> _Side:
    named = arguments.reference
    if "@" in named and "://" not in named and not Path(named).exists():
        model, _, version = named.rpartition("@")
        return _pinned(model, version, arguments)
    return _read(named, arguments, arguments.reference_window)


def _pinned(model: str, version: str, arguments: Namespace) -> _Side:
    from airflow_mlmonitor.data.profile import Profile

    with opened_store(arguments.store) as store:
        pin = store.pinned(model, version or None)
    if pin is None:
        what = f"version {version!r}" if version else "any version"
        raise BaselineMissing(
            f"{arguments.reference} is no file, and no baseline is pinned for {what} of model {model!r}; "
            "`mlmonitor pin` pins one."
        )
    profile = Profile.decode(pin.profile)
    if arguments.columns:
        chosen = {name: profile[name] for name in arguments.columns}
        profile = replace(profile, columns=chosen)
    return _Side(label=f"{pin.model}@{pin.version}", profile=profile)


def _refuse_incomparable(reference: _Side, current: _Side) -> None:
    if not reference.profile.rows:
        raise DataError(f"{reference.label} has no rows, so there is nothing to compare with.")
    if not reference.profile.columns.keys() & current.profile.columns.keys():
        raise DataError(
            f"{reference.label} and {current.label} have no column in common: the one has "
            f"{_few(reference.profile.columns)}, the other {_few(current.profile.columns)}."
        )


def _few(names: Iterable[str], most: int = 5) -> str:
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more if known else "none"


def _lines(found: Differences, reference: _Side, current: _Side, *, show_all: bool) -> Iterator[str]:
    findings, rows = found.findings, (current.profile.rows, reference.profile.rows)
    said = foremost(findings) or f"Nothing unusual in {plural(rows[0], 'row')}"
    against = f"{current.label} against {reference.label}, {plural(rows[0], 'row')} against {rows[1]:,}"
    yield from wrapped(printable(f"{said} ({against})."), width())
    for verdict in found.table if findings[1:] else ():
        yield from _under(f"{STATUS_WORDS[verdict.status]}: {verdict.why}")
    shown = [column for column in found.columns if show_all or column.status.is_finding]
    quiet = [column for column in found.columns if not (show_all or column.status.is_finding)]
    if shown:
        yield ""
        yield from _table(shown)
    if quiet:
        yield ""
        yield from _quiet(quiet)


def _quiet(columns: Sequence[Difference]) -> Iterator[str]:
    names = ", ".join(column.name for column in columns)
    yield from wrapped(printable(f"Quiet: {plural(len(columns), 'column')} ({names})."), width())
    for column in columns:
        if column.note:
            yield from _under(f"{column.name}: {column.note}")


def _table(columns: Sequence[Difference]) -> Iterator[str]:
    """One row a column, and under it, the length of the line, why."""
    header = ["Column", "Type", "Status", "Effect", *SHOWN.values()]
    rows = [_row(column) for column in columns]
    paint = {2: painted} if colourful() else {}
    head, *lines = table(header, rows, width=width(), right=range(4, len(header)), paint=paint)
    yield head
    for column, line in zip(columns, lines, strict=True):
        yield line
        if said := _why(column):
            yield from _under(said)


def _row(column: Difference) -> list[str]:
    values = [metric.value if (metric := column.metric(name)) else None for name in SHOWN]
    return [
        shortened(column.name, NAME),
        shortened(column.type, NAME),
        STATUS_WORDS[column.status],
        _effect(column.effect),
        *("—" if value is None else _aligned(value) for value in values),
    ]


def _effect(size: float | None) -> str:
    if size is None:
        return "—"
    return next((word for least, word in EFFECTS if size >= least), "none")


def _aligned(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1000 else number(value)


def _why(column: Difference) -> str:
    if not column.findings:
        return column.note
    said = _reason(column.findings[0])
    others = ", ".join(map(brief, column.findings[1:]))
    return f"{said}; with it: {others}" if others else said


def _reason(finding: Verdict) -> str:
    """Say why; where nothing was expected the judge speaks of earlier runs, and a comparison has none."""
    return finding.why if finding.metric.expected is not None else brief(finding)


def _under(text: str) -> list[str]:
    return [f"    {line}" for line in wrapped(printable(text), width() - 4)]


def _document(found: Differences, reference: _Side, current: _Side) -> dict[str, Any]:
    return {
        "reference": reference.label,
        "current": current.label,
        "rows": {"reference": reference.profile.rows, "current": current.profile.rows},
        "status": found.status.value,
        "why": foremost(found.findings),
        "table": [_finding(verdict) for verdict in found.table],
        "columns": {column.name: _plain(column) for column in found.columns},
    }


def _plain(column: Difference) -> dict[str, Any]:
    metrics = {name: column.metric(name) for name in DISTANCES}
    return {
        "type": column.type,
        "status": column.status.value,
        "why": _why(column),
        "effect": column.effect,
        **{name: metric and metric.value for name, metric in metrics.items()},
        **{f"{name}_p": metric and metric.p_value for name, metric in metrics.items() if name in TESTED},
        "findings": [_finding(verdict) for verdict in column.findings],
    }


def _finding(verdict: Verdict) -> dict[str, Any]:
    metric = verdict.metric
    return {
        "metric": metric.name,
        "value": metric.value,
        "expected": verdict.expected,
        "status": verdict.status.value,
        "why": _reason(verdict),
    }


COMPARE = Verb(
    name="compare",
    help="compare two sets of rows column by column, the most unusual first",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
    details=DETAILS,
)
