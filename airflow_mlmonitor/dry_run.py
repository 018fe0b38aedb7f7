"""A monitor tried on days that are over: its runs are gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from airflow_mlmonitor.backtesting import Measured, Recording
from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.data.baseline import Pinned
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.measuring import measure
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.rehearsing import REHEARSALS
from airflow_mlmonitor.store.history import Run, State
from airflow_mlmonitor.store.memory_store import MemoryStore
from airflow_mlmonitor.store.shelf import StoreShelf
from airflow_mlmonitor.store.store import MetricsStore

VERSION = "training"

Later = Callable[[Rules], Iterable[tuple[Window, Profile]]]
"""Reads the days to judge with rules, oldest first."""


def dry_run(
    name: str, training: Profile, days: Mapping[Window, Profile], later: Later, judge: Learned
) -> Recording:
    """Run the standard checks over days with a judge, and return what they measured.

    Which runs train the memory of what was seen before is as this judge says.

    Parameters
    ----------
    name
        What the monitor and its model are called.
    training, days
        The profile of the training data with its rules, and of each of its days.
    later
        Reads the days after them.
    judge
        Of the monitor.
    """
    store = MemoryStore()
    parts = {day: part.encode() for day, part in days.items()}
    store.pin(name, VERSION, training.encode(), rows=training.rows, label=name, days=parts)
    monitor = Monitor(name=name, model=name, checks=standard_checks(Pinned(VERSION)), judge=judge)
    rules = training.rules or Rules()
    asked = tuple(rule for check in monitor.checks for rule in check.rules)
    for window, day in later(rules.joined(asked)):
        monitor.evaluate(day, window=window, store=store)
    last = dict(sorted(days.items())[-REHEARSALS:])
    measured = [_rehearsed(monitor, store, window, day) for window, day in last.items()]
    return Recording.of(store, name, training=measured)


def _rehearsed(monitor: Monitor, store: MetricsStore, window: Window, day: Profile) -> Measured:
    shelf = StoreShelf(store, monitor.name, monitor.model, window)
    measured = measure(monitor.checks, day, shelf, window, EnvironmentConnections())
    run = Run(
        monitor=monitor.name,
        model=monitor.model,
        window=window,
        status=Status.OK,
        state=State.CLEAN,
        rows=day.rows,
        started=datetime.now(UTC),
    )
    return Measured(run, measured.metrics)
