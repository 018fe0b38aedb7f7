"""Numbers so small that floats hold them with fewer digits: what underflowed, or is about to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow.types as kinds

from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.rules.memory import Memory


@dataclass(frozen=True, kw_only=True)
class Denormal(Rule):
    """Every column of floats: how many of its numbers are denormal; nothing of it is learned.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = BatchView(pa.record_batch({"chance": pa.array([0.5, 1e-40, 0.0, None], pa.float32())}))
    >>> [(measure.column, round(measure.value, 2)) for measure in Denormal().tally(rows).measures(None)]
    [('chance', 0.33)]
    """

    kind = "denormal"

    @property
    def columns(self) -> tuple[str, ...]:
        """None that must be there: it takes what there is."""
        return ()

    def words(self) -> str:
        """What is counted."""
        return "floats are 0 or large enough to have all their digits"

    def tally(self, view: BatchView) -> DenormalTally:
        """Count the denormal numbers of a batch."""
        counts = {}
        for name in view.columns:
            smallest = smallest_normal(view.batch.schema.field(name).type)
            if smallest and view.kind(name) == "number":
                size = np.abs(view.numbers(name))
                found = np.count_nonzero((size > 0) & (size < smallest))
                counts[name] = (int(found), int(np.count_nonzero(np.isfinite(size))))
        return DenormalTally(counts)

    def document(self) -> dict[str, Any]:
        """Nothing: there is nothing to choose."""
        return {}


@dataclass(frozen=True, eq=False)
class DenormalTally(Tally):
    """Column to how many of its numbers are denormal, and how many it has."""

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __add__(self, other: Self) -> DenormalTally:
        counts = dict(self.counts)
        for name, (found, n) in other.counts.items():
            before, rows = counts.get(name, (0, 0))
            counts[name] = (before + found, rows + n)
        return DenormalTally(counts)

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Give the share of each column."""
        for name, (found, n) in self.counts.items():
            why = f"denormal, almost 0 and without all their digits, in {found:,} of {n:,} rows"
            value = found / n if n else None
            yield Measure("denormal_share", value, name, n=n, family="stability", why=why if found else None)


def smallest_normal(type_: pa.DataType) -> float | None:
    """The smallest number above 0 that a type of floats holds with all its digits; None of other types.

    >>> import pyarrow as pa
    >>> smallest_normal(pa.float32()), smallest_normal(pa.int64())
    (1.1754943508222875e-38, None)
    """
    if kinds.is_float16(type_):
        return float(np.finfo(np.float16).smallest_normal)
    if kinds.is_float32(type_):
        return float(np.finfo(np.float32).smallest_normal)
    return float(np.finfo(np.float64).smallest_normal) if kinds.is_float64(type_) else None
