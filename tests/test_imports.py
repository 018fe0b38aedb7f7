"""What stays out of memory until a task runs: each of these was seen to cost a parse or a command half its time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "dags" / "examples").glob("*.py"))

HEAVY = (
    "alembic",
    "altair",
    "adbc_driver_manager",
    "duckdb",
    "fastapi",
    "fsspec",
    "great_expectations",
    "ibis",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "rich",
    "scipy",
    "sklearn",
    "sqlalchemy",
    "vl_convert",
)

PARSE = """
import json, runpy, sys
from airflow.sdk import DAG
heavy, before = json.loads(sys.argv[1]), set(sys.modules)
new = {}
for path in sys.argv[2:]:
    runpy.run_path(path)
    new[path] = sorted(name for name in heavy if name in set(sys.modules) - before)
print(json.dumps(new))
"""

COMPARE = """
import json, sys
from airflow_mlmonitor.cli import main
status = main(["compare", *sys.argv[2:]])
print(json.dumps([status, sorted(name for name in json.loads(sys.argv[1]) if name in sys.modules)]))
"""


def answer(code: str, names: list[str], *arguments: str) -> object:
    """Run code in a process of its own and return the JSON of its last line."""
    command = [sys.executable, "-c", code, json.dumps(names), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def new() -> dict[str, list[str]]:
    """What each example brings into memory beyond what Airflow and the examples before it brought."""
    found = answer(PARSE, list(HEAVY), *map(str, EXAMPLES))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_parsing_an_example_loads_nothing_heavy(path: Path, new: dict[str, list[str]]) -> None:
    assert new[str(path)] == []


def test_there_are_examples() -> None:
    assert EXAMPLES


def test_comparing_two_files_loads_neither_pandas_nor_airflow_nor_a_database(tmp_path: Path) -> None:
    for name, shift in (("before", 0), ("after", 40)):
        lines = ["fare,city", *(f"{index % 97 + shift}.5,{'AB'[index % 2]}" for index in range(500))]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    refused = ["airflow", "alembic", "duckdb", "fsspec", "pandas", "polars", "scipy.stats", "sqlalchemy"]
    found = answer(COMPARE, refused, str(tmp_path / "before.csv"), str(tmp_path / "after.csv"))
    assert found == [1, []]
