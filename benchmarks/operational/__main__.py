"""``python -m benchmarks.operational``: simulate, and print what was asked for beside what was measured."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from airflow_mlmonitor.judging.learned.creep import SLOW_SHARE
from benchmarks.operational import creeps, measuring
from benchmarks.operational.report import table
from benchmarks.operational.series import CHANGES, NOISES

SEED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything; the exit status is 1 when quiet series alert more often than asked."""
    options = parse(arguments)
    started = time.process_time()
    answer: dict[str, dict[str, float]] = {
        "quiet series": alarms(options.many),
        "changes": changes(options.many),
        "creeps": slow(options.monitors),
    }
    console = Console(width=None if sys.stdout.isatty() else 100)
    for title, numbers in answer.items():
        rows = [(name, f"{value:.2f}") for name, value in numbers.items()]
        console.print(table(title, ("", "measured"), rows))
    console.print(f"{time.process_time() - started:.0f} s of CPU")
    if options.json:
        options.json.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return int(any(value > 0.5 for name, value in answer["quiet series"].items() if "asked .5" in name))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.operational",
        description="How often single operational series and creeps alert, and how soon.",
    )
    parser.add_argument("--many", type=int, default=60, help="series of each kind, 60 unless told")
    parser.add_argument(
        "--monitors", type=int, default=4, help="made monitors for the slow channel, 4 unless told"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every number to this file")
    return parser.parse_args(arguments)


def alarms(many: int) -> dict[str, float]:
    """Incidents a month among quiet series."""
    found = {}
    for memory in (0.0, 0.5):
        counts = [measuring.quiet(noise, 0.5, many, memory, SEED) for noise in NOISES]
        for noise, (count, months) in zip(NOISES, counts, strict=True):
            found[f"incidents a month, asked .5: noise {noise:.0%}, memory {memory}"] = count / months
        total = sum(count for count, _ in counts) / sum(months for _, months in counts)
        design = " (design .27 to .31)" if memory == 0 else ""
        found[f"incidents a month, asked .5: all, memory {memory}{design}"] = total
    return found


def changes(many: int) -> dict[str, float]:
    """Share of changed series that were found in time."""
    found = {}
    for change in CHANGES:
        delay = measuring.delays(change, many, SEED)
        for within, design in change.within.items():
            found[f"{change.name} within {within} runs (design {design})"] = float((delay <= within).mean())
        found[f"{change.name}: median runs"] = float(np.median(delay))
    return found


def slow(monitors: int) -> dict[str, float]:
    """What the slow channel does."""
    count, months = creeps.quiet(1.0, monitors, SEED)
    found = {f"incidents a month beside a budget of 1 (aim {SLOW_SHARE})": count / months}
    for name, slope in creeps.KINDS.items():
        delay = creeps.delays(slope, 1.0, 10 * monitors, SEED)
        found[f"{name} within {creeps.WITHIN} runs"] = float((delay <= creeps.WITHIN).mean())
        found[f"{name}: median runs"] = float(np.median(delay))
    return found


if __name__ == "__main__":
    sys.exit(main())
