"""Rows of one group that have one value, such as the temperature of an hour at an airport."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes
from airflow_mlmonitor.data.rules.fresh import bounded, first_rows, summed, thinned, together
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.unfolding import Numbers, Unfolding, visible
from airflow_mlmonitor.data.rules.view import NULL, BatchView

RULES = 24
"""Rules at most."""

DAYS = 12
"""Days that are looked at, spread over all."""

ROWS = 1_000
"""Rows of a day that are looked at."""

GROUPED = 0.5
"""Share of rows at least that must not be alone in their group: one row always agrees with itself."""

NATURAL = 0.005
"""Share of neighbours in a group that may differ by nature."""

SHUFFLED = 0.2
"""Share of neighbours that must differ at least when the values of a day are shuffled."""


@dataclass(frozen=True, kw_only=True)
class Agreeing(Rule):
    """Rows of one run that agree in some columns agree in another one, because a join put one value into all of them.

    Which value it is does not matter, so nothing needs to be remembered. A missing value is a value of its own here.

    Parameters
    ----------
    by
        The columns that make the groups; rows that lack a value there are in none.
    column
        The column that has one value in a group.
    natural
        Share of rows that differ from most of their group in the baseline.
    """

    kind: ClassVar[str] = "agreeing"

    by: tuple[str, ...]
    column: str
    natural: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make the groups, and the one that has one value in each."""
        return (*self.by, self.column)

    def words(self) -> str:
        """Say it as a sentence."""
        usual = f", but for {self.natural:.1%} of them" if self.natural >= 0.0005 else ""
        return f"rows of a run with the same {' and '.join(self.by)} have the same {self.column}{usual}"

    def tally(self, view: BatchView) -> AgreeingTally:
        """Count the values of each group of a batch."""
        keys = [thinned(view.hashes(column)) for column in self.by]
        filled = np.logical_and.reduce([hashes != NULL for hashes in keys])
        groups = together(*keys)[filled]
        values = together(groups, thinned(view.hashes(self.column))[filled])
        rows, counts = first_rows(values)
        return AgreeingTally(self, 0, values[rows], groups[rows], counts)._bounded()

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {"by": list(self.by), "column": self.column, "natural": self.natural}


@dataclass(frozen=True, eq=False)
class AgreeingTally(Tally):
    """The values of the groups of some rows, ascending by hash, each with its group and the number of its rows.

    Of more than :data:`~airflow_mlmonitor.data.rules.fresh.TALLIED` values it keeps the groups whose hash falls below
    a line.
    """

    rule: Agreeing
    level: int
    values: Hashes
    groups: Hashes
    counts: Numbers

    def __add__(self, other: Self) -> AgreeingTally:
        counts = np.concatenate((self.counts, other.counts))
        values, rows, counts = summed(np.concatenate((self.values, other.values)), counts)
        groups = np.concatenate((self.groups, other.groups))[rows]
        return AgreeingTally(self.rule, max(self.level, other.level), values, groups, counts)._bounded()

    def _bounded(self) -> AgreeingTally:
        level, kept = bounded(self.groups, self.level)
        return AgreeingTally(self.rule, level, self.values[kept], self.groups[kept], self.counts[kept])

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say how many rows differ from most of their group."""
        _, places = np.unique(self.groups, return_inverse=True)
        rows, most = np.zeros((2, places.max(initial=-1) + 1), dtype=np.int64)
        np.add.at(rows, places, self.counts)
        np.maximum.at(most, places, self.counts)
        together = rows > 1
        asked, wrong = int(rows[together].sum()), int((rows - most)[together].sum())
        yield Measure(
            "disagreeing_share",
            wrong / asked if asked else None,
            "+".join(self.rule.columns),
            n=asked,
            family="identity",
            worse="up",
            why=None if asked else f"no two rows have the same {' and '.join(self.rule.by)}",
        )


class _Found(NamedTuple):
    rule: Agreeing
    gain: float


def learn(view: BatchView, days: Numbers) -> list[Agreeing]:
    """Find columns that have one value in each group of the rows of a day, and the one or two columns that make it.

    Of all groups in which less than .5 % of neighbours differ, and more than 20 % after shuffling the day, each column
    has the one that a small fault shows best, as with pairs; the 24 best of them are kept.
    """
    if not view.rows:
        return []
    best: dict[str, _Found] = {}
    for found in _Sample(view, Unfolding(days)).found():
        if found.rule.column not in best or found.gain > best[found.rule.column].gain:
            best[found.rule.column] = found
    return [found.rule for found in sorted(best.values(), key=lambda found: -found.gain)][:RULES]


class _Sample:
    """Some rows of some days, and their columns' values as numbers, a line a column."""

    def __init__(self, view: BatchView, unfolding: Unfolding) -> None:
        chosen = np.concatenate([np.empty(0, dtype=np.int64), *map(_part, _days(unfolding))])
        self._days, rows = unfolding.days[chosen], unfolding.rows[chosen]
        names = [name for name in view.columns if view.kind(name) in {"name", "number", "time"}]
        self._names = [name for name in names if unfolding.varies(view.hashes(name))]
        hashes = [view.hashes(name)[rows] for name in self._names]
        self._filled = [values != NULL for values in hashes]
        numbers = [np.unique(values, return_inverse=True)[1] for values in hashes]
        self._values = np.array(numbers, dtype=np.int64).reshape(len(self._names), rows.size)
        random = np.random.default_rng(0)
        self._shuffled = self._values[:, np.lexsort((random.random(rows.size), self._days))]

    def found(self) -> Iterator[_Found]:
        """All rules that hold."""
        places = range(len(self._names))
        for by in [*((place,) for place in places), *combinations(places, 2)]:
            yield from self._found(by)

    def _found(self, by: Sequence[int]) -> Iterator[_Found]:
        groups = self._days
        for place in by:
            groups = groups * (int(self._values[place].max(initial=0)) + 1) + self._values[place]
        filled = np.logical_and.reduce([self._filled[place] for place in by])
        order = np.argsort(groups, kind="stable")
        order = order[filled[order]]
        same = np.diff(groups[order]) == 0
        grouped = np.count_nonzero(np.append(same, False) | np.append(False, same)) / max(filled.size, 1)
        if grouped < GROUPED:
            return
        names = tuple(self._names[place] for place in by)
        for place, share in enumerate(_differing(self._values, order, same).tolist()):
            if share < NATURAL and place not in by:
                shuffled = float(_differing(self._shuffled[[place]], order, same)[0])
                if shuffled > SHUFFLED:
                    # Who differs, differs from two neighbours.
                    rule = Agreeing(by=names, column=self._names[place], natural=round(share / 2, 6))
                    yield _Found(rule, visible(share, share + (shuffled - share) * grouped))


def _days(unfolding: Unfolding) -> Iterator[Numbers]:
    """The places of the rows of some days."""
    bounds = np.searchsorted(unfolding.days, np.arange(unfolding.days.max(initial=0) + 2))
    for day in np.unique(np.linspace(0, bounds.size - 2, DAYS).astype(np.int64)):
        yield np.arange(bounds[day], bounds[day + 1])


def _part(rows: Numbers) -> Numbers:
    """Some of the rows of a day, from one end to the other."""
    return rows if rows.size <= ROWS else rows[np.linspace(0, rows.size - 1, ROWS).astype(np.int64)]


def _differing(values: NDArray[np.int64], order: Numbers, same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each column the share of neighbours in a group that differ."""
    ordered = values[:, order]
    changes = (ordered[:, 1:] != ordered[:, :-1])[:, same]
    return np.asarray(changes.mean(axis=1))
