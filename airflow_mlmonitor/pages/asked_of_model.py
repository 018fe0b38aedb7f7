"""How many false alerts were asked for of a monitor, and how old its model is: what its latest run stored.

A run that is stored hardly changes, so what was read of it is remembered from one page to the next: on most pages no
monitor has a new run, and its facts need not be read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.store.history import Point, Run
from airflow_mlmonitor.store.store import MetricsStore

BUDGET = "budget"
"""Name of the fact with the false alerts a month that were asked for."""

USUAL_BUDGET = 1.0
"""What is asked for where nobody says otherwise."""

AGE = ("model_age_days", "", "")
"""The series that says how old a model is."""

KEPT = 2_000
"""Runs of which is remembered what they stored."""


@dataclass(frozen=True)
class Asked:
    """What the latest run of a monitor stored of its budget and of its model.

    Parameters
    ----------
    budget
        False alerts a month.
    age_days, max_age_days
        How old the model was, and how old it may be; None where the monitor does not follow it, or nobody said.
    trained
        When it was trained.
    """

    budget: float = USUAL_BUDGET
    age_days: float | None = None
    max_age_days: float | None = None
    trained: datetime | None = None


_Key = tuple[str, object, datetime]
_known: WeakKeyDictionary[MetricsStore, OrderedDict[_Key, Asked]] = WeakKeyDictionary()
_lock = Lock()


def asked_of(store: MetricsStore, runs: Iterable[Run]) -> dict[str, Asked]:
    """Read what the latest runs of some monitors stored, by monitor; a few statements, however many they are.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    keys = {_key(run): run for run in runs}
    with _lock:
        remembered = _known.setdefault(store, OrderedDict())
        known = {key: remembered[key] for key in keys if key in remembered}
    missing = [run for key, run in keys.items() if key not in known]
    if missing:
        read = _read(store, missing)
        known |= read
        with _lock:
            remembered = _known.setdefault(store, OrderedDict())
            remembered.update(read)
            while len(remembered) > KEPT:
                remembered.popitem(last=False)
    return {run.monitor: known[key] for key, run in keys.items()}


def oldest(asked: Iterable[Asked]) -> Asked:
    """Return what says how old the model is; of several monitors that do, the one nearest to its limit."""
    known = [one for one in asked if one.age_days is not None]
    return max(known, key=_used, default=Asked())


def _used(asked: Asked) -> tuple[float, float]:
    age = asked.age_days or 0.0
    return (age / asked.max_age_days if asked.max_age_days else 0.0), age


def _key(run: Run) -> _Key:
    return run.monitor, run.window, run.started


def _read(store: MetricsStore, runs: Collection[Run]) -> dict[_Key, Asked]:
    facts, ages = store.facts_of_runs(runs, [BUDGET]), store.points_of_runs(runs, AGE)
    return {
        _key(run): _asked(facts[run.monitor, run.window], ages.get((run.monitor, run.window))) for run in runs
    }


def _asked(facts: Mapping[str, str], age: Point | None) -> Asked:
    told = fact(facts, BUDGET)
    budget = float(told) if isinstance(told, int | float) and told > 0 else USUAL_BUDGET
    if age is None or age.value is None:
        return Asked(budget)
    trained = age.run.window.end - timedelta(days=age.value)
    return Asked(budget, age.value, age.upper, trained)
