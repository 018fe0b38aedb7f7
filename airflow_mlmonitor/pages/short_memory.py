"""What was read of monitors, remembered for a while from one page to the next."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from airflow_mlmonitor.store.store import MetricsStore

T = TypeVar("T")


class ShortMemory(Generic[T]):
    """One thing about each monitor of each store; forgotten with the store, after a while, or when there are too many.

    Parameters
    ----------
    monitors
        How many monitors of one store are remembered: those that were read last.
    seconds
        How long.

    Examples
    --------
    >>> from airflow_mlmonitor.store import MemoryStore
    >>> store, memory = MemoryStore(), ShortMemory[int](monitors=1, seconds=60)
    >>> memory.keep(store, {"flights/skew": 1, "flights/quality": 2})
    >>> memory.known(store, ["flights/skew", "flights/quality"])
    {'flights/quality': 2}
    """

    def __init__(self, *, monitors: int, seconds: float) -> None:
        self._monitors = monitors
        self._seconds = seconds
        self._seen: WeakKeyDictionary[MetricsStore, OrderedDict[str, tuple[T, float]]] = WeakKeyDictionary()
        self._lock = Lock()

    def known(self, store: MetricsStore, monitors: Iterable[str]) -> dict[str, T]:
        """Return what is remembered of some monitors, by monitor."""
        since = time.monotonic() - self._seconds
        with self._lock:
            seen: Mapping[str, tuple[T, float]] = self._seen.get(store, {})
            found = {monitor: seen[monitor] for monitor in monitors if monitor in seen}
        return {monitor: thing for monitor, (thing, at) in found.items() if at > since}

    def keep(self, store: MetricsStore, read: Mapping[str, T]) -> None:
        """Remember what was read just now, by monitor."""
        now = time.monotonic()
        with self._lock:
            seen = self._seen.setdefault(store, OrderedDict())
            for monitor, thing in read.items():
                seen[monitor] = (thing, now)
                seen.move_to_end(monitor)
            while len(seen) > self._monitors:
                seen.popitem(last=False)
