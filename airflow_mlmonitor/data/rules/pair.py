"""Pairs of values that go together, such as a plane and its airline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes
from airflow_mlmonitor.data.rules.fresh import EMPTY, UNKNOWN, bounded, first_rows, summed, thinned, together
from airflow_mlmonitor.data.rules.memory import Memory, Novelty, values_key
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.unfolding import DENSE, Numbers, Unfolding, visible
from airflow_mlmonitor.data.rules.view import NULL, BatchView

PAIRS = 40
PAIRS_OF_ONE_COLUMN = 5

NUMBERS = 2_500
"""Distinct values of a column of numbers, up to which it takes part."""

NATURAL = 0.03
"""Share of unseen pairs among pairs of known values that a pair of columns may have by nature."""

SHUFFLED = 0.08
"""The share that it must have at least when values are taken from other rows of the same day."""

FAMILIAR = 0.5
"""Share of rows at least whose two values had both come before: otherwise there is nothing to be seen."""


@dataclass(frozen=True, kw_only=True)
class Pair(Rule):
    """Values of two columns go together: two that are each known, and never came together, are a mistake.

    Parameters
    ----------
    left, right
        The two columns.
    natural
        Share of rows with an unseen pair in the baseline, day by day, by what the days before had shown.
    """

    kind: ClassVar[str] = "pair"

    left: str
    right: str
    natural: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.left, self.right

    def words(self) -> str:
        """Say it as a sentence."""
        usual = f"; new pairs on {self.natural:.1%} of rows are usual" if self.natural >= 0.0005 else ""
        return f"values of {self.left} and {self.right} go together{usual}"

    def tally(self, view: BatchView) -> PairTally:
        """Count the pairs of a batch."""
        left, right = thinned(view.hashes(self.left)), thinned(view.hashes(self.right))
        filled = (left != NULL) & (right != NULL)
        if not filled.all():
            left, right = left[filled], right[filled]
        pairs = together(left, right)
        rows, counts = first_rows(pairs)
        return PairTally(self, 0, pairs[rows], left[rows], right[rows], counts)._bounded()

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {"left": self.left, "right": self.right, "natural": self.natural}


@dataclass(frozen=True, eq=False)
class PairTally(Tally):
    """The pairs of some rows, ascending by hash, each with its two values and the number of its rows.

    Of more than :data:`~airflow_mlmonitor.data.rules.fresh.TALLIED` pairs it keeps those whose hash falls below a line.
    """

    rule: Pair
    level: int
    pairs: Hashes
    left: Hashes
    right: Hashes
    counts: Numbers

    def __add__(self, other: Self) -> PairTally:
        counts = np.concatenate((self.counts, other.counts))
        pairs, rows, counts = summed(np.concatenate((self.pairs, other.pairs)), counts)
        left = np.concatenate((self.left, other.left))[rows]
        right = np.concatenate((self.right, other.right))[rows]
        return PairTally(self.rule, max(self.level, other.level), pairs, left, right, counts)._bounded()

    def _bounded(self) -> PairTally:
        level, kept = bounded(self.pairs, self.level)
        pairs, left, right = self.pairs[kept], self.left[kept], self.right[kept]
        return PairTally(self.rule, level, pairs, left, right, self.counts[kept])

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say on how many rows two known values come together for the first time."""
        measure = Measure(
            "unseen_pair_share", None, "+".join(self.rule.columns), family="pair", worse="up", why=UNKNOWN
        )
        if self.rule.key not in memory:
            yield measure
            return
        sampled = memory.samples(self.rule.key, self.pairs)
        new = sampled & ~memory.knows(self.rule.key, self.pairs)
        for column, values in zip(self.rule.columns, (self.left, self.right), strict=True):
            key = values_key(column)
            sampled &= memory.samples(key, values)
            new[new] = memory.knows(key, values[new])
        rows, unseen = int(self.counts[sampled].sum()), int(self.counts[new].sum())
        yield measure._replace(value=unseen / rows if rows else None, n=rows, why=None if rows else EMPTY)

    def novelty(self, memory: Memory) -> Novelty:
        """Return the pairs and values that are new."""
        return memory.novelty_of(
            {
                self.rule.key: self.pairs,
                values_key(self.rule.left): self.left,
                values_key(self.rule.right): self.right,
            }
        )


