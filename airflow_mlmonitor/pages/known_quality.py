"""Which monitors hold predictions against labels, remembered from one page to the next: that hardly changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from airflow_mlmonitor.pages.short_memory import ShortMemory
from airflow_mlmonitor.store.history import KnownSeries
from airflow_mlmonitor.store.store import MetricsStore

FAMILY = "quality"

SECONDS = 600.0
"""How long it may go unseen that a monitor begins to look at labels."""


_memory: ShortMemory[Sequence[KnownSeries]] = ShortMemory(monitors=2_000, seconds=SECONDS)


def quality_of(store: MetricsStore, monitors: Collection[str]) -> Mapping[str, Sequence[KnownSeries]]:
    """Return the series of quality of each of some monitors; most have none.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    known = _memory.known(store, monitors)
    missing = [monitor for monitor in dict.fromkeys(monitors) if monitor not in known]
    if missing:
        found = store.series_of(missing, family=FAMILY)
        read: dict[str, Sequence[KnownSeries]] = {
            monitor: tuple(found.get(monitor, ())) for monitor in missing
        }
        _memory.keep(store, read)
        known |= read
    return known
