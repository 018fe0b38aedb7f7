"""One database, entered by transactions that are tried again when two of them meet."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.store.engines import make_engine, writing
from airflow_mlmonitor.store.faults import explained, is_passing

PATIENCE = 30.0
"""Seconds for which a transaction that lost against another one is tried again."""

PATIENCE_OF_PAGES = 3.0

T = TypeVar("T")


class Database:
    """One database, entered by transactions.

    Readers see one snapshot; writers see what others committed meanwhile, and wait for their locks. Whatever the
    driver raises becomes a :class:`~airflow_mlmonitor.errors.StoreError`.

    Parameters
    ----------
    url
        As :func:`~airflow_mlmonitor.store.engines.read_url` gives it.
    read_only
        Never write, and never wait long: for those who answer somebody who is looking at a page.
    """

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        self.backend = url.get_backend_name()
        self.name = url.set(drivername=self.backend).render_as_string(hide_password=True)
        self.read_only = read_only
        self._patience = PATIENCE_OF_PAGES if read_only else PATIENCE
        self._reader = make_engine(url, read_only=read_only)
        self._writer = writing(self._reader)
        self._process = os.getpid()
        self._held = threading.local()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction that sees one snapshot."""
        held: Connection | None = getattr(self._held, "connection", None)
        if held is None:
            return self._attempt(self._reader, work)
        try:
            return work(held)
        except (SQLAlchemyError, OSError) as error:
            raise explained(error, self.name) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let this thread's reads within it share one transaction."""
        if getattr(self._held, "connection", None) is not None:
            yield
            return
        self._leave_parents_connections()
        try:
            with self._reader.begin() as connection:
                self._held.connection = connection
                try:
                    yield
                finally:
                    self._held.connection = None
        except (SQLAlchemyError, OSError) as error:
            raise explained(error, self.name) from error

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction; it is done again, from its start, if it lost against another one."""
        if self.read_only:
            raise StoreError(
                f"The metrics store {self.name} was opened for reading only; open it without read_only to write to it."
            )
        return self._attempt(self._writer, work)

    def dispose(self) -> None:
        """Close every connection; the next use opens new ones."""
        self._reader.dispose()

    def _attempt(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        self._leave_parents_connections()
        deadline = time.monotonic() + self._patience
        pause = 0.02
        while True:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except (SQLAlchemyError, OSError) as error:
                if not is_passing(error) or time.monotonic() > deadline:
                    raise explained(error, self.name) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - only so that writers do not meet in step
            pause = min(pause * 2, 1.0)

    def _leave_parents_connections(self) -> None:
        """Forget, without closing them, what a forked process inherited: its parent still speaks on them."""
        if self._process != os.getpid():
            self._reader.dispose(close=False)
            self._process = os.getpid()
