"""One metric, judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from airflow_mlmonitor.checks.metric import Metric


class Status(StrEnum):
    """How a metric, a check or a whole run came out, mildest first."""

    OK = "ok"
    LEARNING = "learning"
    WARN = "warn"
    BROKEN = "broken"
    FAIL = "fail"

    @property
    def rank(self) -> int:
        """Position from mild (0) to grave."""
        return _RANKS[self]

    @property
    def is_finding(self) -> bool:
        """Whether somebody should read it."""
        return self.rank >= Status.WARN.rank


_RANKS = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One metric judged.

    Parameters
    ----------
    metric
        What was measured.
    status
        ok, learning (too little is known yet), warn, fail, or broken (it could not be measured).
    lower, upper
        The range in which the value would have been ok; None leaves a side open.
    expected
        The value that was expected.
    severity
        How far it is out, for ranking: 0 is unremarkable, 1 is just on the line.
    why
        The reason in words, for a tired person; empty when ok.
    suspects
        Of a finding about several columns, those of its metric's ``column`` between the ``+``, the likeliest to be
        wrong first, where the judge can tell.
    """

    metric: Metric
    status: Status
    lower: float | None = None
    upper: float | None = None
    expected: float | None = None
    severity: float = 0.0
    why: str = ""
    suspects: tuple[str, ...] = ()

    @property
    def is_grounded(self) -> bool:
        """Whether a range, a limit or a hard rule stands behind it: a warning may come before there is any history."""
        return self.status is not Status.WARN or self.lower is not None or self.upper is not None


def ranked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The findings among verdicts, gravest and farthest out first."""
    findings = [verdict for verdict in verdicts if verdict.status.is_finding]
    return sorted(findings, key=lambda verdict: (-verdict.status.rank, -verdict.severity))


def worst(verdicts: list[Verdict]) -> Status:
    """The gravest status among verdicts; ok when there are none.

    ``learning`` counts only when nothing was judged at all: one young series does not make a run young.
    """
    statuses = {verdict.status for verdict in verdicts}
    if statuses - {Status.LEARNING}:
        statuses.discard(Status.LEARNING)
    return max(statuses, key=lambda status: status.rank, default=Status.OK)
