"""How a baseline's rows unfolded day by day: how often something came for the first time."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes

Numbers = NDArray[np.int64]

CHUNKS = 20
"""Rows without days are taken for so many days of equal length."""

NEVER = np.iinfo(np.int64).max

DENSE = 1 << 23
"""Up to so many items a table has a place for each that may come, instead of for each that does."""

FEW = 0.05
"""Share of rows that a rule should still feel the fault of."""


class Unfolding:
    """The days of some rows, on which values may be new or known.

    Whatever is judged, is judged on the later half of the days, by what the days before each have shown: as it will
    be when runs follow one another.

    Parameters
    ----------
    days
        The number of each row's day, -1 where it is not known.

    Examples
    --------
    >>> unfolding = Unfolding(np.array([0, 0, 1, 1, 2, 2, 3, 3]))
    >>> unfolding.share_of_new(np.array([7, 8, 7, 8, 7, 9, 9, 9]))  # 9 comes on day 2, which belongs to the later half
    0.25
    """

    def __init__(self, days: Numbers) -> None:
        if not days.size or days.max() < 0:
            days = np.arange(days.size, dtype=np.int64) * CHUNKS // max(days.size, 1)
        self.rows: Numbers = np.argsort(days, kind="stable")[np.count_nonzero(days < 0) :]
        self.days = _numbered(days[self.rows])[0]
        self.late: NDArray[np.bool_] = self.days >= (self.days.max(initial=0) + 1) // 2

    @cached_property
    def shuffled(self) -> Numbers:
        """Places among :attr:`rows` that put into each row a row of the same day, at random."""
        return np.lexsort((np.random.default_rng(0).random(self.days.size), self.days))

    def numbered(self, hashes: Hashes) -> tuple[Numbers, int]:
        """Number the items of all rows from 0 on, in the order of :attr:`rows`; and say how many there are."""
        return _numbered(hashes[self.rows])

    def first_days(self, items: Numbers, count: int) -> Numbers:
        """The first day of each of ``count`` items; :data:`NEVER` where it never came."""
        first = np.full(count, NEVER, dtype=np.int64)
        first[items[::-1]] = self.days[
            ::-1
        ]  # of several the last one written stays, which is the earliest day
        return first

    def known(self, items: Numbers, count: int) -> NDArray[np.bool_]:
        """Whether each row's item had come on an earlier day."""
        return np.asarray(self.first_days(items, count)[items] < self.days)

    def share_of_new(self, hashes: Hashes, present: NDArray[np.bool_] | None = None) -> float | None:
        """Share of the later rows (those with a value) whose item is new; None where there are none."""
        asked = self.late if present is None else self.late & present[self.rows]
        new = ~self.known(*self.numbered(hashes))[asked]
        return float(new.mean()) if new.size else None

    def varies(self, hashes: Hashes) -> bool:
        """Whether a column has several values on most days, and so is no name of the day such as its month."""
        items, count = self.numbered(hashes)
        pairs = np.unique(self.days * count + items) // max(count, 1)
        return bool(np.median(np.bincount(pairs)) > 1) if pairs.size else False


def visible(natural: float, shuffled: float) -> float:
    """How well a rule shows a fault in a few rows, from the shares of broken rows by nature and when all are shuffled.

    It is how far the arcsine of the share's root moves when 5 % of the rows are shuffled: equal steps of that are
    equally easy to tell from chance.

    >>> round(visible(0, 0.9), 3), round(visible(0.02, 0.9), 3)
    (0.214, 0.114)
    """
    before, after = np.arcsin(np.sqrt([natural, natural + FEW * (shuffled - natural)]))
    return float(after - before)


def _numbered(values: NDArray[np.int64] | Hashes) -> tuple[Numbers, int]:
    items, places = np.unique(values, return_inverse=True)
    return places.astype(np.int64), int(items.size)
