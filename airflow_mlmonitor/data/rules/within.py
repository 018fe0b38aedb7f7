"""Between which numbers a column lies, and the rows that lie outside."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.memory import Novelty, Range
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.sketch import Sketch

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

LARGEST = sys.float_info.max

OUTERMOST = 64
"""Values on either side of a batch that are kept though they lie inside the sample's range.

While the memory is young its range is narrower than the sample's; if more lie between the two, so many are counted.
"""

ROOM = 0.05
"""How far beyond the range a row may lie, as a part of the distance between the 1st and the 99th percentile."""


@dataclass(frozen=True, kw_only=True)
class Within(Rule):
    """Between which numbers a column lies; every run that trains may widen it.

    Parameters
    ----------
    column
        The column.
    low, high
        The smallest and the largest of the sample that it was learned from.
    spread
        The distance between the 1st and the 99th percentile of that sample.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from airflow_mlmonitor.data.rules.memory import Memory
    >>> rows = BatchView(pa.record_batch({"fare": [4.0, 9.0, 99.0, None]}))
    >>> tally = Within(column="fare", low=3.0, high=20.0, spread=15.0).tally(rows)
    >>> memory = Memory(ranges={"fare": Range(3.0, 20.0, 15.0)})
    >>> [(measure.name, round(measure.value, 2), measure.why) for measure in tally.measures(memory)]
    [('beyond', 0.33, '1 of 3 outside 3 to 20, up to 99')]
    """

    kind = "within"

    column: str
    low: float
    high: float
    spread: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def words(self) -> str:
        """The range."""
        if self.high == LARGEST:
            return f"{self.column} stays within what earlier runs have shown"
        return f"{self.low:g} <= {self.column} <= {self.high:g}, or what later runs have shown"

    def tally(self, view: BatchView) -> Beyond:
        """Keep the values that may lie outside what earlier runs have shown, which is asked later.

        They are all those outside the sample's range, and the outermost of the others.
        """
        numbers = view.numbers(self.column)
        values = numbers[np.isfinite(numbers)]
        outside = (values < self.low) | (values > self.high)
        inside = values[~outside]
        if inside.size > 2 * OUTERMOST:
            inside = np.partition(inside, [OUTERMOST - 1, inside.size - OUTERMOST])
            inside = np.concatenate((inside[:OUTERMOST], inside[-OUTERMOST:]))
        return Beyond(self, values.size, Sketch.of(np.concatenate((values[outside], inside))))

    def document(self) -> dict[str, Any]:
        """The column and its range."""
        return {"column": self.column, "low": self.low, "high": self.high, "spread": self.spread}


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Take the range of every number; moments always go on.

    Without any rows there is no range yet, and no room beyond it: only what earlier runs show.
    """
    return [_range(column, view.numbers(column)) for column in view.columns if view.kind(column) == "number"]


def _range(column: str, numbers: NDArray[np.float64]) -> Within:
    values = numbers[np.isfinite(numbers)]
    if not values.size:
        return Within(column=column, low=-LARGEST, high=LARGEST, spread=0.0)
    low, first, last, high = np.quantile(values, [0, 0.01, 0.99, 1], method="inverted_cdf").tolist()
    return Within(column=column, low=low, high=high, spread=min(last - first, LARGEST))


@dataclass(frozen=True, eq=False)
class Beyond(Tally):
    """How many values there are, and those that may lie outside what earlier runs have shown.

    Parameters
    ----------
    rule
        Of which it is.
    n
        Number of finite values.
    outer
        Those outside the sample's range, and the outermost of the others.
    """

    rule: Within
    n: int
    outer: Sketch = field(default_factory=Sketch)

    def __add__(self, other: Beyond) -> Beyond:
        return Beyond(self.rule, self.n + other.n, self.outer + other.outer)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the share of values outside all that was ever seen, with some room on both sides."""
        known, x = memory.range(self.rule.column), self.outer.x
        blank = Measure(
            name="beyond", value=None, column=self.rule.column, n=self.n, family="beyond", worse="up"
        )
        if known is None or not self.n:
            yield blank._replace(why="no earlier run is remembered" if self.n else "there are no values")
            return
        room = ROOM * known.spread
        beyond = (x < known.low - room) | (x > known.high + room)
        count = float(self.outer.w[beyond].sum())
        why = _said(x[beyond], count, self.n, known) if count else None
        yield blank._replace(value=count / self.n, why=why)

    def novelty(self, memory: Memory) -> Novelty | None:
        """Return the range that these rows reach, where it is wider than what is known."""
        known, x = memory.range(self.rule.column), self.outer.x
        if not x.size or (known and known.low <= x[0] and x[-1] <= known.high):
            return None
        return Novelty(ranges={self.rule.column: Range(float(x[0]), float(x[-1]), self.rule.spread)})


def _said(beyond: NDArray[np.float64], count: float, n: int, known: Range) -> str:
    """Say how far out they lie, on the side where the farthest is."""
    is_above = float(beyond[-1]) - known.high >= known.low - float(beyond[0])
    farthest = f"up to {beyond[-1]:g}" if is_above else f"down to {beyond[0]:g}"
    return f"{count:,.0f} of {n:,} outside {known.low:g} to {known.high:g}, {farthest}"
