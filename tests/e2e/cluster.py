"""A real Airflow, in processes of their own on PostgreSQL, as a team runs it; reached from this machine only."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.e2e.component import Component
from tests.e2e.environment import environment
from tests.e2e.user import User
from tests.e2e.waiting import Teller, until
from tests.starting import free_port, fresh_database

START_SECONDS = 300
STOP_SECONDS = 10  # their databases are dropped next; nothing is lost with what does not end by itself

HEALTH = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
"""A component to its name in Airflow's own report of its health."""

BIN = Path(sys.executable).parent
SILENT = ("scheduler", "triggerer", "worker")
"""Components whose log servers listen on every interface, which no setting changes.

All processes see the same folder of logs here, so nobody needs these servers, and without them the only port of the
cluster is that of its UI.
"""


@dataclass(kw_only=True)
class Cluster:
    """A running Airflow.

    :param folder: its home, its DAGs, and a log file of every process.
    :param metrics: the URL of the metrics store, in a database of its own.
    :param url: where its UI is.
    :param env: the environment of its processes.
    :param entrypoint: what is put before the name of a component; Airflow's own command if there is none.
    """

    folder: Path
    metrics: str
    url: str
    env: Mapping[str, str]
    entrypoint: Path | None = None
    components: list[Component] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)

    def user(self, name: str) -> User:
        """Log a user in, with the password that Airflow made up for them; without a name, nobody."""
        if name not in self.users:
            passwords = json.loads((self.folder / "passwords.json").read_text()) if name else {"": ""}
            self.users[name] = User(self.url, name, passwords[name])
        return self.users[name]

    def run(self, *command: object, folder: Path | None = None) -> str:
        """Run a command in the environment of the cluster to its end, and return what it printed.

        :param folder: where it is run; by default the cluster's own.
        :raises RuntimeError: it failed.
        """
        words = [str(word) for word in command]
        done = subprocess.run(
            words, env=self.env, cwd=folder or self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        """Make the tables of Airflow and those of the metrics store."""
        if self.entrypoint:
            self.run(self.entrypoint, "init")
            return
        self.run(BIN / "airflow", "db", "migrate")
        self.run(BIN / "mlmonitor", "db", "upgrade", "--store", self.metrics)

    def start(self, name: str) -> None:
        """Start one of Airflow's components."""
        command = [str(self.entrypoint or BIN / "airflow"), name]
        if name in SILENT:
            command.append("--skip-serve-logs")
        self.components.append(Component(name, command, self.env, self.folder / "said"))

    def wait(self) -> None:
        """Wait until the UI answers and every component says that it is well.

        :raises RuntimeError: one of them ended, or did not come up in time; with the ends of the logs.
        """
        try:
            until("Airflow to come up", self._is_up, seconds=START_SECONDS)
        except TimeoutError as late:
            raise RuntimeError(f"{late}\n{self.said()}") from late

    def said(self) -> str:
        """The ends of all logs."""
        return "\n\n".join(component.said() for component in self.components)

    def _is_up(self) -> bool:
        if ended := [component for component in self.components if not component.is_running]:
            raise RuntimeError("\n\n".join(component.said() for component in ended))
        health = self.user("").health()
        watched = [HEALTH[component.name] for component in self.components if component.name in HEALTH]
        return bool(health) and all(health.get(name, {}).get("status") == "healthy" for name in watched)

    def processes(self) -> list[psutil.Process]:
        """Every process of this cluster: what its components started, and what has its home in the environment.

        Tasks outlive the worker that started them; what gives itself a title overwrites its environment.
        """
        started = [component.process for component in self.components]
        children = [child for process in started for child in children_of(process)]
        homes = [process for process in psutil.process_iter() if self._is_at_home(process)]
        return [process for process in {*started, *children, *homes} if process.is_running()]

    def _is_at_home(self, process: psutil.Process) -> bool:
        try:
            return bool(process.environ().get("AIRFLOW_HOME") == self.env["AIRFLOW_HOME"])
        except psutil.Error:
            return False

    def listens_on(self) -> set[tuple[str, int]]:
        """The addresses on which something of this cluster can be reached."""
        found: set[tuple[str, int]] = set()
        for process in self.processes():
            with suppress(psutil.Error):
                connections = process.net_connections()
                found |= {tuple(one.laddr) for one in connections if one.status == psutil.CONN_LISTEN}
        return found

    def stop(self) -> None:
        """End every process that was started, and what these have left running."""
        for user in self.users.values():
            user.http.close()
        known = self.processes()
        for component in self.components:
            component.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for component in self.components:
            component.stop(deadline - time.monotonic())
        for process in {*known, *self.processes()}:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def children_of(process: psutil.Process) -> list[psutil.Process]:
    """Return what a process has started, and what that has."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@contextmanager
def cluster(
    server: str,
    folder: Path,
    progress: Teller,
    *,
    dags: Sequence[Path],
    components: Sequence[str] = ("scheduler", "dag-processor", "triggerer"),
    settings: Mapping[str, str] | None = None,
    entrypoint: Path | None = None,
    meanwhile: Callable[[Cluster], object] = lambda made: None,
) -> Iterator[Cluster]:
    """Start an Airflow on fresh databases, and end it.

    :param server: a PostgreSQL server.
    :param folder: an empty folder of its own.
    :param dags: the files that become its DAG folder.
    :param components: what to start beside the api-server.
    :param settings: more of the environment.
    :param entrypoint: a command that prepares the databases and starts the components, in the place of Airflow's own.
    :param meanwhile: what is to be done while they start.
    """
    for name in ("dags", "airflow", "said"):
        (folder / name).mkdir(parents=True)
    for path in dags:
        (folder / "dags" / path.name).symlink_to(path)
    with fresh_database(server) as metadata, fresh_database(server) as metrics:
        port = free_port()
        made = Cluster(
            folder=folder,
            metrics=metrics,
            url=f"http://127.0.0.1:{port}",
            env=environment(folder, metadata, metrics, port) | dict(settings or {}),
            entrypoint=entrypoint,
        )
        progress.say("Airflow's tables and the metrics store's, on PostgreSQL")
        made.prepare()
        try:
            for name in ("api-server", *components):
                made.start(name)
            meanwhile(made)
            made.wait()
            progress.say(f"{', '.join(('api-server', *components))}: up")
            yield made
        finally:
            made.stop()
            progress.say("Airflow has ended")
