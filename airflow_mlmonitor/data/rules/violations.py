"""How many rows break a rule that a row keeps or breaks on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory


@dataclass(frozen=True)
class Violations(Tally):
    """How many rows could be held against a rule, and how many of them break it.

    Rows where one of its columns has no value can not; that values are missing is told elsewhere.
    """

    rule: Rule
    checked: int
    violated: int

    def __add__(self, other: Violations) -> Violations:
        return Violations(self.rule, self.checked + other.checked, self.violated + other.violated)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the share of rows that break it, among those that could be held against it."""
        said = f"{self.rule.words()} fails on {self.violated:,} of {self.checked:,} rows"
        yield Measure(
            name=self.rule.kind,
            value=self.violated / self.checked if self.checked else None,
            column="+".join(self.rule.columns),
            n=self.checked,
            family=self.rule.kind,
            worse="up",
            why=said if self.checked else f"no row has all of {', '.join(self.rule.columns)}",
        )
