"""The checks of one run, measured one after the other, so that none takes the others down."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.dependency_change import DependencyChange
from airflow_mlmonitor.checks.inspection import Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.baseline import Reference
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, EncodingError, MLMonitorError, StoreError
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import History
from airflow_mlmonitor.store.shelf import StoreShelf

NOVELTY = "novelty"
"""Name of the trace in which a run leaves what it showed for the first time."""

Key = tuple[str, str, str]


@dataclass
class Measured:
    """What the checks of one run answered.

    Parameters
    ----------
    answers
        The checks that could be measured, with the baseline each found (None where it has none).
    metrics
        In the order of the checks.
    broken
        One verdict for each check that could not be measured.
    baselines
        Check name to what it was compared with, in words.
    facts
        What the inspections want remembered with the run.
    """

    answers: list[tuple[Check, Reference | None]] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    broken: list[Verdict] = field(default_factory=list)
    baselines: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def measure(
    checks: Sequence[Check], now: Profile, shelf: StoreShelf, window: Window, connections: Connections
) -> Measured:
    """Measure every check; one that raises becomes a broken verdict.

    Raises
    ------
    StoreError
        A baseline could not be read.
    """
    measured = Measured()
    known: set[Key] = set()
    broken: list[tuple[Check, Exception]] = []
    looks = any(isinstance(check, Inspection) for check in checks)
    depends = any(isinstance(check, DependencyChange) for check in checks)
    scene = Scene(
        window=window,
        now=now,
        connections=connections,
        facts=shelf.facts() if looks else {},
        announced=shelf.announced() if depends else {},
        past=shelf.observed,
    )
    for check in checks:
        try:
            reference = _reference(check, measured.answers, shelf, window)
            if isinstance(check, Inspection):
                inspected = check.inspect(scene)
                metrics = _prefixed(check, inspected.metrics)
                measured.facts |= inspected.facts
            else:
                metrics = _metrics(check, now, reference)
            _refuse_twins(check, metrics, known)
        except StoreError:
            raise
        except Exception as reason:  # noqa: BLE001 - one check must not take the others down
            broken.append((check, reason))
            continue
        known |= {metric.key for metric in metrics}
        measured.metrics += metrics
        measured.answers.append((check, reference))
        if reference:
            measured.baselines[_free(check.name, measured.baselines)] = reference.label
    taken = {metric.name for metric in measured.metrics}
    for check, error in broken:
        measured.broken.append(_broken(_free(check.name, taken), error))
        taken.add(measured.broken[-1].metric.name)
    return measured


def remembered(now: Profile, history: History) -> Memory:
    """What was seen before a run: by its baseline, and by those earlier runs that later ones may learn from."""
    if now.tallies is None:
        return Memory()
    novelties: list[Novelty] = []
    for position, trace in sorted(history.traces.get(NOVELTY, {}).items()):
        if history.runs[position].state.trains:
            with suppress(EncodingError):  # what cannot be read any more was not seen
                novelties.append(Novelty.decode(trace))
    return now.tallies.rules.memory.after(novelties)


def attempted(check: Check, day: Profile, reference: Reference | None) -> list[Metric]:
    """Measure a day by one check; nothing where it cannot be: a check of a user's own may need other columns."""
    try:
        return _metrics(check, day, reference)
    except Exception:  # noqa: BLE001 - a day is no run, and its history goes on without the check
        return []


def _reference(
    check: Check, answers: Sequence[tuple[Check, Reference | None]], shelf: StoreShelf, window: Window
) -> Reference | None:
    """What a check is compared with; merging the runs of a month for every check again would take most of a run."""
    if check.baseline is None:
        return None
    known = (reference for asked, reference in answers if asked.baseline == check.baseline)
    return next(known, None) or check.baseline.find(shelf, window)


def _metrics(check: Check, now: Profile, reference: Reference | None) -> list[Metric]:
    return _prefixed(check, check.measure(now, reference.profile if reference else None))


def _prefixed(check: Check, metrics: Iterable[Metric]) -> list[Metric]:
    if check.prefix:
        return [replace(metric, name=f"{check.prefix}.{metric.name}") for metric in metrics]
    return list(metrics)


def _refuse_twins(check: Check, metrics: Sequence[Metric], known: set[Key]) -> None:
    seen = set(known)
    for metric in metrics:
        if metric.key in seen:
            raise ConfigurationError(
                f"{check.name} measures {metric.name} of {metric.column or 'the table'} a second time in this monitor; "
                f"give the check a prefix, such as prefix='{check.name}2'."
            )
        seen.add(metric.key)


def _free(name: str, taken: Container[str]) -> str:
    """The name, or with a number after it where it is taken: two checks may be called alike."""
    numbered = (f"{name} {number}" for number in count(2))
    return name if name not in taken else next(free for free in numbered if free not in taken)


def _broken(name: str, reason: Exception) -> Verdict:
    said = str(reason) if isinstance(reason, MLMonitorError) else f"{type(reason).__name__}: {reason}"
    metric = Metric(name=name, value=None, family="check", why=said)
    return Verdict(metric=metric, status=Status.BROKEN, severity=1.0, why=said)
