"""The metrics store of the deployment, opened once in an api-server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from airflow.sdk import conf

from airflow_mlmonitor.errors import StoreEmpty, StoreUnavailable
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.store import MemoryStore, MetricsStore, SqlStore, open_store

T = TypeVar("T")

LOOKED_UP = 30.0
"""Seconds after which the connection is looked up again: somebody may have changed it."""

AWAY = 5.0
"""Seconds for which nobody else waits for a store that has just not answered."""


class Stores:
    """Opens the metrics store of the section ``[mlmonitor]``: for reading, and for what people decide.

    A store that cannot be reached is not asked again for some seconds, so that its pages say so at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._url = ""
        self._looked_up = 0.0
        self._opened: dict[bool, SqlStore] = {}
        self._away: tuple[float, str] = (0.0, "")

    @property
    def connection(self) -> str:
        """The connection's name, as people know it."""
        return conf.get("mlmonitor", "metrics_conn_id", fallback=MetricsStoreHook.default_conn_name)

    def read(self, work: Callable[[MetricsStore], T]) -> T:
        """Return what ``work`` reads, in one state of the store; a file that no run has made yet holds no runs.

        :raises StoreUnavailable: it cannot be reached, or could not a moment ago.
        :raises ConfigurationError: its connection is not defined, or its driver not installed.
        """
        try:
            with self._asked(read_only=True) as store, store.snapshot():
                return work(store)
        except StoreEmpty:
            if not self._url.startswith("sqlite"):
                raise
        return work(MemoryStore())

    def write(self, work: Callable[[MetricsStore], T]) -> T:
        """Return what ``work`` does in the store; the same may be raised."""
        with self._asked(read_only=False) as store:
            return work(store)

    @contextmanager
    def _asked(self, *, read_only: bool) -> Iterator[SqlStore]:
        until, said = self._away
        if time.monotonic() < until:
            raise StoreUnavailable(said)
        try:
            yield self._store(read_only)
        except StoreUnavailable as error:
            if _is_out_of_reach(error):
                self._away = time.monotonic() + AWAY, str(error)
            raise

    def _store(self, read_only: bool) -> SqlStore:
        with self._lock:
            if time.monotonic() > self._looked_up + LOOKED_UP or not self._url:
                url = MetricsStoreHook().store_url()
                if url != self._url:
                    self._dispose()
                    self._url = url
                self._looked_up = time.monotonic()
            if read_only not in self._opened:
                self._opened[read_only] = open_store(self._url, read_only=read_only)
            return self._opened[read_only]

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        with self._lock:
            self._dispose()
            self._url = ""

    def _dispose(self) -> None:
        for store in self._opened.values():
            store.dispose()
        self._opened.clear()


def _is_out_of_reach(error: StoreUnavailable) -> bool:
    """Whether nobody answered; a query that took too long, or a lock, says nothing of the next one."""
    origin = getattr(error.__cause__, "orig", error.__cause__)
    arguments = getattr(origin, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 2000
    return getattr(origin, "sqlstate", None) is None and number // 1000 == 2
