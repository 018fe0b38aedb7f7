"""Which metrics store a verb reads or writes, and how much of it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_mlmonitor.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import URL

    from airflow_mlmonitor.store.sql import SqlStore

STORE_VARIABLE = "MLMONITOR_STORE"
CONNECTION = "mlmonitor_default"
CONNECTION_VARIABLE = f"AIRFLOW_CONN_{CONNECTION.upper()}"
HOME_VARIABLE = "AIRFLOW_HOME"


def declare_store(parser: ArgumentParser) -> None:
    """Add the option that names the metrics store."""
    parser.add_argument(
        "--store",
        metavar="URL",
        help="the metrics store, such as sqlite:////data/mlmonitor.db or postgresql://user@host/database "
        f"(default: ${STORE_VARIABLE}, else ${CONNECTION_VARIABLE}, else mlmonitor.db in ${HOME_VARIABLE})",
    )


def declare_last(parser: ArgumentParser, default: int, what: str = "runs") -> None:
    """Add the option that limits what is read."""
    said = f"{what} at most (default: %(default)s)"
    parser.add_argument("--last", metavar="N", type=_one_or_more, default=default, help=said)


def _one_or_more(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a number of runs; write 1 or more")
    return int(text)


def store_url(given: str | None) -> URL:
    """Find the metrics store: what was given, else the environment's, else the file beside Airflow."""
    from airflow_mlmonitor.store.engines import read_url

    return read_url(given or os.environ.get(STORE_VARIABLE) or _of_airflow())


def _of_airflow() -> str:
    if os.environ.get(CONNECTION_VARIABLE):
        from airflow_mlmonitor.data.connections import EnvironmentConnections

        return EnvironmentConnections().url(CONNECTION)
    home = Path(os.path.expandvars(os.environ.get(HOME_VARIABLE, "~/airflow"))).expanduser()
    return f"sqlite:///{home.absolute() / 'mlmonitor.db'}"


def is_missing_file(url: URL) -> bool:
    """Whether the store is a SQLite file that nobody has made yet."""
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


@contextmanager
def opened_store(given: str | None, *, create: bool = False) -> Iterator[SqlStore]:
    """Open the metrics store for the length of a verb; only one that writes may create its file.

    Raises
    ------
    StoreUnavailable
        There is no such file.
    """
    from airflow_mlmonitor.store.sql import open_store

    url = store_url(given)
    if not create and is_missing_file(url):
        raise StoreUnavailable(
            f"There is no metrics store at {url.database} yet: a monitor's first run or `mlmonitor pin` makes it. "
            f"--store or ${STORE_VARIABLE} names another one."
        )
    store = open_store(url.render_as_string(hide_password=False))
    try:
        yield store
    finally:
        store.dispose()
