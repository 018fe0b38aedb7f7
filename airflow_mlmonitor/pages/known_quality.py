"""Which monitors hold predictions against labels, remembered from one page to the next: that hardly changes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from airflow_mlmonitor.store.history import KnownSeries
from airflow_mlmonitor.store.store import MetricsStore

FAMILY = "quality"

MONITORS = 2_000
"""Monitors of one store that are remembered, those that were read last."""

SECONDS = 600.0
"""How long it may go unseen that a monitor begins to look at labels."""


@dataclass(frozen=True)
class _Seen:
    """The series of quality of one monitor, and when they were read."""

    series: Sequence[KnownSeries]
    at: float


_seen: WeakKeyDictionary[MetricsStore, OrderedDict[str, _Seen]] = WeakKeyDictionary()
_lock = Lock()


def quality_of(store: MetricsStore, monitors: Collection[str]) -> Mapping[str, Sequence[KnownSeries]]:
    """Return the series of quality of each of some monitors; most have none.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    now = time.monotonic()
    with _lock:
        remembered = _seen.setdefault(store, OrderedDict())
        known = {
            monitor: remembered[monitor].series
            for monitor in monitors
            if monitor in remembered and now - remembered[monitor].at < SECONDS
        }
    missing = [monitor for monitor in dict.fromkeys(monitors) if monitor not in known]
    if missing:
        found = store.series_of(missing, family=FAMILY)
        read = {monitor: tuple(found.get(monitor, ())) for monitor in missing}
        known |= read
        with _lock:
            kept = _seen.setdefault(store, OrderedDict())
            for monitor, series in read.items():
                kept[monitor] = _Seen(series, now)
                kept.move_to_end(monitor)
            while len(kept) > MONITORS:
                kept.popitem(last=False)
    return known
