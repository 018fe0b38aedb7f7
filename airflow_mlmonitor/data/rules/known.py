"""Columns of few values, in which a value that was never seen is worth a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from airflow_mlmonitor.data.distinct import HashSample
from airflow_mlmonitor.data.rules.fresh import counted, share_of_new
from airflow_mlmonitor.data.rules.memory import Memory, Novelty, values_key
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.unfolding import Numbers, Unfolding
from airflow_mlmonitor.data.rules.view import NULL, BatchView

VALUES = 200
"""Distinct values up to which a column counts as one of few."""

NATURAL_NAMES = 0.03
"""Share of rows with a value never seen that a column of names may have by nature."""

NATURAL_NUMBERS = 0.002
"""The same of numbers: those of a season come in their season, so a new one must be rarer to be worth a word."""


@dataclass(frozen=True, kw_only=True)
class Known(Rule):
    """A column takes few values, and new ones are rare.

    Parameters
    ----------
    column
        The column, of names or of numbers.
    """

    kind: ClassVar[str] = "known"

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def words(self) -> str:
        """Say it as a sentence."""
        return f"{self.column} takes values that were seen before"

    def tally(self, view: BatchView) -> KnownTally:
        """Count the values of a batch."""
        hashes = view.hashes(self.column)
        return KnownTally(self, counted(hashes[hashes != NULL]))

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {"column": self.column}


@dataclass(frozen=True, eq=False)
class KnownTally(Tally):
    """The values of some rows, as hashes, with the number of rows."""

    rule: Known
    values: HashSample

    def __add__(self, other: Self) -> KnownTally:
        return KnownTally(self.rule, self.values + other.values)

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say how many rows have a value that was never seen."""
        measure = Measure("new_value_share", None, self.rule.column, family="category", worse="up")
        yield share_of_new(memory, values_key(self.rule.column), self.values, measure)

    def novelty(self, memory: Memory) -> Novelty:
        """Return the values that are new."""
        return memory.novelty_of({values_key(self.rule.column): self.values.hashes})


def learn(view: BatchView, days: Numbers) -> list[Known]:
    """Find the columns with at most 200 values in which new ones are rare.

    On the later days less than 3 % of the rows had a new name, or less than .2 % a new number. Numbers that name the
    day, such as its month, are none of them: each month they are new.
    """
    if not view.rows:
        return []
    unfolding = Unfolding(days)
    return [Known(column=name) for name in view.columns if _is_known(view, name, unfolding)]


def _is_known(view: BatchView, name: str, unfolding: Unfolding) -> bool:
    if not (view.is_name(name) or view.is_number(name)):
        return False
    hashes = view.hashes(name)
    if unfolding.numbered(hashes)[1] > VALUES or (view.is_number(name) and not unfolding.varies(hashes)):
        return False
    share = unfolding.share_of_new(hashes, hashes != NULL)
    return share is not None and share < (NATURAL_NUMBERS if view.is_number(name) else NATURAL_NAMES)
