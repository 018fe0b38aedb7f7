"""What to ask of rows for one invariant, in SQL, and what the answers mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from airflow_mlmonitor.data.invariants.dialect import Dialect, Kind, kind_of
from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept

ROWS = "mlmonitor_rows"
"""Name under which questions know the rows, their columns without NaN."""


@dataclass(frozen=True)
class Question:
    """What to ask of rows for one invariant, and what the answers mean.

    Parameters
    ----------
    asked
        Expressions that each give one value of all rows.
    told
        Makes of the values how the rows kept the invariant; None where these values do not tell it after all.
    """

    asked: tuple[str, ...]
    told: Callable[[Sequence[Any]], Kept | None]


@dataclass(frozen=True)
class Asked:
    """An invariant, and what it is asked of.

    Parameters
    ----------
    invariant
        The expectation.
    schema
        Names and types of all columns.
    dialect
        How questions are written.
    """

    invariant: Invariant
    schema: pa.Schema
    dialect: Dialect

    def has(self, *columns: str) -> bool:
        """Whether the rows have some columns."""
        return all(name in self.schema.names for name in columns)

    def kind(self, column: str) -> Kind:
        """What the values of a column are."""
        return kind_of(self.schema.field(column).type)

    def kinds(self, columns: Sequence[str]) -> set[Kind]:
        """What the values of some columns are."""
        return {self.kind(column) for column in columns}

    def sql(self, column: str) -> str:
        """A column's name, quoted."""
        return self.dialect.quoted(column)

    def knows(self, *arguments: str) -> bool:
        """Whether nothing else is asked for: an argument that is not known may change what is counted."""
        known = {*arguments, "mostly", "batch_id", "column"}
        given = {name for name, value in self.invariant.arguments.items() if value not in (None, False)}
        return given <= known

    def comparable(self, columns: Sequence[str]) -> bool:
        """Whether values of the columns can be told apart as Great Expectations tells them apart."""
        kinds = self.kinds(columns)
        return len(kinds) == 1 and (kinds <= {"number"} or kinds <= self._letters or kinds <= self._clock)

    @property
    def _letters(self) -> set[Kind]:
        return {"text"} if "names" in self.dialect.has else set()

    @property
    def _clock(self) -> set[Kind]:
        return {"moment"} if "moments" in self.dialect.has else set()
