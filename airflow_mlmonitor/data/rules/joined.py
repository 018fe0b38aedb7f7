"""Which values of a join's key found nothing to join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from airflow_mlmonitor.data.rules import agreeing
from airflow_mlmonitor.data.rules.parting import Counts, counted, parted
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

VALUES = 40
"""Values of a key that are followed, the commonest ones."""

MANY = 1_000
"""Values from which on a column is a key of single rows, and none of its values has many."""

TOGETHER = 0.8
"""Part of the rows on which either of two columns is missing that both are missing on, when one join brings both."""

FEWEST = 5
"""Rows of a value from which on it says something that all of them lack the joined columns."""


@dataclass(frozen=True, kw_only=True)
class Joined(Rule):
    """Columns that a join fills by a key; where it fails for one value of the key, all rows of that value lack them.

    Single rows lack a joined value every day, and so may an hour of them. That nothing at all was found for a value of
    the key is another thing, however few rows have it.

    Parameters
    ----------
    key_column
        The key, or one column of it.
    values
        Its commonest values, as a profile shows them: those of a private column as hashes.
    filled
        The columns that the join fills.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from airflow_mlmonitor.data.rules.memory import Memory
    >>> rows = pa.record_batch({"origin": ["EWR"] * 5 + ["JFK"] * 5, "temp": [None] * 5 + [8.0] * 5})
    >>> rule = Joined(key_column="origin", values=("EWR", "JFK"), filled=("temp",))
    >>> (measure,) = rule.tally(BatchView(rows)).measures(Memory())
    >>> measure.value, measure.why
    (0.5, 'missing in all 5 rows with origin = EWR')
    """

    kind = "joined"

    key_column: str
    values: tuple[str, ...]
    filled: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The key and the columns that it fills."""
        return (self.key_column, *self.filled)

    def words(self) -> str:
        """The key and what it fills."""
        return f"the key {self.key_column} fills {', '.join(self.filled)}"

    def tally(self, view: BatchView) -> JoinedTally:
        """Count the rows of each value of the key, and those that lack each joined column."""
        return JoinedTally(self, *counted(view, self.key_column, self.values, self.filled))

    def document(self) -> dict[str, Any]:
        """The key, its values and the joined columns."""
        return {"key_column": self.key_column, "values": list(self.values), "filled": list(self.filled)}


def learn(view: BatchView, days: Counts) -> list[Rule]:
    """Take the keys of the columns that agree wherever the key does (:mod:`~airflow_mlmonitor.data.rules.agreeing`).

    Of a key of two columns the one with fewer values is followed: a feed loses an hour every now and then, and an
    airport only when something fails. A column that is missing where another one is came by the same join.
    """
    values: dict[str, tuple[str, ...]] = {}
    keys: dict[str, str] = {}
    for rule in agreeing.learn(view, days):
        values |= {key: _values(view, key) for key in rule.by if key not in values}
        found = [key for key in rule.by if 1 < len(values[key]) < MANY]
        if found:
            keys[rule.column] = min(found, key=lambda key: len(values[key]))
    filled: dict[str, list[str]] = {}
    for column, beside in _missing_together(view).items():
        known = [keys[name] for name in beside if name in keys and keys[name] != column]
        if known:
            filled.setdefault(min(known, key=lambda key: len(values[key])), []).append(column)
    return [
        Joined(key_column=key, values=values[key][:VALUES], filled=tuple(sorted(columns)))
        for key, columns in sorted(filled.items())
    ]


def _missing_together(view: BatchView) -> dict[str, list[str]]:
    """Each column that is missing somewhere, and all that are missing on nearly the same rows, itself among them."""
    missing = {name: view.missing(name) for name in view.columns}
    some = {name: rows for name, rows in missing.items() if rows.any()}
    return {
        name: [
            other
            for other, there in some.items()
            if np.count_nonzero(rows & there) >= TOGETHER * np.count_nonzero(rows | there)
        ]
        for name, rows in some.items()
    }


def _values(view: BatchView, column: str) -> tuple[str, ...]:
    """The values of a column, the commonest first."""
    positions, values = parted(view, column)
    counts = np.bincount(positions[positions >= 0], minlength=len(values))
    return tuple(values[place] for place in np.argsort(-counts, kind="stable").tolist())


@dataclass(frozen=True, eq=False)
class JoinedTally(Tally):
    """How many rows each value of a key has, and how many of them lack each joined column.

    Parameters
    ----------
    rule
        Of which it is.
    rows
        Rows of each value.
    nulls
        Joined column to the rows of each value that have none there.
    """

    rule: Joined
    rows: Counts
    nulls: Mapping[str, Counts] = field(default_factory=dict)

    def __add__(self, other: JoinedTally) -> JoinedTally:
        nulls = {column: counts + other.nulls[column] for column, counts in self.nulls.items()}
        return JoinedTally(self.rule, self.rows + other.rows, nulls)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give for each joined column the share of rows whose value of the key found nothing."""
        return self._measures()

    def _measures(self) -> Iterator[Measure]:
        key, rows = self.rule.key_column, int(self.rows.sum())
        for column, nulls in self.nulls.items():
            lost = (self.rows >= FEWEST) & (nulls == self.rows)
            named = [self.rule.values[place] for place in np.flatnonzero(lost)]
            yield Measure(
                name=f"unjoined_by_{key}",
                value=float(self.rows[lost].sum() / rows) if rows else None,
                column=column,
                n=rows,
                family="unjoined",
                worse="up",
                why=_said(key, named, int(self.rows[lost].sum())) if rows else "there are no rows",
            )


def _said(key: str, values: list[str], rows: int) -> str | None:
    if not values:
        return None
    shown = " and ".join(values) if len(values) < 3 else f"{', '.join(values[:3])} and {len(values) - 3} more"
    return f"missing in all {rows:,} rows with {key} = {shown}"
