"""``python -m benchmarks.calibration``: measure every test, show the rates, fail when one is not honest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.calibration import report
from benchmarks.calibration.grid import ALPHA, WINDOW, Cell, measure
from benchmarks.calibration.nulls import Categories, Numbers, categories, numbers

SEED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the whole grid; the exit status is 1 when a promised rate is outside the window."""
    options = parse(arguments)
    cells = measured(options.draws)
    if options.json:
        answer = {
            "alpha": ALPHA,
            "window": WINDOW,
            "cells": [asdict(cell) | {"rate": cell.rate} for cell in cells],
        }
        options.json.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(report.rates(cells))
    console.print(report.summary(cells))
    return int(any(cell.is_outside() and cell.promised for cell in cells))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration",
        description="How often each test finds a change where there is none.",
    )
    parser.add_argument("--draws", type=int, default=2000, help="pairs of samples a cell, 2000 unless told")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every cell to this file")
    return parser.parse_args(arguments)


def measured(draws: int) -> list[Cell]:
    """Every kind of column, each from a seed of its own."""
    kinds: list[Categories | Numbers] = [*categories(), *numbers()]
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=draws * len(kinds))
        cells: list[Cell] = []
        for number, data in enumerate(kinds):
            progress.update(task, description=data.name)
            rng = np.random.default_rng([SEED, number])
            cells += measure(data, draws=draws, rng=rng, advance=lambda: progress.advance(task))
    return cells


if __name__ == "__main__":
    sys.exit(main())
