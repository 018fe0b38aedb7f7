"""Which earlier profile a run is compared with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import BaselineMissing, ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile


class Shelf(Protocol):
    """Where a baseline finds earlier profiles, for one monitor and as of one window.

    :class:`~airflow_mlmonitor.monitor.Monitor` gives one; a baseline never sees the store behind it.
    """

    @property
    def model(self) -> str:
        """The model's name, for messages."""

    def pinned(self, version: str | None) -> tuple[str, Profile] | None:
        """Return what is pinned for a version (the latest for None), in words and as a profile."""

    def earlier(self, last: int, windows: Sequence[Window] | None = None) -> list[tuple[Window, Profile]]:
        """Return the last trainable profiles before the window under test, oldest first.

        Where the monitor has fewer runs than that, the dated parts of the model's pinned training data come first.
        """


@dataclass(frozen=True)
class Reference:
    """A baseline, found.

    Parameters
    ----------
    label
        What it is, in words.
    profile
        None while there is too little history: the check then only measures what needs no baseline.
    runs
        Number of earlier windows it was merged from; 0 for a pinned one.
    """

    label: str
    profile: Profile | None
    runs: int = 0


class Baseline(ABC):
    """Which earlier profile a run is compared with."""

    @abstractmethod
    def find(self, shelf: Shelf, window: Window) -> Reference:
        """Find the profile for a window.

        Raises
        ------
        BaselineMissing
            It was named by a person and is not there. Lack of history raises nothing.
        """


@dataclass(frozen=True)
class Pinned(Baseline):
    """The profile pinned for a version of the model: usually that of its training data.

    Parameters
    ----------
    version
        The version; None takes the one pinned last.
    """

    version: str | None = None

    def find(self, shelf: Shelf, window: Window) -> Reference:
        """Find the pinned profile."""
        found = shelf.pinned(self.version)
        if found is None:
            what = f"version {self.version!r}" if self.version else "any version"
            raise BaselineMissing(
                f"No baseline is pinned for {what} of model {shelf.model!r}. "
                "Pin one: run a ProfileOperator with pin=..., or `mlmonitor pin`."
            )
        label, profile = found
        return Reference(label, profile)


@dataclass(frozen=True)
class Trailing(Baseline):
    """The last runs that train, merged: a moving baseline.

    Parameters
    ----------
    runs
        How many runs to merge at most.
    least
        With fewer than this there is no baseline yet.

    Raises
    ------
    ConfigurationError
        There could never be as many as are needed.
    """

    runs: int = 28
    least: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.runs:
            raise ConfigurationError(
                f"Trailing needs 1 <= least <= runs; it has {self.least} and {self.runs}."
            )

    def find(self, shelf: Shelf, window: Window) -> Reference:
        """Merge the last profiles."""
        return _merged(shelf.earlier(self.runs), "run", self.least)


@dataclass(frozen=True)
class Previous(Baseline):
    """The last run that trains."""

    def find(self, shelf: Shelf, window: Window) -> Reference:
        """Find the last profile."""
        return _merged(shelf.earlier(1), "run", 1)


@dataclass(frozen=True)
class SameWeekday(Baseline):
    """The windows at the same hour of the same weekday in the weeks before, merged.

    Parameters
    ----------
    weeks
        How many weeks back to look.
    least
        With fewer windows than this there is no baseline yet.

    Raises
    ------
    ConfigurationError
        There could never be as many as are needed.
    """

    weeks: int = 5
    least: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.weeks:
            raise ConfigurationError(
                f"SameWeekday needs 1 <= least <= weeks; it has {self.least} and {self.weeks}."
            )

    def find(self, shelf: Shelf, window: Window) -> Reference:
        """Merge the same window of earlier weeks."""
        wanted = [_back(window, weeks) for weeks in range(1, self.weeks + 1)]
        return _merged(shelf.earlier(self.weeks, wanted), f"earlier {window.start:%A}", self.least)


def _back(window: Window, weeks: int) -> Window:
    shift = timedelta(weeks=weeks)
    return Window(window.start - shift, window.end - shift)


def _merged(found: list[tuple[Window, Profile]], noun: str, least: int) -> Reference:
    count = len(found)
    nouns = f"{count} {noun}{'' if count == 1 else 's'}"
    if count < least:
        return Reference(f"{nouns} so far; {least} are needed", None, count)
    profile = found[0][1]
    for _, later in found[1:]:
        profile = profile + later
    first, last = found[0][0], found[-1][0]
    span = first.label if count == 1 else f"{_day(first.start)} to {_day(last.end)}"
    return Reference(f"{nouns} ({span}, {profile.rows:,} rows)", profile, count)


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
