"""``python -m benchmarks.invariants``: what suggested suites catch, and how fast expectations are answered."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.detection import adapter, plan
from benchmarks.detection.partition import partitioned
from benchmarks.invariants.catching import Caught, caught
from benchmarks.invariants.racing import Race, race, write

MOST_FALSE = 0.01
"""Share of clean days on which a suggested suite may be broken."""

LEAST_FACTOR = 10.0
"""How many times as fast as Great Expectations the one pass has to be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both; the exit status is 1 where a target is missed."""
    options = parse(arguments)
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    console = Console(width=None if sys.stdout.isatty() else 110)
    figures: dict[str, Any] = {}
    reached = []
    if not options.no_race:
        run = raced(options.rows)
        figures["race"] = {**asdict(run), "factor": run.factor}
        reached.append(run.factor >= LEAST_FACTOR and not run.differing)
        console.print(
            f"{run.expectations} expectations on {run.rows:,} rows: {run.ours:.1f} s, Great Expectations on pandas "
            f"{run.theirs:.1f} s ({run.factor:.1f} times), {run.differing} answers differ"
        )
    if not options.no_catch:
        days = partitioned(adapter.load(options.adapter))
        wanted = plan.quick(days) if options.quick else plan.full(days)
        found = caught(days, wanted)
        figures["suggested"] = told(found, wanted.shares)
        reached.append(figures["suggested"]["false_alarm_share"] <= MOST_FALSE)
        console.print(table(found, wanted.shares))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(not all(reached))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.invariants",
        description="What suggested suites catch, and how fast a hundred expectations are answered.",
    )
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the race, 10,000,000 unless told")
    parser.add_argument(
        "--adapter", type=Path, default=adapter.FLIGHTS, help="data to break; flights unless told"
    )
    parser.add_argument("--quick", action="store_true", help="fewer broken days and shares")
    parser.add_argument("--no-race", action="store_true", help="only what is caught")
    parser.add_argument("--no-catch", action="store_true", help="only the race")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every number to this file")
    return parser.parse_args(arguments)


def raced(rows: int) -> Race:
    """Race on rows that are written for it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, rows)
        return race(path, rows)


def told(found: Caught, shares: Sequence[float]) -> dict[str, Any]:
    """The figures as plain values."""
    return {
        "expectations": found.expectations,
        "clean_days": found.clean,
        "false_alarm_share": len(found.false) / max(found.clean, 1),
        "false_by": dict(Counter(name for names in found.false.values() for name in names)),
        "recall": found.recall(),
        "recall_by_share": {str(share): found.recall(share) for share in shares},
        "recall_by_failure": {
            f"{kind}, {share:.0%}": sum(hits) / len(hits)
            for (kind, share), hits in found.hits.items()
            if hits
        },
        "caught_by": dict(found.by.most_common()),
    }


def table(found: Caught, shares: Sequence[float]) -> Table:
    """Recall by failure and share, with the false alarms in the title."""
    share_false = len(found.false) / max(found.clean, 1)
    made = Table(
        title=f"{found.expectations} suggested expectations, broken on {share_false:.1%} of {found.clean} clean days; "
        f"caught {found.recall():.2f}"
    )
    made.add_column("failure")
    for share in shares:
        made.add_column(f"{share:.0%}", justify="right")
    for kind in dict.fromkeys(kind for kind, _ in found.hits):
        hits = [found.hits.get((kind, share)) for share in shares]
        made.add_row(kind, *(f"{sum(known) / len(known):.2f}" if known else "" for known in hits))
    made.add_section()
    made.add_row("all", *(f"{found.recall(share):.2f}" for share in shares))
    return made


if __name__ == "__main__":
    sys.exit(main())
