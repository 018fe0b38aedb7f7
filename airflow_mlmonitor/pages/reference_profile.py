"""The rows beside which those of a run are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.errors import EncodingError
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore, Pin

EARLIER = 7
"""Earlier runs that are added up where no baseline is pinned: a week of daily ones has every weekday."""


@dataclass(frozen=True)
class Shown:
    """The rows of a run, and those they are shown beside.

    Parameters
    ----------
    now, reference
        Profiles; empty where there are none.
    words
        What the reference is.
    """

    now: Profile
    reference: Profile
    words: str


def shown(store: MetricsStore, run: Run) -> Shown | None:
    """Read a run's rows and what they are to be shown beside; None where the store does not have the run's.

    That is the baseline pinned for the model version that served, or else the last runs before it that were as usual.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    content = store.profile(run.monitor, run.window)
    now = _decoded(content) if content is not None else None
    if now is None:
        return None
    pin = store.pinned(run.model, run.model_version)
    pinned = _decoded(pin.profile) if pin else None
    if pin and pinned and pinned.columns.keys() & now.columns.keys():
        return Shown(now, pinned, _name(pin))
    parts = [_decoded(part) for _, part in store.profiles(run.monitor, asof=run.window.start, last=EARLIER)]
    known = [part for part in parts if part is not None]
    return Shown(now, reduce(add, known, Profile()), plural(len(known), "earlier run"))


def _name(pin: Pin) -> str:
    """What was pinned; of a file its name, not where it was."""
    label = (
        pin.label.rstrip("/").rpartition("/")[2]
        if "://" in pin.label or pin.label.startswith("/")
        else pin.label
    )
    return printable(f"{label or 'baseline'} {pin.version}")


def _decoded(content: bytes) -> Profile | None:
    """Decode a profile; one that cannot be read any more is as good as none."""
    try:
        return Profile.decode(content)
    except EncodingError:
        return None
