"""A real Airflow, in processes of their own on PostgreSQL, as a team runs it; reached from this machine only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from tests.e2e.component import Component
from tests.e2e.user import User
from tests.e2e.waiting import Progress, until
from tests.starting import free_port, fresh_database

START_SECONDS = 150
STOP_SECONDS = 10  # their databases are dropped next; nothing is lost with what does not end by itself
PROJECT = Path(__file__).parents[2]
LOCAL = ("scheduler", "dag-processor", "triggerer")
"""What runs beside the api-server where tasks are run on the scheduler's own machine."""

HEALTH = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
"""A component to its name in Airflow's own report of its health."""

ARGUMENTS = {
    # Their log servers listen on every interface, which no setting changes. All processes see the same folder of
    # logs here, so nobody needs these servers, and without them the only port of the cluster is that of its UI.
    "scheduler": ("--skip-serve-logs",),
    "triggerer": ("--skip-serve-logs",),
}


@dataclass(kw_only=True)
class Cluster:
    """A running Airflow.

    :param folder: its home, its DAGs, and a log file of every process.
    :param metrics: the URL of the metrics store, in a database of its own.
    :param url: where its UI is.
    :param env: the environment of its processes.
    """

    folder: Path
    metrics: str
    url: str
    env: Mapping[str, str]
    launcher: Sequence[str] = (sys.executable, "-m", "airflow")
    components: list[Component] = field(default_factory=list)

    @property
    def logs(self) -> Path:
        """Where every process writes what it says."""
        return self.folder / "said"

    def user(self, name: str) -> User:
        """Log a user in, with the password that Airflow made up for them."""
        passwords = json.loads((self.folder / "passwords.json").read_text())
        return User(self.url, name, passwords[name])

    def run(self, *command: str) -> str:
        """Run a command of Airflow's environment to its end, and return what it printed.

        :raises RuntimeError: it failed.
        """
        done = subprocess.run(
            command, env=self.env, cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self, name: str, *arguments: str) -> Component:
        """Start one more process of Airflow."""
        component = Component(
            arguments[-1] if name == "celery" else name,
            (*self.launcher, name, *arguments),
            self.env,
            self.logs,
        )
        self.components.append(component)
        return component

    def wait(self, names: Sequence[str]) -> None:
        """Wait until the UI answers and every process says that it is well.

        :raises RuntimeError: one of them ended, or did not come up in time; with the ends of the logs.
        """
        try:
            until("Airflow to come up", lambda: self._is_up(names), seconds=START_SECONDS)
        except TimeoutError as late:
            raise RuntimeError(f"{late}\n{self.told()}") from late

    def told(self) -> str:
        """The ends of all logs."""
        return "\n\n".join(component.told() for component in self.components)

    def _is_up(self, names: Sequence[str]) -> bool:
        if ended := [component for component in self.components if not component.is_running]:
            raise RuntimeError("\n\n".join(component.told() for component in ended))
        health = User.anybody(self.url).health()
        return all(
            health.get(HEALTH[name], {}).get("status") == "healthy" for name in names if name in HEALTH
        )

    def stop(self) -> None:
        """End every process that was started, and what these have left running."""
        for component in self.components:
            component.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for component in self.components:
            component.stop(deadline - time.monotonic())
        for pid in self.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def left(self) -> list[int]:
        """The processes that belong to this cluster by their environment: tasks have groups of their own."""
        mine = f"AIRFLOW_HOME={self.env['AIRFLOW_HOME']}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mine in path.read_bytes().split(b"\0"):
                    found.append(int(path.parent.name))
        return found


@contextmanager
def cluster(
    server: str,
    folder: Path,
    progress: Progress,
    *,
    dags: Sequence[Path],
    components: Sequence[str] = LOCAL,
    settings: Mapping[str, str] | None = None,
    launcher: Sequence[str] = (sys.executable, "-m", "airflow"),
) -> Iterator[Cluster]:
    """Start an Airflow on fresh databases, and end it.

    :param server: a PostgreSQL server.
    :param folder: an empty folder of its own.
    :param dags: the files that become its DAG folder.
    :param components: what to start beside the api-server.
    :param settings: more of the environment.
    :param launcher: the command that gets a component's name.
    """
    for name in ("dags", "airflow", "said"):
        (folder / name).mkdir(parents=True)
    for path in dags:
        (folder / "dags" / path.name).symlink_to(path)
    with fresh_database(server) as metadata, fresh_database(server) as metrics:
        port = free_port()
        env = _environment(folder, metadata, metrics, port) | dict(settings or {})
        made = Cluster(
            folder=folder, metrics=metrics, url=f"http://127.0.0.1:{port}", env=env, launcher=launcher
        )
        progress.say("Airflow's tables and the metrics store's, on PostgreSQL")
        made.run(sys.executable, "-m", "airflow", "db", "migrate")
        made.run(str(Path(sys.executable).with_name("mlmonitor")), "db", "upgrade", "--store", metrics)
        try:
            for name in ("api-server", *components):
                made.start(name, *ARGUMENTS.get(name, ()))
            made.wait(components)
            progress.say(f"api-server, {', '.join(components)} are up")
            yield made
        finally:
            made.stop()


def _environment(folder: Path, metadata: str, metrics: str, port: int) -> dict[str, str]:
    """The environment of every process of a cluster."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "MLMONITOR", "PYTEST", "COV_"))
        # Every process would compile anew what the project's own files are.
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    database = make_url(metadata).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    url = f"http://127.0.0.1:{port}"
    return kept | {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__SECRET_KEY": "the same in every process",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "the same in every process, and long enough for SHA-512, which wants sixty-four bytes",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,vic:viewer",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": database,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        # The DAGs' dates lie in 2013; nothing of them is due today.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_MLMONITOR_DEFAULT": metrics,
        "MLMONITOR_EXAMPLES_DATA": str(folder / "data"),
        "NO_PROXY": "127.0.0.1,localhost",
    }
