"""Questions put together: many invariants, one look at the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.invariants.column_questions import COLUMN_QUESTIONS
from airflow_mlmonitor.data.invariants.dialect import Dialect
from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept
from airflow_mlmonitor.data.invariants.question import ROWS, Asked, Question
from airflow_mlmonitor.data.invariants.row_questions import ROW_QUESTIONS
from airflow_mlmonitor.data.invariants.table_questions import TABLE_QUESTIONS

QUESTIONS: Mapping[str, Callable[[Asked], Question | None]] = {
    **TABLE_QUESTIONS,
    **COLUMN_QUESTIONS,
    **ROW_QUESTIONS,
}
"""Type of expectation to what is asked for it; every other one is for Great Expectations."""


@dataclass
class Questions:
    """The questions that some invariants put to rows; what several ask is asked once.

    Parameters
    ----------
    schema
        Names and types of the rows' columns.
    dialect
        How the questions are written.
    """

    schema: pa.Schema
    dialect: Dialect
    _kept: list[tuple[Invariant, Question, list[int]]] = field(default_factory=list)
    _asked: dict[str, int] = field(default_factory=dict)

    def add(self, invariant: Invariant) -> bool:
        """Take an invariant in, where it can be asked for in this way; tell whether it can."""
        is_full = len(self._asked) >= self.dialect.most
        ask = None if is_full else QUESTIONS.get(invariant.type)
        question = ask(Asked(invariant, self.schema, self.dialect)) if ask else None
        if question is None:
            return False
        places = [self._asked.setdefault(asked, len(self._asked)) for asked in question.asked]
        self._kept.append((invariant, question, places))
        return True

    @property
    def columns(self) -> list[str]:
        """The columns that have to be looked at, in the order of the rows'; one at least, to count them."""
        needed = {
            name for invariant, question, _ in self._kept if question.asked for name in invariant.columns
        }
        return [name for name in self.schema.names if name in needed] or self.schema.names[:1]

    def statement(self, columns: Sequence[str]) -> tuple[str, str]:
        """What to ask of a relation with some columns, before and after its name; empty if nothing is asked."""
        if not self._asked:
            return "", ""
        fields = [self.schema.field(name) for name in columns]
        plain = [
            f"{self.dialect.plain(one.name, one.type)} AS {self.dialect.quoted(one.name)}" for one in fields
        ]
        named = [f"{one} AS a{place}" for place, one in enumerate(self._asked)]
        before = f"WITH {ROWS} AS (SELECT {', '.join(plain)} FROM "  # noqa: S608
        return before, f") SELECT {', '.join(named)} FROM {ROWS}"  # noqa: S608

    def told(self, answers: Sequence[Any]) -> tuple[list[Kept], list[Invariant]]:
        """How the rows kept the invariants, and those of which the answers do not tell it after all."""
        kept, left = [], []
        for invariant, question, places in self._kept:
            found = question.told([answers[place] for place in places])
            if found is None:
                left.append(invariant)
            else:
                kept.append(found)
        return kept, left


def values_of(table: pa.Table) -> list[Any]:
    """The values of a table's only row, lists as arrays."""
    return [_value(column) for column in table.columns]


def _value(column: pa.ChunkedArray) -> Any:
    scalar = column[0]
    if not kinds.is_list(column.type) or not scalar.is_valid:
        return scalar.as_py()
    values = scalar.values  # without nulls; Arrow's own way to numpy would load pandas
    width = values.type.bit_width // 8
    dtype = np.dtype("f8" if kinds.is_floating(values.type) and width == 8 else str(values.type))
    return np.frombuffer(values.buffers()[1], dtype, len(values), values.offset * width)
