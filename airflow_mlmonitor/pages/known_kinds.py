"""What series are, remembered from one page to the next: a wide monitor has ten thousand, and they hardly change."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_mlmonitor.pages.short_memory import ShortMemory
from airflow_mlmonitor.store.history import KnownSeries
from airflow_mlmonitor.store.store import MetricsStore

SECONDS = 600.0
"""How long a new series may go unseen where nobody asks for it by its name."""

Kinds = Mapping[tuple[str, str, str], KnownSeries]


_memory: ShortMemory[Kinds] = ShortMemory(monitors=64, seconds=SECONDS)


def kinds_of(store: MetricsStore, monitor: str, *, wanted: tuple[str, str, str] | None = None) -> Kinds:
    """Return the series of a monitor by their keys; read again where the wanted one is not among them.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    known = _memory.known(store, [monitor]).get(monitor)
    if known is not None and (wanted is None or wanted in known):
        return known
    kinds = {series.key: series for series in store.series(monitor)}
    _memory.keep(store, {monitor: kinds})
    return kinds


def kind_of(store: MetricsStore, monitor: str, key: tuple[str, str, str]) -> KnownSeries | None:
    """Return what is known of one series; None where the monitor never had it.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    return kinds_of(store, monitor, wanted=key).get(key)
