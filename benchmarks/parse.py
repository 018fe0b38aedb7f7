"""What parsing a DAG file costs more because of us (``python -m benchmarks.parse``).

Airflow parses every DAG file again and again, and once more for every task that it starts, each time in a process of
its own. Each row below is some such processes: they import Airflow's ``DAG``, read their CPU clock, import what the row
says, and read it again. A difference inside one process leaves out how busy the machine is from one process to the
next; the rounds go through all rows in turn, and the medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

EXAMPLES = Path(__file__).parents[1] / "dags" / "examples"
BUDGET = 50.0
"""CPU milliseconds that our modules may add."""

ROOMS = ("data", "checks", "judging", "hooks", "operators")
"""Where the names in a DAG file come from."""

PROCESS = """
import sys, time
from airflow.sdk import DAG
alone = time.process_time()
exec(sys.argv[1])
print(1000 * alone, 1000 * (time.process_time() - alone))
"""


def programs() -> dict[str, str]:
    """Name each row, and give what its process runs after Airflow's import."""
    rooms = {
        f"every room: {', '.join(ROOMS)}": "\n".join(f"import airflow_mlmonitor.{room}" for room in ROOMS)
    }
    paths = sorted(EXAMPLES.glob("*.py"))
    return rooms | {path.name: f"import runpy\nrunpy.run_path({str(path)!r})" for path in paths}


def measure(code: str) -> tuple[float, float]:
    """Return the CPU milliseconds of Airflow's import, and those of what a row adds, in a fresh process."""
    # Bytecode is kept, as on any machine that runs Airflow, even where this environment says otherwise.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, code], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    alone, added = map(float, done.stdout.splitlines()[-1].split())
    return alone, added


def measured(rounds: int) -> dict[str, dict[str, float]]:
    """Run all rows in turn, some rounds over, and return their medians."""
    rows = programs()
    for code in rows.values():
        measure(code)  # writes bytecode and fills the disk cache
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, code in rows.items():
            seen[name].append(measure(code))
    return {
        name: {"airflow_ms": statistics.median(alone), "added_ms": statistics.median(added)}
        for name, (alone, added) in ((name, zip(*pairs, strict=True)) for name, pairs in seen.items())
    }


def main() -> int:
    """Print the table, or JSON; the exit status is 1 when a row is over the budget."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="processes for each row (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    found = measured(arguments.rounds)
    if arguments.json:
        print(json.dumps({"rounds": arguments.rounds, "budget_ms": BUDGET, "rows": found}, indent=2))
    else:
        _show(found, arguments.rounds)
    return int(any(row["added_ms"] > BUDGET for row in found.values()))


def _show(found: dict[str, dict[str, float]], rounds: int) -> None:
    table = Table(
        title=f"CPU ms of a parse, median of {rounds} processes a row; at most {BUDGET:.0f} may be added"
    )
    table.add_column("after `from airflow.sdk import DAG`")
    table.add_column("that import", justify="right")
    table.add_column("added", justify="right")
    for name, row in found.items():
        over = row["added_ms"] > BUDGET
        table.add_row(
            name, f"{row['airflow_ms']:,.0f}", f"{row['added_ms']:.1f}", style="red" if over else ""
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
