"""What series are, remembered from one page to the next: a wide monitor has ten thousand, and they hardly change."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from airflow_mlmonitor.store.history import KnownSeries
from airflow_mlmonitor.store.store import MetricsStore

MONITORS = 64
"""Monitors of one store whose series are remembered, those that were read last."""

SECONDS = 600.0
"""How long a new series may go unseen where nobody asks for it by its name."""

Kinds = Mapping[tuple[str, str, str], KnownSeries]


@dataclass(frozen=True)
class _Seen:
    """The series of one monitor, and when they were read."""

    kinds: Kinds
    at: float


_seen: WeakKeyDictionary[MetricsStore, OrderedDict[str, _Seen]] = WeakKeyDictionary()
_lock = Lock()


def kinds_of(store: MetricsStore, monitor: str, *, wanted: tuple[str, str, str] | None = None) -> Kinds:
    """Return the series of a monitor by their keys; read again where the wanted one is not among them.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    now = time.monotonic()
    with _lock:
        seen = _seen.get(store, OrderedDict()).get(monitor)
    if seen and now - seen.at < SECONDS and (wanted is None or wanted in seen.kinds):
        return seen.kinds
    kinds = {series.key: series for series in store.series(monitor)}
    with _lock:
        remembered = _seen.setdefault(store, OrderedDict())
        remembered[monitor] = _Seen(kinds, now)
        remembered.move_to_end(monitor)
        while len(remembered) > MONITORS:
            remembered.popitem(last=False)
    return kinds


def kind_of(store: MetricsStore, monitor: str, key: tuple[str, str, str]) -> KnownSeries | None:
    """Return what is known of one series; None where the monitor never had it.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    return kinds_of(store, monitor, wanted=key).get(key)
