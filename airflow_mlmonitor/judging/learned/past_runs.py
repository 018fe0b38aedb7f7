"""What the earlier runs of a monitor left, decoded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.sample import Hashes
from airflow_mlmonitor.judging.learned.trace import BLAMED, NAME, Packed, key_hash, raw, stacked, unpack

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History, Run


NONE = np.empty(0, np.uint64)

QUIET = 2
"""Quiet runs in a row after which what was alerted for is over, as incidents have it."""

LASTING = 3
"""Alerts of one problem from which on it is no outlier but an incident."""


class Left(NamedTuple):
    """What one run left.

    Parameters
    ----------
    window
        Of the run.
    parts
        The arrays of its trace.
    accepted
        Whether a person accepted it as the new normal.
    alerted
        Whether it alerted, and nobody has said since what that was.
    settled
        Whether that was short and is over, so that it counts as a natural outlier.
    """

    window: Window
    parts: Mapping[str, Packed]
    accepted: bool = False
    alerted: bool = False
    settled: bool = False


@dataclass(frozen=True)
class Past:
    """What the earlier runs of a monitor left, oldest first, decoded once.

    Runs that a person marked bad are not in it. Of a run that alerted, what it alerted for is muted: it may be broken.
    Its other metrics train; were it left out as a whole, each alert would make the next run, which then knows less of
    its week, more likely to alert as well. One or two alerts that were over by themselves, and that nobody has marked
    bad, are natural outliers and train, as storms and holidays must; what lasted longer stays muted until somebody
    accepts it.

    Parameters
    ----------
    runs
        Oldest first.
    streak
        How many of the latest runs were over their line, one after the other.
    renewed
        Hash of a group to the moment of data time from which on a person accepted its values as the new normal.
    """

    runs: tuple[Left, ...] = ()
    streak: int = 0
    renewed: Mapping[int, datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, history: History) -> Self:
        """Decode the traces of a history; those of another version are left out.

        It can be read once and used for any number of samples that are judged as of the same moment.
        """
        traces = history.traces.get(NAME, {})
        found = []
        settled = _settled([run.state == "alert" for run in history.runs])
        for position, run in enumerate(history.runs):
            parts = unpack(traces[position]) if run.state != "bad" and position in traces else {}
            if parts:
                alerted = run.state == "alert"
                found.append(Left(run.window, parts, run.state == "accepted", alerted, settled[position]))
        over = [_is_over(run) for run in reversed(history.runs)]
        renewed = {key_hash(*group): moment for group, moment in history.accepted.items()}
        return cls(tuple(found), over.index(False) if False in over else len(over), renewed)

    def then(self, window: Window, parts: Mapping[str, Packed]) -> Self:
        """Return the past with one more run, which trains."""
        return replace(self, runs=(*self.runs, Left(window, parts)))

    def last(self, count: int) -> Self:
        """The last runs only."""
        return self if len(self.runs) <= count else replace(self, runs=self.runs[-count:])

    def muted(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups are not learned from, in which runs: those that a run alerted for, one column a run."""
        muted = np.zeros((len(groups), len(self.runs)), np.bool_)
        for place, run in enumerate(self.runs):
            if run.alerted and not run.settled:
                muted[:, place] = np.isin(groups, run.parts.get(BLAMED, NONE))
        return muted

    def outdated(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups had another normal then, in which runs, one column a run: they tell nothing of the level now."""
        outdated = np.zeros((len(groups), len(self.runs)), np.bool_)
        for place, group in enumerate(groups.tolist()):
            if group in self.renewed:
                outdated[place] = [window.start < self.renewed[group] for window in self.windows]
        return outdated

    def surprised(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups were held against a normal that was over, in which runs: their deviations tell nothing."""
        renewed = np.array([group in self.renewed for group in groups.tolist()], np.bool_)
        return renewed[:, None] & self.accepted

    @cached_property
    def unsettled(self) -> NDArray[np.bool_]:
        """Which runs alerted for what is not over, or lasted."""
        return np.array([run.alerted and not run.settled for run in self.runs], np.bool_)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Of the runs."""
        return tuple(run.window for run in self.runs)

    @cached_property
    def accepted(self) -> NDArray[np.bool_]:
        """Which runs a person accepted as the new normal."""
        return np.array([run.accepted for run in self.runs], np.bool_)

    @cached_property
    def scores(self) -> Array:
        """Score of each run as of its day; NaN before there was any."""
        return self._numbers(0)

    @cached_property
    def lines(self) -> Array:
        """Line that each run was held against; NaN before there was any."""
        return self._numbers(1)

    def table(self, name: str, keys: str, wanted: Hashes, *, height: int = 0) -> Array:
        """Return one of the trace's arrays for all runs: a row for each wanted key, a column a run, NaN where missing.

        Parameters
        ----------
        name
            Of the array.
        keys
            Name of the array that holds the keys of its columns.
        wanted
            Keys.
        height
            Number of its rows, where it has two dimensions; each of them becomes a table.
        """
        known = name, wanted.tobytes()
        if known not in self._tables:
            sheets = self.sheets(name, keys, wanted, height=height)
            self._tables[known] = np.ascontiguousarray(np.moveaxis(sheets, 0, -1))
        return self._tables[known]

    def sheets(self, name: str, keys: str, wanted: Hashes, *, height: int = 0) -> Array:
        """Return the same as :meth:`table` does, but run by run, as it lies in the traces: turning it costs time."""
        width = (height, len(wanted)) if height else (len(wanted),)
        if not self.runs:
            return np.empty((0, *width), np.float32)
        sheets: Array | None = None
        for own, places in self._alike(keys):
            runs = [self.runs[place].parts for place in places]
            if not all(name in parts for parts in runs):
                blank = np.full((*width[:-1], len(own)), np.nan, np.float32)
                stack = np.array([parts.get(name, blank) for parts in runs])
            else:
                stack = stacked(runs, name)
            stack = stack if np.array_equal(own, wanted) else _aligned(stack, _sources(own, wanted))
            if len(runs) == len(self.runs):
                return stack
            if sheets is None:
                sheets = np.empty((len(self.runs), *width), stack.dtype)
            sheets[places] = stack
        return sheets

    def latest(self, name: str, keys: str, wanted: Hashes, *, height: int = 0) -> Array:
        """Return one of the arrays as the last run left it, for the wanted keys."""
        last = type(self)(self.runs[-1:]).table(name, keys, wanted, height=height)
        return last[..., 0] if last.shape[-1] else np.full(last.shape[:-1], np.nan)

    @cached_property
    def _tables(self) -> dict[tuple[str, bytes], Array]:
        return {}

    def _numbers(self, place: int) -> Array:
        if not self.runs:
            return np.empty(0)
        return stacked([run.parts for run in self.runs], "run")[:, place]

    def _alike(self, keys: str) -> list[tuple[Hashes, list[int]]]:
        """The places of runs whose keys are the same, with these keys."""
        if keys not in self._kinds:
            self._kinds[keys] = _alike(self.runs, keys)
        return self._kinds[keys]

    @cached_property
    def _kinds(self) -> dict[str, list[tuple[Hashes, list[int]]]]:
        return {}

    def __len__(self) -> int:
        return len(self.runs)


def _settled(alerted: Sequence[bool]) -> list[bool]:
    """Which alerts belong to a problem of one or two alerts that is over.

    >>> _settled([True, False, True, False, False, True])
    [True, False, True, False, False, False]
    >>> _settled([True, True, True, False, False])
    [False, False, False, False, False]
    """
    settled = [False] * len(alerted)
    problem: list[int] = []
    quiet = 0
    for place, alert in enumerate(alerted):
        quiet = 0 if alert else quiet + 1
        if alert:
            problem.append(place)
        elif quiet == QUIET:
            for one in problem if len(problem) < LASTING else []:
                settled[one] = True
            problem = []
    return settled


def _is_over(run: Run) -> bool:
    return run.score is not None and run.threshold is not None and run.score > run.threshold


def _alike(runs: Sequence[Left], keys: str) -> list[tuple[Hashes, list[int]]]:
    places: dict[bytes, list[int]] = {}
    content, found = None, []
    for place, run in enumerate(runs):
        own = raw(run.parts, keys)
        if own != content:  # mostly it is that of the run before, which is told sooner than a hash of it is made
            content, found = own, places.setdefault(own, [])
        found.append(place)
    return [(np.frombuffer(own, np.uint64), alike) for own, alike in places.items()]


def _sources(own: Hashes, wanted: Hashes) -> NDArray[np.intp]:
    """Where each wanted key stands among a run's own ones, -1 where it does not."""
    sources = np.full(len(wanted), -1)
    if len(wanted):
        order = np.argsort(wanted, kind="stable")
        place = np.minimum(np.searchsorted(wanted, own, sorter=order), len(wanted) - 1)
        there = wanted[order[place]] == own
        sources[order[place[there]]] = np.flatnonzero(there)
    return sources


def _aligned(stack: NDArray[Any], sources: NDArray[np.intp]) -> NDArray[Any]:
    """Columns moved from their own keys to the wanted ones."""
    if not stack.shape[-1]:
        return np.full((*stack.shape[:-1], len(sources)), np.nan, stack.dtype)
    out = stack.take(sources, axis=-1, mode="wrap")
    out[..., sources < 0] = np.nan
    return out
