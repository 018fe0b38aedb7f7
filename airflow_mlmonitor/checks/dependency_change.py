"""Is everything that the model depends on still what it was?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.errors import ConfigurationError, MLMonitorError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.dependencies import Dependency, Fingerprint
    from airflow_mlmonitor.data.dependencies.difference import Difference
    from airflow_mlmonitor.data.dependencies.remembered import Remembered

FAMILY = "dependency"
NAMED = 5
"""Differences of one dependency that a finding names."""

FACT = "dependency: "
"""What the names of facts begin with in which a run remembers a dependency."""

CHANGES = "dependency changes"
"""Name of the fact with all changes of a run, in words, those that nobody is told of included."""


@dataclass(frozen=True, kw_only=True)
class DependencyChange(Inspection):
    """Is everything that the model depends on still what it was?

    Looks at each dependency and compares it with what the last run that trains saw. Metrics, each with the dependency
    as its column: ``dependency_changed`` (0 or 1), ``parts_changed`` (how many parts of it), ``dependency_unreadable``
    (1, where it could not be looked at), ``dependency_wrong`` (0 or 1, where something was promised of it), and the
    numbers of those dependencies that have some.

    How grave a change is says the dependency's ``policy``, not the judge; one that was expected or announced is no
    finding. A finding stands until the dependency is what it was, or somebody accepts what it is.

    Parameters
    ----------
    dependencies
        What to look at.

    Raises
    ------
    ConfigurationError
        Two have one title.

    Examples
    --------
    >>> from airflow_mlmonitor.data.dependencies import CodeRevision, ConfigFile
    >>> check = DependencyChange(dependencies=(CodeRevision("pipeline"), ConfigFile("model.yaml", policy="fail")))
    >>> check.limits["model.yaml.dependency_changed"]
    {'max': 0, 'severity': 'fail'}
    """

    dependencies: tuple[Dependency, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dependencies", tuple(self.dependencies))
        names = [column_of(dependency.title) for dependency in self.dependencies]
        twins = sorted({name for name in names if names.count(name) > 1})
        if twins:
            raise ConfigurationError(f"Two dependencies are called {twins[0]!r}; give one of them a name=.")

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """None may change, as far as its policy says so; none may be another than was promised."""
        limits: dict[str, Mapping[str, Any]] = {}
        for dependency in self.dependencies:
            column = column_of(dependency.title)
            start = f"{column}.{self._start}"
            limits[f"{start}dependency_wrong"] = {"max": 0, "severity": "fail"}
            if dependency.policy != "info":
                limit = {"max": 0, "severity": dependency.policy}
                limits |= {f"{start}dependency_changed": limit, f"{start}dependency_unreadable": limit}
        return limits

    def inspect(self, scene: Scene) -> Inspected:
        """Look at each dependency; one that cannot be looked at takes no other down."""
        metrics: list[Metric] = []
        facts: dict[str, str] = {}
        changes: dict[str, Any] = {}
        for dependency in self.dependencies:
            seen = self._seen(dependency, scene)
            metrics += seen.metrics
            if seen.fact:
                facts[self._fact(dependency)] = seen.fact
            if seen.changes:
                changes[dependency.title] = list(seen.changes)
        if changes:
            facts[f"{self._start}{CHANGES}"] = json.dumps(changes)
        return Inspected(metrics=metrics, facts=facts)

    def _fact(self, dependency: Dependency) -> str:
        return f"{self._start}{FACT}{column_of(dependency.title)}"

    @property
    def _start(self) -> str:
        """What its metrics' and facts' names begin with."""
        return f"{self.prefix}." if self.prefix else ""

    def _seen(self, dependency: Dependency, scene: Scene) -> _Seen:
        from airflow_mlmonitor.data.dependencies.remembered import Remembered

        column = column_of(dependency.title)
        told = scene.facts.get(self._fact(dependency))
        try:
            now = dependency.fingerprint(scene.connections, scene.window)
        except Exception as error:  # noqa: BLE001 - one dependency must not take the others down
            # What was known of it is remembered on, so that it is compared again when it is back.
            return _Seen([_unreadable(column, error)], told or "")
        before = Remembered.read(told)
        found = before.differences(now) if before else []
        news = [one for one in found if not is_expected(one, dependency.expected)]
        excuse = scene.announced.get(column, "")
        metrics = [*_changed(column, news, found, before, now, excuse), *_wrong(column, now, before)]
        metrics += [_measured(column, measure) for measure in now.measures]
        remembered = Remembered.of(now, scene.window.label, before)
        return _Seen(metrics, remembered.text, tuple(one.words for one in found[: NAMED * 4]))


@dataclass(frozen=True)
class _Seen:
    """What one look at a dependency gave."""

    metrics: Sequence[Metric]
    fact: str
    changes: tuple[str, ...] = ()


def column_of(title: str) -> str:
    """A dependency's title as the column of its metrics, in which no character means several columns or a slice.

    >>> column_of("labels/*.json"), column_of("lookup@v2")
    ('labels/….json', 'lookup at v2')
    """
    return title.replace("*", "…").replace("?", "…").replace("@", " at ")


def is_expected(difference: Difference, expected: str | Mapping[str, str]) -> bool:
    """Whether a change was written down beforehand."""
    if isinstance(expected, str):
        return bool(expected) and difference.now == expected
    return difference.part in expected and difference.now == expected[difference.part]


def _changed(
    column: str,
    news: Sequence[Difference],
    found: Sequence[Difference],
    before: Remembered | None,
    now: Fingerprint,
    excuse: str,
) -> Iterator[Metric]:
    """Whether it changed, and in how many parts. A dependency of numbers alone has no parts that could."""
    if not now.parts and before is None:
        return
    is_news = bool(news) and not excuse
    why = None
    if found:
        why = said(news or found, before, now)
        why = why if is_news else f"{why}; {excuse or 'expected'}"
    yield _counted(column, "dependency_changed", float(is_news), why)
    yield _counted(column, "parts_changed", float(len(found)), None)


def said(news: Sequence[Difference], before: Remembered | None, now: Fingerprint) -> str:
    """What changed, what it was and is, and when it was last as it was."""
    listed = "; ".join(one.words for one in news[:NAMED])
    listed = f"{len(news)} changes: {listed}" if news[1:] else listed
    more = f"; and {len(news) - NAMED} more" if news[NAMED:] else ""
    if before is None:
        return listed + more
    known = before.spell
    when = f"; last as it was in the run of {known.seen}" + (
        f", unchanged since {known.since}" if known.since != known.seen else ""
    )
    same = before.same_as(now)
    return listed + more + when + (f"; now it is {same.words}" if same else "")


def _wrong(column: str, now: Fingerprint, before: Remembered | None) -> Iterator[Metric]:
    if now.wrong is None:
        return
    same = before.same_as(now) if before and now.wrong else None
    why = f"{now.wrong}; it is {same.words}" if same else now.wrong or None
    yield _counted(column, "dependency_wrong", float(bool(now.wrong)), why)


def _unreadable(column: str, error: Exception) -> Metric:
    reason = str(error) if isinstance(error, MLMonitorError) else f"{type(error).__name__}: {error}"
    return _counted(column, "dependency_unreadable", 1.0, f"it cannot be looked at: {reason}")


def _counted(column: str, name: str, value: float, why: str | None) -> Metric:
    return Metric(
        name=name, value=value, column=column, n=1, scale="count", family=FAMILY, worse="up", why=why
    )


def _measured(column: str, measure: Any) -> Metric:
    from airflow_mlmonitor.checks.consistency import metric_of

    return replace(metric_of(measure), column=column)
