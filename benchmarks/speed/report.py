"""What came out, for people and for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict

from rich import box
from rich.table import Table

from benchmarks.speed.contest import Standing
from benchmarks.speed.targets import OURS, Target, targets
from benchmarks.speed.work import WORKS

Standings = Mapping[str, Mapping[str, Standing]]
MEASURES = ("wall", "cpu", "peak_mb")


def as_table(standings: Standings) -> Table:
    """One row a tool: medians, the range of the wall times, and wall time against ours; one section a work."""
    titles = [f"{work}: {WORKS[work].title}" for work in standings]
    table = Table(
        title="Drift comparison of two parquet files", caption="\n".join(titles), box=box.SIMPLE_HEAD
    )
    table.add_column("tool", no_wrap=True)
    for heading in ("cols", "wall s", "min-max", "CPU s", "MB", "x ours"):
        table.add_column(heading, justify="right", no_wrap=True)
    for work, entrants in standings.items():
        table.add_row(work, style="bold")
        for standing in entrants.values():
            table.add_row(standing.title, *_cells(standing, entrants.get(OURS)))
        table.add_section()
    return table


def _cells(standing: Standing, ours: Standing | None) -> list[str]:
    if standing.failed:
        return ["", "failed"]
    walls = standing.all("wall")
    ratio = times_ours(standing, ours, "wall")
    return [
        str(standing.compared),
        _figures(standing.median("wall")),
        f"{_figures(min(walls))}-{_figures(max(walls))}",
        _figures(standing.median("cpu")),
        f"{standing.median('peak_mb'):,.0f}",
        "" if ratio is None else _figures(ratio),
    ]


def _figures(number: float) -> str:
    """Three figures, at least to the unit and at most to the hundredth."""
    decimals = 2 if number < 10 else 1 if number < 100 else 0
    return f"{number:.{decimals}f}"


def failures(standings: Standings) -> list[str]:
    """A line for each tool that was not installed, ended badly or was stopped."""
    return [
        f"{work} {standing.title}: {standing.failed}"
        for work, entrants in standings.items()
        for standing in entrants.values()
        if standing.failed
    ]


def times_ours(standing: Standing, ours: Standing | None, what: str) -> float | None:
    """How many times what ours took, with its reference from the store."""
    if ours is None or not ours.finished or not standing.finished:
        return None
    return standing.median(what) / ours.median(what)


def all_targets(standings: Standings) -> list[Target]:
    return [target for work, entrants in standings.items() for target in targets(work, entrants)]


def as_json(standings: Standings, *, runs: int) -> dict[str, object]:
    """The same and every single repetition, as plain JSON."""
    return {
        "machine": {
            "cpus": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "runs": runs,
        "works": {
            work: {
                "title": WORKS[work].title,
                "tools": {name: _tool(standing, entrants.get(OURS)) for name, standing in entrants.items()},
            }
            for work, entrants in standings.items()
        },
        "targets": [asdict(target) | {"met": target.met} for target in all_targets(standings)],
    }


def _tool(standing: Standing, ours: Standing | None) -> dict[str, object]:
    tool: dict[str, object] = {
        "title": standing.title,
        "version": standing.version,
        "columns": standing.compared,
        "failed": standing.failed,
    }
    if standing.finished:
        for what in MEASURES:
            values = standing.all(what)
            tool[what] = {
                "median": standing.median(what),
                "min": min(values),
                "max": max(values),
                "all": values,
                "times_ours": times_ours(standing, ours, what),
            }
    return tool
