"""The Airflow that the demo runs in: a home of its own under .demo, and its DAGs run in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
ROOT = Path(os.environ.get("MLMONITOR_DEMO_HOME", PROJECT / ".demo")).resolve()
DATA = ROOT / "data"
LOG = ROOT / "airflow.log"

SETTINGS = {
    "AIRFLOW_HOME": str(ROOT / "airflow"),
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "AIRFLOW__API__WORKERS": "1",
    # Everybody is admin here, so nobody else may reach it.
    "AIRFLOW__API__HOST": "127.0.0.1",
    "MLMONITOR_EXAMPLES_DATA": str(DATA),
}


def initialise() -> None:
    """Make the metadata database, and put the example DAG where Airflow looks for DAGs."""
    os.environ |= SETTINGS
    folder = ROOT / "dags"
    folder.mkdir(parents=True)
    (folder / "flight_delay.py").symlink_to(PROJECT / "dags" / "examples" / "flight_delay.py")
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.utils.db import initdb

    initdb()
    DagBundlesManager().sync_bundles_to_db()


def run_dag(dag_id: str, day: date) -> Any:
    """Run a DAG in this process as on the morning of a day; return its run."""
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(dag_folder=ROOT / "dags", bundle_path=ROOT / "dags", bundle_name="dags-folder")
    if bag.import_errors:
        raise RuntimeError("\n".join(bag.import_errors.values()))
    return bag.dags[dag_id].test(logical_date=datetime.combine(day, time(6), UTC))


def returned(run: Any, task_id: str) -> Any:
    """What a task of a run returned, read as the UI reads it."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        query = XComModel.get_many(
            run_id=run.run_id, dag_ids=run.dag_id, task_ids=task_id, key="return_value"
        )
        found = session.scalars(query.with_only_columns(XComModel)).first()
        return None if found is None else XComModel.deserialize_value(found)


def store_url() -> str:
    """Where the metrics store is: its default place."""
    return f"sqlite:///{ROOT / 'airflow' / 'mlmonitor.db'}"


@contextmanager
def quiet() -> Iterator[None]:
    """Send what Airflow and its tasks write to the log file; the demo's own lines go to the terminal."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    kept = [os.dup(number) for number in (1, 2)]
    with LOG.open("a") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, original in zip((1, 2), kept, strict=True):
                os.dup2(original, number)
                os.close(original)


def open_ui() -> None:
    """Become Airflow's api-server on what the demo left behind, for this machine only.

    Nothing is scheduled: `airflow standalone` would, but its log servers listen on every network interface.
    """
    if not (ROOT / "airflow").exists():
        raise SystemExit("There is nothing to show yet; run `make demo` first.")
    from airflow_mlmonitor.store import open_store

    open_store(store_url()).upgrade()  # an earlier version may have run the demo
    print("Airflow's UI comes up on http://localhost:8080 in some ten seconds; Ctrl-C ends it.", flush=True)
    airflow = str(Path(sys.executable).with_name("airflow"))
    os.execve(airflow, [airflow, "api-server", "--port", "8080"], os.environ | SETTINGS)  # noqa: S606
