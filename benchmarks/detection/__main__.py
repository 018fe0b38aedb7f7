"""``python -m benchmarks.detection``: measure every day, let every method judge, show the figures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.detection import adapter, extras, picture, plan, report
from benchmarks.detection.contest import contest
from benchmarks.detection.measured import Advance, Measured, fingerprint, measured, size
from benchmarks.detection.partition import Days, partitioned
from benchmarks.detection.plan import Plan

BUILD = Path("build/benchmarks/detection")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark on one data set."""
    options = parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120)
    subject = adapter.load(options.adapter)
    days = partitioned(subject)
    wanted = plan.quick(days) if options.quick else plan.full(days)
    console.print(report.heading(days, wanted))
    found = cached(days, wanted, options)
    figures = contest(found, days, peers=not options.no_peers, watching=_watching)
    if not options.quick:
        figures["extras"] = _extras(days, wanted, options)
    _write(figures, found, options)
    for table in report.tables(figures):
        console.print(table)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detection",
        description="How much breakage is found on a data set, and at how many false alerts.",
    )
    parser.add_argument(
        "--adapter",
        type=Path,
        default=adapter.FLIGHTS,
        help="file with a function load(); flights unless told",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every figure to this file")
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="OUT",
        help="where the picture (SVG) goes; beside the JSON unless told",
    )
    parser.add_argument("--quick", action="store_true", help="fewer days and shares: minutes")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="reuse what an earlier run measured, even by older code"
    )
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    parser.add_argument("--processes", type=int, default=2, help="that measure, 2 unless told")
    return parser.parse_args(arguments)


def cached(days: Days, wanted: Plan, options: argparse.Namespace) -> Measured:
    """Measure, or take what was measured before where a folder for it is named."""
    folder: Path = options.cache or BUILD
    name = "".join(letter if letter.isalnum() else "-" for letter in days.subject.name)
    file = folder / f"{name}-{fingerprint(days, wanted)}.pickle"
    if options.cache and file.exists():
        return Measured.load(file)
    with _watching(f"measuring {days.subject.name}", size(days, wanted)) as advance:
        found = measured(days, wanted, processes=options.processes, advance=advance)
    found.save(file)
    return found


def _extras(days: Days, wanted: Plan, options: argparse.Namespace) -> dict[str, Any]:
    """The failures that are reported apart, the weeks, and the operational series."""
    found: dict[str, Any] = {}
    more = partitioned(extras.extended(days.subject))
    again = cached(more, extras.plan_of_extended(more, wanted), options)
    found["other_columns"] = contest(again, more, peers=False, watching=_watching, thrifty=True)
    weeks = extras.weekly(days.subject, wanted)
    if weeks:
        again = cached(*weeks, options)
        found["weekly"] = contest(again, weeks[0], peers=False, watching=_watching, thrifty=True)
    with _watching("operational series", len(extras.SHAPES)) as advance:
        found["operational"] = extras.operational(advance)
    return found


class _watching:  # noqa: N801 - used like a function
    """A progress bar on stderr, for as long as the block runs."""

    def __init__(self, title: str, total: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(title, total=total)

    def __enter__(self) -> Advance:
        self._progress.start()
        return lambda count: self._progress.advance(self._task, count)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _write(figures: dict[str, Any], found: Measured, options: argparse.Namespace) -> None:
    beside = (options.json or BUILD / f"{found.name}.json").with_suffix(".svg")
    chart = options.picture or beside
    for file, text in ((options.json, json.dumps(figures, indent=1) + "\n"), (chart, picture.drawn(figures))):
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
