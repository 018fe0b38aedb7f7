"""What came out, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from benchmarks.calibration.grid import WINDOW, Cell


def rates(cells: Sequence[Cell]) -> Table:
    """One row a test, kind of column and size of the reference; one column a size of the current sample."""
    sizes = sorted({cell.m for cell in cells})
    table = Table(title=f"False positives in percent at alpha = 5 %; those outside {_window()} are marked")
    for heading in ("test", "column", "n"):
        table.add_column(heading, justify="right" if heading == "n" else "left", no_wrap=True)
    for m in sizes:
        table.add_column(f"m {m:,}", justify="right", no_wrap=True)
    known = {(cell.test, cell.data, cell.n, cell.m): cell for cell in cells}
    for test, data in _kinds(cells):
        for n in sizes:
            row = [_rate(known[test, data, n, m]) for m in sizes]
            table.add_row(test, data, f"{n:,}", *row, end_section=n == sizes[-1])
    return table


def summary(cells: Sequence[Cell]) -> Table:
    """One row a test, and one for what it does not promise."""
    table = Table(title="Summary")
    for heading in ("test", "cells", "lowest", "highest", "outside", "withheld"):
        table.add_column(heading, justify="left" if heading == "test" else "right")
    for (test, promised), group in _by_test(cells).items():
        found = [cell.rate for cell in group if cell.rate is not None]
        spread = [f"{100 * rate:.1f}" for rate in (min(found), max(found))] if found else ["–", "–"]
        outside, withheld = sum(cell.is_outside() for cell in group), sum(cell.rate is None for cell in group)
        name = test if promised else f"{test} (not promised)"
        table.add_row(
            name, str(len(group)), *spread, str(outside), str(withheld), style="" if promised else "dim"
        )
    return table


def _by_test(cells: Iterable[Cell]) -> dict[tuple[str, bool], list[Cell]]:
    groups: dict[tuple[str, bool], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.test, cell.promised), []).append(cell)
    return groups


def _kinds(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """Tests and kinds of column, in the order in which they were measured."""
    tests = list(dict.fromkeys(cell.test for cell in cells))
    return sorted(
        dict.fromkeys((cell.test, cell.data) for cell in cells), key=lambda kind: tests.index(kind[0])
    )


def _rate(cell: Cell) -> Text:
    if cell.rate is None:
        return Text("–", style="dim")
    words = f"{100 * cell.rate:.1f}"
    if not cell.promised:
        return Text(f"({words})", style="dim")
    return Text(f"{words} !", style="bold red") if cell.is_outside() else Text(words)


def _window() -> str:
    return "–".join(f"{100 * edge:.0f}" for edge in WINDOW) + " %"
