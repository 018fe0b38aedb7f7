"""Findings that tell of one thing, read as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.judging.verdict import Verdict

if TYPE_CHECKING:
    from airflow_mlmonitor.diagnosis.cause import Diagnosis

SAME = 0.01
"""Shares that differ by less than this part of themselves are called the same."""

PLAIN = (
    "rows",
    "null_share",
    "unseen_share",
    "duplicates",
    "zero_share",
    "beyond_share",
    "identity",
    "ordered",
)
"""Metrics that say by themselves what happened, the plainest first."""

UNJOINED = "unjoined"
"""Family of metrics that say of which keys a column is missing on every row."""

PLAINER = 0.05
"""Part of the gravest finding's severity that a plainer one must have."""


@dataclass
class Group:
    """The findings of one column, the gravest first, and of others to which the same happened.

    Parameters
    ----------
    findings
        At least one.
    twins
        Groups of other columns whose gravest finding is the same: one metric, one status and nearly one share,
        as when a join fails and every column of it goes missing in the same rows.
    followers
        Groups of other columns that come from the same cause, and show it in another way.
    cause
        What they probably come from; None where nothing is known.
    """

    findings: list[Verdict]
    twins: list[Group] = field(default_factory=list)
    followers: list[Group] = field(default_factory=list)
    cause: Diagnosis | None = None

    @property
    def lead(self) -> Verdict:
        """The gravest finding."""
        return self.findings[0]

    @property
    def plain(self) -> Verdict:
        """The finding that people read most easily, where the gravest one is abstract and it is not much milder."""
        if self.lead.metric.name.rpartition(".")[2] in PLAIN:
            return self.lead
        easy = [
            verdict
            for verdict in self.findings
            if verdict.metric.name in PLAIN and verdict.severity >= PLAINER * self.lead.severity
        ]
        return min(easy, key=lambda verdict: PLAIN.index(verdict.metric.name), default=self.lead)

    @property
    def columns(self) -> list[str]:
        """The columns to which it happened, its own first; none where it is about the table."""
        known = (group.lead.metric.column for group in (self, *self.twins))
        return list(dict.fromkeys(column for column in known if column))

    @property
    def located(self) -> Verdict:
        """The same, or, where all that is missing belongs to some keys, the finding that says to which."""
        plain = self.plain
        missing = plain.metric.value if plain.metric.name == "null_share" else None
        unjoined = (one for one in self.findings if one.metric.family == UNJOINED)
        whole = (one for one in unjoined if missing and (one.metric.value or 0.0) >= (1 - SAME) * missing)
        return next(whole, plain)

    @property
    def size(self) -> int:
        """Number of findings in it."""
        return len(self.findings) + sum(group.size for group in (*self.twins, *self.followers))

    def is_twin(self, other: Group) -> bool:
        """Whether the same happened to another column."""
        return _are_alike(self.plain, other.plain) or _are_alike(self.located, other.located)

    def shares_cause(self, other: Group) -> bool:
        """Whether another column's findings come from the same cause."""
        return self.cause is not None and self.cause is other.cause


def grouped(findings: Iterable[Verdict], causes: Sequence[Diagnosis] = ()) -> list[Group]:
    """Gather ranked findings by column, and columns by what happened to them; the ranking stays.

    Findings about the table stand alone: its rows and its schema have nothing to do with each other, unless they have
    one cause.
    """
    columns: dict[tuple[str | None, str], list[Verdict]] = defaultdict(list)
    for verdict in findings:
        metric = verdict.metric
        columns[metric.column, "" if metric.column else metric.name].append(verdict)
    groups: list[Group] = []
    for found in columns.values():
        group = Group(found, cause=_cause(found[0], causes))
        twin = next((known for known in groups if known.is_twin(group)), None)
        elder = next((known for known in groups if known.shares_cause(group)), None)
        if twin is not None and (elder is None or elder is twin):
            twin.twins.append(group)
        else:
            (elder.followers if elder else groups).append(group)
    return groups


def _are_alike(one: Verdict, other: Verdict) -> bool:
    """Whether two findings say the same of two columns."""
    mine, its = one.metric, other.metric
    if not mine.column or not its.column or mine.value is None or its.value is None:
        return False
    alike = (mine.name, mine.slice, one.status) == (its.name, its.slice, other.status)
    return alike and mine.scale == "share" and abs(mine.value - its.value) <= SAME * abs(mine.value)


def _cause(lead: Verdict, causes: Sequence[Diagnosis]) -> Diagnosis | None:
    """The surest diagnosis that explains a finding: one of its columns, or all the columns of a rule."""
    column = lead.metric.column
    if column is None:
        return next((cause for cause in causes if lead.metric.family in cause.families), None)
    named = {column, *column.split("+")}
    return next((cause for cause in causes if named & set(cause.columns)), None)
