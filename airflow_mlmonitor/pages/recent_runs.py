"""The last runs of every monitor, remembered for a minute: most pages meet no new run.

The latest run of each monitor is always read; the earlier ones are read again where there is a new one or the minute
is over.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

SECONDS = 60.0
"""How long what a person made of an earlier run may go unseen in the list of models."""


@dataclass(frozen=True)
class _Seen:
    """The last runs of one monitor, latest first, and when they were read."""

    runs: Sequence[Run]
    last: int
    at: float

    def holds(self, latest: Run, last: int, now: float) -> bool:
        return self.runs[0] == latest and self.last >= last and now - self.at < SECONDS


_seen: WeakKeyDictionary[MetricsStore, dict[str, _Seen]] = WeakKeyDictionary()
_lock = Lock()


def recent_runs(store: MetricsStore, *, last: int) -> dict[str, Sequence[Run]]:
    """Return the last runs of each monitor, latest first.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    now = time.monotonic()
    latest = {monitor: runs[0] for monitor, runs in store.latest_runs(last=1).items()}
    with _lock:
        known = dict(_seen.get(store, {}))
    fresh = {
        monitor: known[monitor]
        for monitor, run in latest.items()
        if monitor in known and known[monitor].holds(run, last, now)
    }
    missing = latest.keys() - fresh.keys()
    if missing:
        asked = None if len(missing) == len(latest) else missing
        read = store.latest_runs(asked, last=last)
        fresh |= {monitor: _Seen(runs, last, now) for monitor, runs in read.items()}
    with _lock:
        _seen[store] = fresh
    return {monitor: fresh[monitor].runs[:last] for monitor in latest if monitor in fresh}
