"""The main line on whatever versions are installed; ``make matrix`` runs these few tests on all supported ones.

Each test starts processes of its own, as a user's machine would, and needs nothing but the installed package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[1] / "dags" / "examples").glob("*.py"))
PROVIDER = "airflow-provider-mlmonitor"

FIND_PROVIDER = """
import json
from airflow.providers_manager import ProvidersManager
found = ProvidersManager()
info = found.providers["airflow-provider-mlmonitor"]
print(json.dumps([info.version, "mlmonitor" in found.hooks, found.hooks["mlmonitor"].hook_name]))
"""

IMPORT_EACH_FIRST = """
import importlib, json, pkgutil, sys
import airflow_mlmonitor
sys.dont_write_bytecode = False
names = [module.name for module in pkgutil.walk_packages(airflow_mlmonitor.__path__, "airflow_mlmonitor.")]
names = [name for name in names if ".migrations." not in name]  # Alembic runs these
failed = {}
for name in names:
    for loaded in [one for one in sys.modules if one.startswith("airflow_mlmonitor.")]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed[name] = str(error)
print(json.dumps([len(names), failed]))
"""

RUN = """
import runpy, sys
from datetime import datetime
daily = runpy.run_path(sys.argv[1])["daily"]
for day in sys.argv[2:]:
    daily.test(logical_date=datetime.fromisoformat(day))
"""

PARSE = """
import gc, json, runpy, sys
from airflow.sdk import DAG
runpy.run_path(sys.argv[1])
print(json.dumps([thing.dag_id for thing in gc.get_objects() if isinstance(thing, DAG)]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Airflow with an empty database, and two days of fares: one quiet, one a hundred times too dear."""
    folder = tmp_path_factory.mktemp("airflow")
    for day, factor in (("2026-01-01", 1), ("2026-01-02", 100)):
        rows = ["fare,city", *(f"{factor * (5 + index % 9)}.5,{'ABC'[index % 3]}" for index in range(300))]
        (folder / f"{day}.csv").write_text("\n".join(rows))
    done = run(folder, "-m", "airflow", "db", "migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in a clean environment, away from the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(HERE / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "SMOKE_DATA": str(home),
    }
    return subprocess.run(
        [sys.executable, *command], env=kept | settings, cwd=home, capture_output=True, text=True, check=False
    )


def said(home: Path, *command: str) -> object:
    """Run this Python and return the JSON of its last line."""
    done = run(home, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def mlmonitor(home: Path, *arguments: str) -> tuple[int, str]:
    """Run the console script and return its exit status and what it printed."""
    script = Path(sys.executable).with_name("mlmonitor")
    done = subprocess.run([script, *arguments], cwd=home, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_airflow_finds_the_provider_and_its_connection_type(tmp_path: Path) -> None:
    from airflow_mlmonitor import __version__

    assert said(tmp_path, "-c", FIND_PROVIDER) == [__version__, True, "ML Monitor metrics store"]


def test_any_module_may_be_the_first_to_be_imported(tmp_path: Path) -> None:
    found = said(tmp_path, "-c", IMPORT_EACH_FIRST)
    assert isinstance(found, list)
    assert found[0] > 50
    assert found[1] == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_parses_in_a_process_of_its_own(path: Path, tmp_path: Path) -> None:
    assert said(tmp_path, "-c", PARSE, str(path))


def test_airflow_runs_a_monitor_and_the_store_remembers(home: Path) -> None:
    days = ("2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00")
    done = run(home, "-c", RUN, str(HERE / "dags" / "smoke.py"), *days)
    status, text = mlmonitor(home, "runs", "--json", "--store", f"sqlite:///{home}/mlmonitor.db")
    assert status == 0, text + done.stdout + done.stderr
    found = {one["start"][:10]: (one["status"], one["rows"]) for one in json.loads(text)["runs"]}
    assert found == {"2026-01-01": ("learning", 300), "2026-01-02": ("fail", 300)}


def test_two_files_are_compared_in_the_terminal(home: Path) -> None:
    status, text = mlmonitor(home, "compare", "2026-01-01.csv", "2026-01-02.csv", "--json")
    assert status == 1, text
    columns = json.loads(text)["columns"]
    assert columns["fare"]["ks"] == pytest.approx(1.0)
    assert columns["city"]["js"] == pytest.approx(0.0, abs=1e-9)


def test_a_frame_of_pandas_is_read_whatever_its_types() -> None:
    from airflow_mlmonitor.data import Frame, read

    frame = pd.DataFrame(
        {
            "fare": [5.5, None, 7.5],
            "stops": pd.array([1, None, 3], dtype="Int64"),
            "city": ["A", None, "B"],
            "gate": pd.Categorical(["x", "x", None]),
            "left": pd.to_datetime(["2026-01-01 06:00", None, "2026-01-01 09:00"], utc=True),
        }
    )
    columns = read(Frame(frame)).columns
    kinds = {"fare": "number", "stops": "number", "city": "category", "gate": "category", "left": "time"}
    assert {name: column.kind for name, column in columns.items()} == kinds
    assert {
        name: column.nulls + getattr(column, "nans", 0) for name, column in columns.items()
    } == dict.fromkeys(kinds, 1)
    assert columns["stops"].max == 3


def test_a_new_store_is_made_by_the_command_that_upgrades_it(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/new.db"
    assert mlmonitor(tmp_path, "db", "upgrade", "--store", store)[0] == 0
    status, text = mlmonitor(tmp_path, "db", "current", "--store", store)
    assert status == 0, text
    assert mlmonitor(tmp_path, "runs", "--store", store)[0] == 0
