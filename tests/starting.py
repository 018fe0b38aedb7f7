"""Find a real database server, or start one in a temporary folder.

A server is looked for at the URL in an environment variable, then at its usual local address; else one is started of
the installed binaries, listening on 127.0.0.1 only, and stopped when it is no longer needed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from airflow_mlmonitor.store.engines import read_url

START_SECONDS = 60


class NoServerError(Exception):
    """There is no such server, and none can be started."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A database product: where to look for a server of it, and how to start one."""

    name: str
    variable: str
    usual: str
    start: Callable[[Path], Iterator[str]]

    @contextmanager
    def server(self) -> Iterator[str]:
        """Give the URL of a database on a server, by a user who may create others."""
        named = os.environ.get(self.variable)
        if named or _answers(self.usual):
            yield named or self.usual
            return
        with tempfile.TemporaryDirectory(prefix="mlmonitor-server-") as folder:
            started = self.start(Path(folder))
            try:
                url = next(started)
            except FileNotFoundError as missing:
                raise NoServerError(
                    f"No {self.name} server answers at {self.usual}, and {missing}; name one with {self.variable}."
                ) from missing
            try:
                yield url
            finally:
                next(started, None)


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Create a database on a server, give its URL, and drop it."""
    url = read_url(server)
    name = f"mlmonitor_{uuid4().hex[:12]}"
    _execute(url, f"CREATE DATABASE {name}")
    try:
        # Written as people write it, so that finding a driver is tested along with the rest.
        yield url.set(drivername=url.get_backend_name(), database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if url.get_backend_name() == "postgresql" else ""
        _execute(url, f"DROP DATABASE {name}{force}")


def _start_postgres(folder: Path) -> Iterator[str]:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    user = _owner(folder, "postgres")
    initdb = _binary("initdb", *versions[::-1])
    port = free_port()
    _do(
        [
            initdb,
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        user,
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": 200,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [initdb.with_name("postgres"), "-D", folder / "data", *options]
    yield from _running(command, user, f"postgresql://postgres@127.0.0.1:{port}/postgres", signal.SIGINT)


def _start_mariadb(folder: Path) -> Iterator[str]:
    user = _owner(folder, "mysql")
    install, server = _binary("mariadb-install-db"), _binary("mariadbd", Path("/usr/sbin"))
    port = free_port()
    data = f"--datadir={folder / 'data'}"
    _do([install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], user)
    places = [f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
    speed = ["--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=64M"]
    command = [server, "--no-defaults", data, f"--port={port}", "--bind-address=127.0.0.1", *places, *speed]
    yield from _running(command, user, f"mysql://root@127.0.0.1:{port}/mysql", signal.SIGTERM)


def _running(command: list[object], user: str | None, url: str, stop: signal.Signals) -> Iterator[str]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*map(str, command)], user=user, stdout=quiet, stderr=quiet) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NoServerError(f"{command[0]} did not start within {START_SECONDS} s.")
                time.sleep(0.2)
            yield url
        finally:
            process.send_signal(stop)
            process.wait(START_SECONDS)


def _owner(folder: Path, name: str) -> str | None:
    """Servers refuse to run as root; give the folder to a user who is not, and name that user."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    owner = name if name in known else "nobody"
    shutil.chown(folder, owner)
    return owner


def _binary(name: str, *folders: Path) -> Path:
    found = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ["PATH"]]))
    if not found:
        raise FileNotFoundError(f"there is no {name} to start one")
    return Path(found)


def _do(command: list[object], user: str | None) -> None:
    done = subprocess.run(
        [*map(str, command)], user=user, capture_output=True, text=True, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        _execute(read_url(url), "SELECT 1")
    except SQLAlchemyError:
        return False
    return True


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args={"connect_timeout": 5}
    )
    with engine.connect() as connection:
        connection.execute(text(statement))


POSTGRES = Product(
    name="PostgreSQL",
    variable="MLMONITOR_TEST_POSTGRES",
    usual="postgresql://postgres@127.0.0.1:5432/test",
    start=_start_postgres,
)
MYSQL = Product(
    name="MariaDB",
    variable="MLMONITOR_TEST_MYSQL",
    usual="mysql://root@127.0.0.1:3306/test",
    start=_start_mariadb,
)
