"""Predicted probabilities: whether they are any, and whether those of several classes add up to 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

FAMILY = "stability"

CLOSE = 1e-6
"""How near 0 or 1 a probability says nothing but no or yes."""


@dataclass(frozen=True, kw_only=True)
class Chances(Rule):
    """Columns that hold probabilities; nothing of it is learned.

    Parameters
    ----------
    names
        The columns.
    tolerance
        How far from 1 the sum of a row's columns may lie; None where they are not the classes of one prediction.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = BatchView(pa.record_batch({"yes": [0.5, 1.25, 0.3], "no": [0.5, 0.0, 0.2]}))
    >>> tally = Chances(names=("yes", "no"), tolerance=1e-4).tally(rows)
    >>> [(measure.name, measure.column, round(measure.value, 2)) for measure in tally.measures(None)]
    [('outside_share', 'yes', 0.33), ('saturated_share', 'yes', 0.0), ('outside_share', 'no', 0.0), \
('saturated_share', 'no', 0.33), ('sum_off_share', 'yes+no', 0.67)]
    """

    kind = "chances"

    names: tuple[str, ...]
    tolerance: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""
        return self.names

    def words(self) -> str:
        """What they are."""
        if self.tolerance is None:
            return f"{', '.join(self.names)} between 0 and 1"
        return f"{' + '.join(self.names)} = 1, each between 0 and 1"

    def tally(self, view: BatchView) -> ChanceTally:
        """Count the rows of a batch that are amiss."""
        numbers = {name: view.numbers(name) for name in self.names}
        sums = None
        if self.tolerance is not None:
            sums = Sums.of(np.sum(list(numbers.values()), axis=0), self.tolerance)
        return ChanceTally(self, {name: Extent.of(values) for name, values in numbers.items()}, sums)

    def document(self) -> dict[str, Any]:
        """The columns and the tolerance."""
        return {"names": list(self.names), "tolerance": self.tolerance}


class Extent(NamedTuple):
    """How some probabilities lie to 0 and 1: their number, those outside, those at an end, smallest and largest."""

    n: int
    outside: int
    saturated: int
    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Look at finite ones."""
        x = values[np.isfinite(values)]
        outside = int(np.count_nonzero((x < 0) | (x > 1)))
        saturated = int(np.count_nonzero(((x >= 0) & (x <= CLOSE)) | ((x >= 1 - CLOSE) & (x <= 1))))
        return cls(x.size, outside, saturated, float(x.min(initial=np.inf)), float(x.max(initial=-np.inf)))

    def plus(self, other: Extent) -> Extent:
        """Both together."""
        counts = (self.n + other.n, self.outside + other.outside, self.saturated + other.saturated)
        return Extent(*counts, min(self.low, other.low), max(self.high, other.high))


class Sums(NamedTuple):
    """The sums of several classes' probabilities: their number, those that are not 1, smallest and largest of these."""

    n: int
    off: int
    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64], tolerance: float) -> Self:
        """Look at the sums of rows in which every class has a probability."""
        known = values[np.isfinite(values)]
        off = known[np.abs(known - 1) > tolerance]
        return cls(known.size, off.size, float(off.min(initial=np.inf)), float(off.max(initial=-np.inf)))

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(
            self.n + other.n, self.off + other.off, min(self.low, other.low), max(self.high, other.high)
        )


@dataclass(frozen=True, eq=False)
class ChanceTally(Tally):
    """How many rows hold what no probability is.

    Parameters
    ----------
    rule
        Of which it is.
    extents
        Column to how its values lie.
    sums
        How the sums of the classes lie; None where they are not looked at.
    """

    rule: Chances
    extents: Mapping[str, Extent] = field(default_factory=dict)
    sums: Sums | None = None

    def __add__(self, other: Self) -> ChanceTally:
        extents = {name: self.extents[name].plus(other.extents[name]) for name in self.rule.names}
        sums = self.sums.plus(other.sums) if self.sums and other.sums else None
        return ChanceTally(self.rule, extents, sums)

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Give the shares of rows that are amiss."""
        for name, extent in self.extents.items():
            rows = f"{extent.n:,} rows"
            outside = f"outside 0 to 1 in {extent.outside:,} of {rows}: {extent.low:.6g} to {extent.high:.6g}"
            saturated = f"within {CLOSE:g} of 0 or 1 in {extent.saturated:,} of {rows}"
            yield _share("outside_share", name, extent.outside, extent.n, outside)
            yield _share("saturated_share", name, extent.saturated, extent.n, saturated)
        if self.sums:
            n, off, low, high = self.sums
            said = f"the classes do not add up to 1 in {off:,} of {n:,} rows: they come to {low:.6g} to {high:.6g}"
            yield _share("sum_off_share", "+".join(self.rule.names), off, n, said)


def _share(name: str, column: str, count: int, n: int, why: str) -> Measure:
    value = count / n if n else None
    return Measure(name, value, column, n=n, family=FAMILY, why=why if count else None)
