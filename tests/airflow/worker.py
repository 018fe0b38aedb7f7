"""A worker in a process of its own: ``python -m tests.airflow.worker FILE DAG DATE LOGS`` runs a DAG's tasks once.

What listeners and metrics Airflow has is settled when it is imported, so tests of those need a fresh process. It uses
the database of the tests that start it, and each task is a process of its own again.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from uuid import uuid4


def main(file: str, dag_id: str, date: str, logs: str) -> None:
    """Make a run of a DAG of the DAG folder, and run what can run."""
    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import DagBag

    from tests.airflow.conftest import make_run

    bag = DagBag(Path(conf.get("core", "dags_folder")) / file)
    assert bag.import_errors == {}
    run = make_run(bag.dags[dag_id], "scheduled", datetime.fromisoformat(date), suffix=uuid4().hex)
    run.work(file, logs=logs)
    states = {task_id: run.state(task_id) for task_id in bag.dags[dag_id].task_ids}
    sys.stdout.write(f"\n{json.dumps(states)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
