"""Three neighbouring values that stood in the rows of the run before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from airflow_mlmonitor.data.distinct import Hashes, HashSample
from airflow_mlmonitor.data.rules.fresh import EMPTY, counted, together
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.seen import Seen
from airflow_mlmonitor.data.rules.unfolding import Numbers, Unfolding
from airflow_mlmonitor.data.rules.view import NULL, BatchView

TRIPLES = 6
"""Triples of columns at most, so that the sample of a run stays below 10 kB."""

KEPT = 512
"""Triples of values of a run that are kept for the next one."""

NATURAL = 0.05
"""Share of rows whose triple of values may come from the day before by nature."""


@dataclass(frozen=True, kw_only=True)
class Triple(Rule):
    """Three neighbouring columns change from run to run: values that stood in the run before are a run old.

    Parameters
    ----------
    first, second, third
        The columns.
    natural
        Share of the baseline's rows whose three values stood in the rows of the day before.
    """

    kind: ClassVar[str] = "triple"

    first: str
    second: str
    third: str
    natural: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The three columns."""
        return self.first, self.second, self.third

    def words(self) -> str:
        """Say it as a sentence."""
        usual = f" on more than {self.natural:.1%} of rows" if self.natural >= 0.0005 else ""
        return (
            f"values of {self.first}, {self.second} and {self.third} do not come again in the next run{usual}"
        )

    def tally(self, view: BatchView) -> TripleTally:
        """Count the triples of a batch."""
        triples = _triples(view, self.columns)
        return TripleTally(self, counted(triples[triples != NULL]))

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "third": self.third,
            "natural": self.natural,
        }


@dataclass(frozen=True, eq=False)
class TripleTally(Tally):
    """The triples of some rows, as hashes, with the number of rows."""

    rule: Triple
    triples: HashSample

    def __add__(self, other: Self) -> TripleTally:
        return TripleTally(self.rule, self.triples + other.triples)

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say how many rows have three values that stood in the run before."""
        measure = Measure("repeated_share", None, "+".join(self.rule.columns), family="triples", worse="up")
        before = memory.latest.get(self.rule.key)
        if before is None:
            yield measure._replace(why="the run before is not remembered")
            return
        sampled = before.samples(self.triples.hashes)
        again, rows = (
            int(self.triples.counts[chosen].sum()) for chosen in (before.knows(self.triples.hashes), sampled)
        )
        yield measure._replace(value=again / rows if rows else None, n=rows, why=None if rows else EMPTY)

    def novelty(self, memory: Memory) -> Novelty:
        """Return a sample of the triples, known or not, for the next run."""
        return Novelty(
            latest={self.rule.key: Seen.of(self.triples.hashes, size=KEPT, level=self.triples.level)}
        )


def learn(view: BatchView, days: Numbers) -> list[Triple]:
    """Find neighbouring columns whose values hardly ever come again on the next day.

    Of all three neighbours of which less than 5 % stood in the rows of the day before, those with the smallest share
    come first, if at most one of the three is in an earlier choice; there are six at most. Columns that have one value
    on most days do not count as neighbours.
    """
    if not view.rows:
        return []
    unfolding = Unfolding(days)
    informative = [name for name in view.columns if _is_informative(view, name, unfolding)]
    threes = list(zip(informative, informative[1:], informative[2:], strict=False))
    shares = {three: _repeated(unfolding, _triples(view, three)) for three in threes}
    chosen: list[tuple[str, str, str]] = []
    taken: set[str] = set()
    for three in sorted(threes, key=shares.__getitem__):
        if shares[three] < NATURAL and len(taken & {*three}) < 2 and len(chosen) < TRIPLES:
            chosen.append(three)
            taken |= {*three}
    return [
        Triple(first=three[0], second=three[1], third=three[2], natural=round(shares[three], 6))
        for three in threes
        if three in chosen
    ]


def _is_informative(view: BatchView, name: str, unfolding: Unfolding) -> bool:
    return (view.is_name(name) or view.is_number(name)) and unfolding.varies(view.hashes(name))


def _triples(view: BatchView, columns: tuple[str, ...]) -> Hashes:
    """A hash of the three values of each row; :data:`NULL` where fewer than two are there."""
    hashes = [view.hashes(column) for column in columns]
    filled = np.sum([values != NULL for values in hashes], axis=0)
    return np.where(filled < 2, NULL, together(*hashes))


def _repeated(unfolding: Unfolding, triples: Hashes) -> float:
    """Share of the later rows whose three values stood on the day before; 1 where there are none."""
    items, count = unfolding.numbered(triples)
    there = np.unique(unfolding.days * count + items)
    asked = unfolding.late & (triples[unfolding.rows] != NULL)
    before = (unfolding.days[asked] - 1) * count + items[asked]
    if not before.size:
        return 1.0
    places = np.minimum(np.searchsorted(there, before), there.size - 1)
    return float((there[places] == before).mean())
