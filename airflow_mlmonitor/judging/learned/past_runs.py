"""What the earlier runs of a monitor left, decoded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.sample import Hashes, Places
from airflow_mlmonitor.judging.learned.settling import settled
from airflow_mlmonitor.judging.learned.trace import BLAMED, NAME, Packed, key_hash, raw, stacked, unpack

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History, Run


NONE = np.empty(0, np.uint64)
NOWHERE = np.empty(0, np.intp)


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
    taken
        Hashes of the groups that a person accepted of it, though not all that it found.
    """

    window: Window
    parts: Mapping[str, Packed]
    accepted: bool = False
    alerted: bool = False
    settled: bool = False
    taken: frozenset[int] = frozenset()


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
        over = settled([run.state == "alert" for run in history.runs])
        taken = _taken(history)
        for position, run in enumerate(history.runs):
            parts = unpack(traces[position]) if run.state != "bad" and position in traces else {}
            if parts:
                alerted = run.state == "alert"
                own = taken.get(run.window, frozenset())
                found.append(Left(run.window, parts, run.state == "accepted", alerted, over[position], own))
        loud = [_is_over(run) for run in reversed(history.runs)]
        renewed = {key_hash(*group): moment for group, moment in history.accepted.items()}
        return cls(tuple(found), loud.index(False) if False in loud else len(loud), renewed)

    def then(self, window: Window, parts: Mapping[str, Packed]) -> Self:
        """Return the past with one more run, which trains."""
        return replace(self, runs=(*self.runs, Left(window, parts)))

    def last(self, count: int) -> Self:
        """The last runs only."""
        return self if len(self.runs) <= count else replace(self, runs=self.runs[-count:])

    def blamed(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups a run alerted for, one column a run, but for those that a person accepted."""
        blamed = np.zeros((len(groups), len(self.runs)), np.bool_)
        places = {group: place for place, group in enumerate(groups.tolist())}
        for run, left in enumerate(self.runs):
            if left.alerted:
                found = set(left.parts.get(BLAMED, NONE).tolist()) - left.taken
                blamed[[places[group] for group in found if group in places], run] = True
        return blamed

    def muted(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups are not learned from, in which runs: those that a run alerted for, but for what is settled."""
        return self.blamed(groups) & ~np.array([left.settled for left in self.runs], np.bool_)

    def taken(self, groups: Hashes) -> NDArray[np.bool_]:
        """Which groups a person accepted alone, in which runs, one column a run: of them these runs train."""
        taken = np.zeros((len(groups), len(self.runs)), np.bool_)
        for run, left in enumerate(self.runs):
            if left.taken:
                taken[:, run] = [group in left.taken for group in groups.tolist()]
        return taken

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
        return renewed[:, None] & self.accepted | self.taken(groups)

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

    def sheets(
        self,
        name: str,
        keys: str,
        wanted: Hashes,
        *,
        height: int = 0,
        rows: Places | None = None,
        newest: int | None = None,
    ) -> Array:
        """Return the same as :meth:`table` does, but run by run, as it lies in the traces: turning it costs time.

        Parameters
        ----------
        name, keys, wanted, height
            As there.
        rows
            Of an array of two dimensions the row that is wanted for each key; all rows without it.
        newest
            How many of the newest runs; all without it.
        """
        first = 0 if newest is None else max(len(self.runs) - newest, 0)
        type_ = next((run.parts[name].dtype for run in reversed(self.runs) if name in run.parts), np.float32)
        tall = height and rows is None
        sheets = np.empty((len(self.runs) - first, height if tall else 1, len(wanted)), type_)
        for own, places, sources, missing in self._alike(keys, wanted):
            lines = np.arange(height or 1)[:, None] if rows is None else rows[None]
            index = lines * len(own) + sources
            known = [place - first for place in places if place >= first]
            for place in known:
                found = self.runs[first + place].parts.get(name)
                if found is None or not len(own):
                    sheets[place] = np.nan
                else:
                    found.take(index, out=sheets[place], mode="clip")
            if missing.size:
                sheets[np.array(known, np.intp)[:, None], :, missing] = np.nan
        return sheets if tall else sheets[:, 0]

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

    def _alike(self, keys: str, wanted: Hashes) -> list[tuple[Hashes, list[int], Places, Places]]:
        """Runs whose keys are the same: these keys, the runs' places, and where the wanted keys are in them."""
        known = keys, wanted.tobytes()
        if known not in self._kinds:
            self._kinds[known] = [
                (own, places, *_sources(own, wanted)) for own, places in _alike(self.runs, keys)
            ]
        return self._kinds[known]

    @cached_property
    def _kinds(self) -> dict[tuple[str, bytes], list[tuple[Hashes, list[int], Places, Places]]]:
        return {}

    def __len__(self) -> int:
        return len(self.runs)


def _taken(history: History) -> dict[Window, frozenset[int]]:
    """Hashes of the groups that were accepted alone, by the runs that they were accepted of."""
    found: dict[Window, frozenset[int]] = {}
    for group, windows in history.accepted_in_part.items():
        for window in windows:
            found[window] = found.get(window, frozenset()) | {key_hash(*group)}
    return found


def _is_over(run: Run) -> bool:
    return run.score is not None and run.threshold is not None and run.score > run.threshold


def _alike(runs: Sequence[Left], keys: str) -> list[tuple[Hashes, list[int]]]:
    places: dict[bytes, list[int]] = {}
    content, found = None, []
    for place, run in enumerate(runs):
        own = raw(run.parts, keys)
        if own != content:  # mostly they are equal, which is told sooner than a hash is made
            content, found = own, places.setdefault(own, [])
        found.append(place)
    return [(np.frombuffer(own, np.uint64), alike) for own, alike in places.items()]


def _sources(own: Hashes, wanted: Hashes) -> tuple[Places, Places]:
    """Where each wanted key stands among a run's own ones, and which of the wanted ones do not."""
    if np.array_equal(own, wanted):
        return np.arange(len(own)), NOWHERE
    sources = np.full(len(wanted), -1)
    if len(wanted):
        order = np.argsort(wanted, kind="stable")
        place = np.minimum(np.searchsorted(wanted, own, sorter=order), len(wanted) - 1)
        there = wanted[order[place]] == own
        sources[order[place[there]]] = np.flatnonzero(there)
    return np.maximum(sources, 0), np.flatnonzero(sources < 0)
