"""Which versions of a model there were, which one serves, and which ones share the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from airflow_mlmonitor.checks.ages import DAY, measured, percent, spoken
from airflow_mlmonitor.checks.inspection import Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.observation import Observation
from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.model_records import ModelDates
from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.errors import ConfigurationError

KEPT = 60
"""Versions that are remembered."""

NAMED = 8
"""Versions whose share of the rows is followed, the commonest ones."""


@dataclass(frozen=True)
class Versions:
    """Which versions were the ones to be used, in turn.

    Parameters
    ----------
    trained
        Version to when it was trained, or, where nobody said, to when it was first seen; in the order in which they
        were first seen.
    since
        When the first run that saw the last of them began to look.
    """

    trained: Mapping[str, datetime] = field(default_factory=dict)
    since: datetime | None = None

    @classmethod
    def read(cls, text: str | None) -> Self:
        """Read what :attr:`text` wrote; what cannot be read any more was not seen."""
        try:
            told = json.loads(text or "{}")
            trained = {str(name): utc(datetime.fromisoformat(when)) for name, when in told["trained"].items()}
            return cls(trained, utc(datetime.fromisoformat(told["since"])))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    @property
    def text(self) -> str:
        """What a run remembers of them."""
        kept = list(self.trained.items())[-KEPT:]
        since = self.since.isoformat() if self.since else None
        return json.dumps({"trained": {name: when.isoformat() for name, when in kept}, "since": since})

    def then(self, dates: ModelDates, window: Window) -> Versions:
        """What is known after a run that saw some version."""
        if not dates.version:
            return self
        others = {name: when for name, when in self.trained.items() if name != dates.version}
        seen = self.trained.get(dates.version, window.start)
        is_same = next(reversed([*self.trained]), None) == dates.version
        return Versions(
            {**others, dates.version: dates.trained or seen}, self.since if is_same else window.start
        )


def same(one: str, other: str) -> bool:
    """Whether two ways of writing mean one version.

    >>> same("v3", "3"), same("V3 ", "v3"), same("v3", "v31"), same("version", "ersion")
    (True, True, False, False)
    """
    return _plain(one) == _plain(other)


def promotion(dates: ModelDates, end: datetime) -> str:
    """Say which version is the one to be used, and since when."""
    if dates.promoted:
        return f"{dates.version} was promoted on {spoken(dates.promoted, end)}"
    if dates.trained:
        return f"{dates.version}, trained on {spoken(dates.trained, end)}, is the one to be used"
    return f"{dates.version} is the one to be used"


def served(dates: ModelDates, versions: Versions, end: datetime) -> Iterator[Metric]:
    """Since when the version is the one to be used, as far as is known."""
    since = dates.promoted or versions.since
    if dates.version and since and since <= end:
        why = f"{dates.version} is the one to be used since {spoken(since, end)}"
        yield measured("version_days", (end - since) / DAY, scale="log", worse="up", why=why)


def first_served(observations: Sequence[Observation]) -> ModelDates:
    """The version of the last run that had one, and since which window all later ones have had it."""
    known = [one for one in observations if one.version]
    if not known:
        return ModelDates()
    version = known[-1].version or ""
    since = known[-1].window.start
    for one in reversed(known):
        if one.version != version:
            break
        since = one.window.start
    return ModelDates(version=version, trained=since, basis="when it was first seen serving", promoted=since)


def shares(scene: Scene, column: str, dates: ModelDates, allowed: float) -> Iterator[Metric]:
    """Which versions scored the rows, and how many were scored by another one than the promoted one.

    Raises
    ------
    ConfigurationError
        The column is private, or one of numbers.
    """
    now = scene.now[column]
    if not now.count:
        return
    if not isinstance(now, CategoryColumn) or now.private:
        raise ConfigurationError(
            f"{column!r} does not hold names of versions; list it under categorical= of the source, not under private=."
        )
    for version, count in list(now.counts.items())[:NAMED]:
        yield measured(
            "version_share",
            count / now.count,
            scale="share",
            worse="both",
            why=None,
            n=now.count,
            column=column,
            slice=f"{column}={version}",
        )
    if dates.version:
        yield _others(now, column, dates, scene.window, allowed)


def _others(now: CategoryColumn, column: str, dates: ModelDates, window: Window, allowed: float) -> Metric:
    """The share of rows that another version scored, of all but the promoted one."""
    named = {version: count for version, count in now.counts.items() if not same(version, dates.version)}
    share = (sum(named.values()) + now.others) / now.count
    said = promotion(dates, window.end)
    if not share:
        why = f"{said}, and it scored all rows"
    else:
        still = "all rows are" if share == 1 else f"{percent(share)} of rows are"
        still += " still" if dates.promoted else ""
        why = f"{said}, but {still} scored by {_listed(named, now)}"
    is_changing = dates.promoted is not None and dates.promoted > window.start
    if is_changing and share > allowed:
        return measured("other_version_share", None, scale="share", worse="up", why=f"{why}, in that window")
    return measured("other_version_share", share, scale="share", worse="up", why=why, n=now.count)


def _listed(named: Mapping[str, int], now: CategoryColumn) -> str:
    first = list(named.items())[:3]
    if len(named) == 1 and not now.others:
        return first[0][0]
    told = [f"{version} ({percent(count / now.count)})" for version, count in first]
    more = len(named) > len(first) or now.others
    return ", ".join(told) + (" and others" if more else "")


def _plain(version: str) -> str:
    text = version.strip().casefold()
    return text[1:] if text[:1] == "v" and text[1:2].isdigit() else text
