"""How many rows the commonest values of a column have, and among which of them most is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.parting import Counts, counted
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.segmenting import segmenting
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

COLUMNS = 3
"""Segment columns at most."""

ROWS = 20_000
"""Rows of the sample that are looked at."""

ROOM = 5
"""Rows that are added to every segment, so that one missing value of a tiny one is no large share."""


@dataclass(frozen=True, kw_only=True)
class Segment(Rule):
    """Which values of a column are followed as segments of the rows.

    Parameters
    ----------
    column
        The column.
    values
        Its commonest values, as a profile shows them: those of a private column as hashes.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.record_batch({"origin": ["EWR", "JFK", "EWR"], "temp": [None, 9.5, 8.0]})
    >>> tally = Segment(column="origin", values=("EWR", "JFK")).tally(BatchView(rows))
    >>> tally.rows.tolist(), tally.nulls["temp"].tolist()
    ([2, 1], [1, 0])
    """

    kind = "segment"

    column: str
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def words(self) -> str:
        """The columns and its values."""
        return f"rows and missing values are followed by {self.column}: {', '.join(self.values)}"

    def tally(self, view: BatchView) -> SegmentTally:
        """Count the rows of each segment, and what is missing in them."""
        others = [column for column in view.columns if column != self.column]
        return SegmentTally(self, *counted(view, self.column, self.values, others))

    def document(self) -> dict[str, Any]:
        """The column and its values."""
        return {"column": self.column, "values": list(self.values)}


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Choose up to three columns whose values part the rows into segments that differ most."""
    rows = np.linspace(0, view.rows - 1, min(view.rows, ROWS)).astype(np.int64)
    view, days = view.thinned(rows), days[rows]
    return [Segment(column=column, values=values) for column, values in segmenting(view, days, COLUMNS)]


@dataclass(frozen=True, eq=False)
class SegmentTally(Tally):
    """How many rows each segment has, and how many of them miss a value.

    Parameters
    ----------
    rule
        Of which it is.
    rows
        Rows of each value.
    nulls
        Column to the rows of each value that have none there.
    """

    rule: Segment
    rows: Counts
    nulls: Mapping[str, Counts] = field(default_factory=dict)

    def __add__(self, other: SegmentTally) -> SegmentTally:
        nulls = dict(self.nulls)
        for column, counts in other.nulls.items():
            nulls[column] = nulls[column] + counts if column in nulls else counts
        return SegmentTally(self.rule, self.rows + other.rows, nulls)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the rows of each segment, and of every column the segment that misses most."""
        yield from self._sizes()
        for column, nulls in self.nulls.items():
            yield self._gap(column, nulls)

    def _sizes(self) -> Iterator[Measure]:
        column = self.rule.column
        for value, rows in zip(self.rule.values, self.rows.tolist(), strict=True):
            yield Measure(
                name="segment_rows",
                value=2 * math.sqrt(rows),  # which chance moves by about 1, however many they are
                column=column,
                slice=f"{column}={value}",
                n=rows,
                scale="location",
                family="segment_rows",
                worse="both",
                why=f"{rows:,} rows have {column} = {value}",
            )

    def _gap(self, column: str, nulls: Counts) -> Measure:
        shares = nulls / (self.rows + ROOM)
        worst = int(np.argmax(shares))
        missing, rows, value = int(nulls[worst]), int(self.rows[worst]), self.rule.values[worst]
        said = f"missing in {missing:,} of {rows:,} rows with {self.rule.column} = {value}"
        return Measure(
            name="nulls_by_segment",
            value=float(shares[worst]),
            column=column,
            slice=f"{self.rule.column}=*",
            n=rows,
            family="nulls_by_segment",
            worse="up",
            why=said if missing else None,
        )
