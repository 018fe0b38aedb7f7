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
    >>> [(measure.name, round(measure.value, 2), measure.why) for measure in tally.measures(Memory())]
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
        return f"{self.low:g} <= {self.column} <= {self.high:g}"

    def tally(self, view: BatchView) -> Beyond:
        """Keep the values that lie outside what was learned: whether earlier runs lay there too is asked later."""
        numbers = view.numbers(self.column)
        values = numbers[np.isfinite(numbers)]
        return Beyond(self, values.size, Sketch.of(values[(values < self.low) | (values > self.high)]))

    def document(self) -> dict[str, Any]:
        """The column and its range."""
        return {"column": self.column, "low": self.low, "high": self.high, "spread": self.spread}


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Take the range of every number; moments always go on."""
    found: list[Rule] = []
    for column in view.columns:
        if view.kind(column) == "number":
            numbers = view.numbers(column)
            values = numbers[np.isfinite(numbers)]
            if values.size:
                ends = np.quantile(values, [0, 0.01, 0.99, 1], method="inverted_cdf")
                low, first, last, high = ends.tolist()
                found.append(Within(column=column, low=low, high=high, spread=min(last - first, LARGEST)))
    return found


@dataclass(frozen=True, eq=False)
class Beyond(Tally):
    """How many values there are, and those outside the learned range.

    Parameters
    ----------
    rule
        Of which it is.
    n
        Number of finite values.
    outside
        Those outside.
    """

    rule: Within
    n: int
    outside: Sketch = field(default_factory=Sketch)

    def __add__(self, other: Beyond) -> Beyond:
        return Beyond(self.rule, self.n + other.n, self.outside + other.outside)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the share of values outside all that was ever seen, with some room on both sides."""
        known = self._known(memory)
        room = ROOM * known.spread
        x = self.outside.x
        beyond = (x < known.low - room) | (x > known.high + room)
        count = float(self.outside.w[beyond].sum())
        blank = Measure(
            name="beyond", value=0.0, column=self.rule.column, n=self.n, family="beyond", worse="up"
        )
        if not self.n:
            yield blank._replace(value=None, why="there are no values")
        elif count:
            yield blank._replace(value=count / self.n, why=_said(x[beyond], count, self.n, known))
        else:
            yield blank

    def novelty(self, memory: Memory) -> Novelty | None:
        """Return the range that these rows reach, where it is wider than what is known."""
        known, before = self._known(memory), memory.range(self.rule.column)
        x = self.outside.x
        if x.size:
            known = Range(min(known.low, float(x[0])), max(known.high, float(x[-1])), known.spread)
        return None if known == before else Novelty(ranges={self.rule.column: known})

    def _known(self, memory: Memory) -> Range:
        rule, before = self.rule, memory.range(self.rule.column)
        if before is None:
            return Range(rule.low, rule.high, rule.spread)
        return Range(min(rule.low, before.low), max(rule.high, before.high), max(rule.spread, before.spread))


def _said(beyond: NDArray[np.float64], count: float, n: int, known: Range) -> str:
    """Say how far out they lie, on the side where the farthest is."""
    is_above = float(beyond[-1]) - known.high >= known.low - float(beyond[0])
    farthest = f"up to {beyond[-1]:g}" if is_above else f"down to {beyond[0]:g}"
    return f"{count:,.0f} of {n:,} outside {known.low:g} to {known.high:g}, {farthest}"
