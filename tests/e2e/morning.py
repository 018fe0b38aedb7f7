"""The morning after the demo's faulty day, in a real Airflow: one day failed, and weeks before it are remembered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from demo import flights
from tests.e2e.cluster import Cluster, cluster
from tests.e2e.user import User
from tests.e2e.waiting import Teller, until

PROJECT = Path(__file__).parents[2]
DAGS = (
    PROJECT / "dags" / "examples" / "flight_delay.py",
    PROJECT / "tests" / "e2e" / "dags" / "departures.py",
)
AFTER = flights.FAULTY_DAY + timedelta(days=1)
RUN_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Morning:
    """What somebody on call finds.

    :param airflow: the Airflow.
    :param run_id: the run of ``flight_delay`` that failed.
    :param departures: the run of ``departures`` of the same day.
    """

    airflow: Cluster
    run_id: str
    departures: str

    @property
    def admin(self) -> User:
        """Who may change everything."""
        return self.airflow.user("admin")

    @property
    def viewer(self) -> User:
        """Who may read everything, and change nothing."""
        return self.airflow.user("vic")

    @property
    def task(self) -> dict[str, str]:
        """The task instance that failed."""
        return {"dag_id": "flight_delay", "run_id": self.run_id, "task_id": "skew"}

    def keep(self, name: str) -> None:
        """Say where the logs are, for whoever looks for what went wrong."""
        print(f"{name}: the logs are in {self.airflow.folder}.\n{self.airflow.said()}")  # noqa: T201

    def incident(self) -> int:
        """The number of the incident that the failed run opened."""
        return int(self.viewer.get("/mlmonitor/api/report", **self.task)["incident"]["id"])


@contextmanager
def morning(server: str, folder: Path, progress: Teller, *, days: int) -> Iterator[Morning]:
    """Let the scheduler train, and run the days of the week until one fails.

    :param server: a PostgreSQL server.
    :param folder: an empty folder of its own.
    :param days: how many days before that week the metrics store remembers.
    """

    def remember(made: Cluster) -> None:
        made.run(sys.executable, "-m", "tests.e2e.past", made.metrics, folder / "data", days, folder=PROJECT)
        progress.say(f"the metrics store remembers {days} days")

    with cluster(server, folder, progress, dags=DAGS, meanwhile=remember) as airflow:
        admin = airflow.user("admin")
        until("the DAGs", lambda: admin.knows("flight_delay") and admin.knows("departures"), seconds=60)
        admin.run_dag("flight_delay_training", f"{flights.WEEK[0]}T06:00:00Z")
        _wait(admin, "flight_delay_training", 1)
        progress.say("flight_delay_training: trained, and its training data pinned")

        first = flights.WEEK[0] + timedelta(days=1)
        admin.backfill("flight_delay", f"{first}T00:00:00Z", f"{AFTER}T23:00:00Z")
        _wait(admin, "flight_delay", (AFTER - first).days + 1)
        progress.say(f"flight_delay: {', '.join(admin.runs('flight_delay').values())}")
        departures = admin.run_dag("departures", f"{AFTER}T06:00:00Z")
        _wait(admin, "departures", 1)
        progress.say("departures has run too")
        yield Morning(airflow=airflow, run_id=f"backfill__{AFTER}T06:00:00+00:00", departures=departures)


def _wait(admin: User, dag_id: str, runs: int) -> None:
    until(f"{runs} runs of {dag_id} to end", lambda: admin.ended(dag_id, runs), seconds=RUN_SECONDS)
