"""What parsing a DAG file costs more because of us (``python -m benchmarks.parse``).

Airflow parses every DAG file again and again, and once more for every task that it starts, each time in a process of
its own. Each row below is some such processes. They import Airflow's ``DAG``, then what the file imports of ours, then
run the whole file, and look at their CPU clock in between. Differences inside one process leave out how busy the
machine is from one process to the next; the rounds go through all rows in turn, and the medians are shown.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

EXAMPLES = Path(__file__).parents[1] / "dags" / "examples"
BUDGET = 50.0
"""CPU milliseconds that our modules may add."""

ROOMS = ("data", "checks", "judging", "hooks", "operators")
"""Where the names in a DAG file come from."""

PROCESS = """
import json, runpy, sys, time
from airflow.sdk import DAG
clock = [time.process_time()]
exec(sys.argv[1])
clock.append(time.process_time())
for path in sys.argv[2:]:
    runpy.run_path(path)
clock.append(time.process_time())
print(json.dumps([1000 * clock[0], 1000 * (clock[1] - clock[0]), 1000 * (clock[2] - clock[1])]))
"""


class Parse(NamedTuple):
    """CPU milliseconds of Airflow's import, of our modules, and of the file itself with all else it imports."""

    airflow: float
    ours: float
    rest: float


def programs() -> dict[str, list[str]]:
    """Name each row, and give its process's arguments: imports of ours, and the file if there is one."""
    rooms = "\n".join(f"import airflow_mlmonitor.{room}" for room in ROOMS)
    files = {path.name: [_ours(path), str(path)] for path in sorted(EXAMPLES.glob("*.py"))}
    return {"(all public rooms)": [rooms]} | files


def _ours(path: Path) -> str:
    imports = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
    return "\n".join(
        ast.unparse(node) for node in imports if str(node.module).startswith("airflow_mlmonitor")
    )


def measure(arguments: list[str]) -> Parse:
    """Measure one fresh process."""
    command = [sys.executable, "-c", PROCESS, *arguments]
    with tempfile.TemporaryDirectory() as home:
        # Bytecode is kept, as on any machine that runs Airflow, even where this environment says otherwise.
        environment = os.environ | {"AIRFLOW_HOME": home, "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Parse(*json.loads(done.stdout.splitlines()[-1]))


def measured(rounds: int) -> dict[str, Parse]:
    """Run all rows in turn, some rounds over, and return their medians."""
    rows = programs()
    for arguments in rows.values():
        measure(arguments)  # writes bytecode and fills the disk cache
    seen: dict[str, list[Parse]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, arguments in rows.items():
            seen[name].append(measure(arguments))
    return {name: Parse(*map(statistics.median, zip(*parses, strict=True))) for name, parses in seen.items()}


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
        rows = {name: row._asdict() for name, row in found.items()}
        print(json.dumps({"rounds": arguments.rounds, "budget_ms": BUDGET, "cpu_ms": rows}, indent=2))
    else:
        _show(found, arguments.rounds)
    return int(any(row.ours > BUDGET for row in found.values()))


def _show(found: dict[str, Parse], rounds: int) -> None:
    table = Table(title=f"CPU ms of a parse, median of {rounds} processes; our modules may add {BUDGET:.0f}")
    table.add_column("file")
    table.add_column("Airflow's DAG", justify="right")
    table.add_column("our modules", justify="right")
    table.add_column("the rest of the file", justify="right")
    for name, row in found.items():
        numbers = (f"{row.airflow:,.0f}", f"{row.ours:.1f}", f"{row.rest:.1f}")
        table.add_row(name, *numbers, style="red" if row.ours > BUDGET else "")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
