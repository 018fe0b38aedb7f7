"""Two numbers of a row of which one is never larger than the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.rule import Rule
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.rules.violations import Violations

HOLDS = 0.995
"""Share of rows that must keep the order for it to be a rule."""

CHANCE = 0.95
"""Share of rows that may at most keep it when one of the columns is shuffled: above, it says little."""

BEST = 15
"""Rules that are kept, those that a shuffle breaks most."""

ROWS = 6_000
"""Rows of the sample that are looked at."""

LEAST = 100
"""Rows with both values without which nothing is learned."""


@dataclass(frozen=True, kw_only=True)
class Ordered(Rule):
    """Two numbers of a row of which one is never larger than the other.

    Parameters
    ----------
    low, high
        The columns, both of numbers or both of moments.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.record_batch({"opened": [1, 2, 3], "closed": [1, 9, None]})
    >>> Ordered(low="closed", high="opened").tally(BatchView(rows)).violated
    1
    """

    kind = "ordered"

    low: str
    high: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Both."""
        return self.low, self.high

    def words(self) -> str:
        """Such as ``opened <= closed``."""
        return f"{self.low} <= {self.high}"

    def tally(self, view: BatchView) -> Violations:
        """Count the rows that have both, and those where they stand the other way round."""
        low, high = view.numbers(self.low), view.numbers(self.high)
        checked = ~(np.isnan(low) | np.isnan(high))
        return Violations(self, int(np.count_nonzero(checked)), int(np.count_nonzero(low > high)))

    def document(self) -> dict[str, str]:
        """Write the names of the columns."""
        return {"low": self.low, "high": self.high}


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Find the pairs of columns of one kind that stand in order on nearly all rows, and would not by chance."""
    rows = np.linspace(0, view.rows - 1, min(view.rows, ROWS)).astype(np.int64)
    found: list[tuple[float, Ordered]] = []
    for kind in ("number", "time"):
        numbers = {name: view.numbers(name)[rows] for name in view.columns if view.kind(name) == kind}
        found += _ordered(numbers)
    return [rule for _, rule in sorted(found, key=lambda pair: pair[0])[:BEST]]


def _ordered(numbers: dict[str, NDArray[np.float64]]) -> Iterator[tuple[float, Ordered]]:
    for low, high in permutations(numbers, 2):
        checked = ~(np.isnan(numbers[low]) | np.isnan(numbers[high]))
        left, right = numbers[low][checked], numbers[high][checked]
        if left.size < LEAST or np.mean(left <= right) <= HOLDS:
            continue
        # The share over all ways to shuffle: how many of the left lie at or below each of the right.
        chance = float(np.searchsorted(np.sort(left), right, side="right").mean()) / left.size
        if chance < CHANCE and (left < right).any():  # two that are always equal are an identity
            yield chance, Ordered(low=low, high=high)