class _Column(NamedTuple):
    """A column as pairs are looked for: the number of each row's value, -1 for none, and whether it had come before."""

    name: str
    values: Numbers
    distinct: int
    known: NDArray[np.bool_]


class _Found(NamedTuple):
    rule: Pair
    gain: float


def learn(view: BatchView, days: Numbers) -> list[Pair]:
    """Find the columns whose values go together.

    Of all pairs of columns with a natural share of unseen pairs below 3 %, and above 8 % when the values of one are
    taken from other rows of the same day, those that a small fault shows best: ranked by how far the arcsine of the
    share's root moves when 5 % of the rows are so shuffled. Every column's best one comes first, then the others, at
    most five for a column and 40 in all.
    """
    if not view.rows:
        return []
    unfolding = Unfolding(days)
    columns = [column for name in view.columns if (column := _column(view, name, unfolding))]
    pairs = [found for left, right in combinations(columns, 2) if (found := _pair(left, right, unfolding))]
    return [found.rule for found in _chosen(sorted(pairs, key=lambda found: -found.gain))]


def _column(view: BatchView, name: str, unfolding: Unfolding) -> _Column | None:
    if not (view.is_name(name) or view.is_number(name)):
        return None
    hashes = view.hashes(name)
    if not unfolding.varies(hashes):
        return None
    values, count = unfolding.numbered(hashes)
    if count > NUMBERS and view.is_number(name):
        return None
    known = unfolding.known(values, count) & (hashes[unfolding.rows] != NULL)
    return _Column(name, values, count, known)


def _pair(left: _Column, right: _Column, unfolding: Unfolding) -> _Found | None:
    both = unfolding.late & left.known & right.known
    if not both.any() or both.sum() < FAMILIAR * unfolding.late.sum():
        return None
    others = right.values[unfolding.shuffled]
    pairs, torn, count = _numbered(left.values, right.values, others, left.distinct * right.distinct)
    first = unfolding.first_days(pairs, count)
    natural = float((first[pairs] >= unfolding.days)[both].mean())
    both = unfolding.late & left.known & right.known[unfolding.shuffled]
    if natural >= NATURAL or not both.any():
        return None
    shuffled = float((first[torn] >= unfolding.days)[both].mean())
    if shuffled <= SHUFFLED:
        return None
    rule = Pair(left=left.name, right=right.name, natural=round(natural, 6))
    return _Found(rule, visible(natural, shuffled))


def _numbered(left: Numbers, right: Numbers, others: Numbers, count: int) -> tuple[Numbers, Numbers, int]:
    """Number the pairs of left and right, and of left and others, alike; and say up to where numbers go."""
    width = int(max(right.max(), others.max())) + 1
    pairs, torn = left * width + right, left * width + others
    if count <= DENSE:
        return pairs, torn, count
    items, places = np.unique(np.concatenate((pairs, torn)), return_inverse=True)
    return places[: pairs.size], places[pairs.size :], int(items.size)


def _chosen(ranked: Sequence[_Found]) -> Iterator[_Found]:
    """The best pair of every column, then the others, within the limits."""
    taken: Counter[str] = Counter()
    firsts: list[_Found] = []
    for found in ranked:
        if not all(taken[column] for column in found.rule.columns):
            firsts.append(found)
            taken.update(found.rule.columns)
    chosen = 0
    taken.clear()
    for found in [*firsts, *(found for found in ranked if found not in firsts)]:
        if chosen < PAIRS and all(taken[column] < PAIRS_OF_ONE_COLUMN for column in found.rule.columns):
            taken.update(found.rule.columns)
            chosen += 1
            yield found
