"""Findings that tell of one thing, read as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from airflow_mlmonitor.judging.verdict import Verdict

SAME = 0.01
"""Shares that differ by less than this part of themselves are called the same."""


@dataclass
class Group:
    """The findings of one column, the gravest first.

    Parameters
    ----------
    findings
        At least one.
    twins
        Groups of other columns whose gravest finding is the same: one metric, one status and nearly one share,
        as when a join fails and every column of it goes missing in the same rows.
    """

    findings: list[Verdict]
    twins: list[Group] = field(default_factory=list)

    @property
    def lead(self) -> Verdict:
        """The gravest finding."""
        return self.findings[0]

    @property
    def size(self) -> int:
        """Number of findings in it."""
        return len(self.findings) + sum(twin.size for twin in self.twins)

    def is_twin(self, other: Group) -> bool:
        """Whether the same happened to another column."""
        mine, its = self.lead.metric, other.lead.metric
        if not mine.column or not its.column or mine.value is None or its.value is None:
            return False
        alike = (mine.name, mine.slice, self.lead.status) == (its.name, its.slice, other.lead.status)
        return alike and mine.scale == "share" and abs(mine.value - its.value) <= SAME * abs(mine.value)


def grouped(findings: Iterable[Verdict]) -> list[Group]:
    """Gather ranked findings by column, and columns by what happened to them; the ranking stays.

    Findings about the table stand alone: its rows and its schema have nothing to do with each other.
    """
    columns: dict[tuple[str | None, str], list[Verdict]] = defaultdict(list)
    for verdict in findings:
        metric = verdict.metric
        columns[metric.column, "" if metric.column else metric.name].append(verdict)
    groups: list[Group] = []
    for group in map(Group, columns.values()):
        elder = next((known for known in groups if known.is_twin(group)), None)
        (elder.twins if elder else groups).append(group)
    return groups
