"""What series are, remembered from one page to the next: a wide monitor has ten thousand, and they hardly change."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

from airflow_mlmonitor.store.history import KnownSeries
from airflow_mlmonitor.store.store import MetricsStore

MONITORS = 32
"""Monitors of one store whose series are remembered, those that were asked for last."""

Kinds = dict[tuple[str, str, str], KnownSeries]

_known: WeakKeyDictionary[MetricsStore, OrderedDict[str, Kinds]] = WeakKeyDictionary()
_lock = Lock()


def kind_of(store: MetricsStore, monitor: str, key: tuple[str, str, str]) -> KnownSeries | None:
    """Return what is known of one series; None where the monitor never had it.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    with _lock:
        kinds = _known.setdefault(store, OrderedDict()).get(monitor, {})
    if key not in kinds:
        kinds = {series.key: series for series in store.series(monitor)}
        with _lock:
            remembered = _known.setdefault(store, OrderedDict())
            remembered[monitor] = kinds
            remembered.move_to_end(monitor)
            while len(remembered) > MONITORS:
                remembered.popitem(last=False)
    return kinds.get(key)
