"""In which order the rows of a number stand: neighbours resemble each other, or it rises along the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.covariance import Covariance
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

ALIKE = 0.9
"""How large steps between neighbours may at most be, as a part of those between rows in random order."""

RISING = 0.3
"""Correlation with the row number, up or down, from which on a column rises along the rows."""

USUAL = 0.98
"""Share of days on which the column must vary at all."""

LEAST = 30
"""Rows of a day below which nothing is learned from it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Order(Rule):
    """A number whose value in one row tells something of that in the next, because the rows stand in order of time.

    Parameters
    ----------
    column
        The column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = BatchView(pa.record_batch({"temp": [1.0, 1.5, None, 2.0, 4.0]}))
    >>> [(measure.name, round(measure.value, 3)) for measure in Order(column="temp").tally(rows).measures(None)]
    [('step_ratio', 0.878), ('row_correlation', 0.902)]
    """

    kind = "order"

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def words(self) -> str:
        """What order there is."""
        return f"{self.column} moves in steps from row to row"

    def tally(self, view: BatchView) -> Walk:
        """Follow the column along the rows; rows without a value are stepped over."""
        return Walk.along(self, view.numbers(self.column))

    def document(self) -> dict[str, Any]:
        """The column."""
        return {"column": self.column}


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Find the numbers whose neighbours resemble each other, or that rise or fall along the rows, on most days."""
    numbers = [name for name in view.columns if view.kind(name) == "number"]
    return [Order(column=name) for name in numbers if _is_ordered(view.numbers(name), days)]


def _is_ordered(numbers: Floats, days: NDArray[np.int64]) -> bool:
    """Whether there is an order on the usual day; one that is often constant would often have none to tell of."""
    random, nobody = np.random.default_rng(0), Order(column="")
    ratios: list[float] = []
    correlations: list[float] = []
    parts = [part for part in _parts(numbers, days) if np.count_nonzero(np.isfinite(part)) >= LEAST]
    for part in parts:
        walk, chance = Walk.along(nobody, part), Walk.along(nobody, random.permutation(part)).ratio
        if walk.ratio is not None and chance:
            ratios.append(walk.ratio / chance)
            correlations.append(walk.values.correlation or 0.0)
    if not ratios or len(ratios) < USUAL * len(parts):
        return False
    return bool(np.median(ratios) < ALIKE or abs(np.median(correlations)) > RISING)


def _parts(numbers: Floats, days: NDArray[np.int64]) -> Iterator[Floats]:
    """The numbers of each day, in their order."""
    ranked = np.argsort(days, kind="stable")
    ends = np.flatnonzero(np.diff(days[ranked])) + 1
    yield from np.split(numbers[ranked], ends)


@dataclass(frozen=True, kw_only=True)
class Walk(Tally):
    """How a column went along some rows; two of them add up as if one had been walked after the other.

    Parameters
    ----------
    rule
        Of which it is.
    rows
        Rows, with and without a value.
    values
        How the row's number (``x``, from 0) and the finite values (``y``) vary together.
    steps
        Sum of the distances between each value and the next.
    first, last
        The values at both ends.
    """

    rule: Order
    rows: int = 0
    values: Covariance = field(default_factory=Covariance)
    steps: float = 0.0
    first: float = 0.0
    last: float = 0.0

    @classmethod
    def along(cls, rule: Order, numbers: Floats) -> Walk:
        """Follow some numbers; those that are not finite are stepped over."""
        places = np.flatnonzero(np.isfinite(numbers))
        if not places.size:
            return cls(rule=rule, rows=numbers.size)
        values = numbers[places]
        with np.errstate(over="ignore"):  # what is no number in the end is said to be none
            steps = float(np.abs(np.diff(values)).sum())
        return cls(
            rule=rule,
            rows=numbers.size,
            values=Covariance.of(places.astype(np.float64), values),
            steps=steps,
            first=float(values[0]),
            last=float(values[-1]),
        )

    def __add__(self, other: Walk) -> Walk:
        between = abs(other.first - self.last) if self.values.n and other.values.n else 0.0
        return Walk(
            rule=self.rule,
            rows=self.rows + other.rows,
            values=self.values + other.values.moved(self.rows),
            steps=self.steps + other.steps + between,
            first=(self if self.values.n else other).first,
            last=(other if other.values.n else self).last,
        )

    @property
    def ratio(self) -> float | None:
        """The mean step in standard deviations; 1.13 in random order where values are normal."""
        n, yy = self.values.n, self.values.yy
        varies = n > 1 and 0 < yy < math.inf
        return self.steps / (n - 1) / math.sqrt(yy / n) if varies else None

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the mean step and the correlation with the row number."""
        blank = Measure(
            name="step_ratio",
            value=self.ratio,
            column=self.rule.column,
            n=self.values.n,
            scale="log",
            family="order",
            worse="both",
            why=None if self.ratio is not None else "it does not vary",
        )
        yield blank
        yield blank._replace(name="row_correlation", value=self.values.correlation, scale="location")
