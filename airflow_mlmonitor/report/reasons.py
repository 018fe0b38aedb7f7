"""What findings probably come from, how rare they are and what to do, as text."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from airflow_mlmonitor.report.groups import Group
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, wrapped
from airflow_mlmonitor.report.words import capital

REASONED = 5
"""Groups of findings of which is said what they come from."""

UNACCEPTABLE = frozenset({"check", "bound", "shape"})
"""Families of which nobody is asked whether they are the new normal."""

RARE = 0.01
"""Times a month below which nobody counts."""


def rarity(report: Report) -> str:
    """Say how rare such a run is, and among how many groups of metrics it was found; empty where nothing tells."""
    if not report.findings or report.rarity is None:
        return ""
    metrics = [verdict.metric for verdict in report.verdicts if verdict.metric.value is not None]
    groups = {(metric.column, metric.family) for metric in metrics}
    times = f"less than {RARE}" if report.rarity < RARE else f"about {report.rarity:.2g}"
    return f"A run this unusual comes {times} times a month; finding 1 ranks 1 of {len(groups):,} groups of metrics."


def advice(group: Group) -> str:
    """Say what to do about a group of findings.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> from airflow_mlmonitor.judging.verdict import Status, Verdict
    >>> advice(Group([Verdict(metric=Metric(name="mean", value=3.0, column="fare"), status=Status.WARN)]))
    'Check fare at its source and rerun, or accept it as the new normal.'
    """
    metric = group.lead.metric
    plain = f"check {metric.column} at its source" if metric.column else "check the rows at their source"
    step = group.cause.next if group.cause else f"{plain} and rerun"
    last = ", or accept it as the new normal" if may_be_normal(group) else ""
    return f"{capital(step)}{last}."


def may_be_normal(group: Group) -> bool:
    """Whether what was found may be meant to stay: nothing is known against it, and its cause may be a decision."""
    is_meant = group.cause is None or group.cause.may_be_meant
    return is_meant and group.lead.metric.family not in UNACCEPTABLE


def accepting(report: Report, groups: Sequence[Group]) -> list[str]:
    """The command that accepts what a run found as the new normal: by its incident, once it has one."""
    if all(group.lead.metric.family in UNACCEPTABLE for group in groups):
        return []
    run = ["--monitor", report.monitor, "--window", report.window.label]
    command = ["mlmonitor", "accept", *([str(report.notice.incident.id)] if report.notice else run)]
    return ["To accept it as the new normal:", f"  {printable(shlex.join(command))}"]


def reasons(groups: Sequence[Group], width: int) -> Iterator[list[str]]:
    """Say what to do about the first group of findings, and what they come from where that is known."""
    for position, group in enumerate(groups[:REASONED], 1):
        if group.cause or (position == 1 and group.lead.metric.family != "check"):
            first, *others = [f"{label}: {text}" for label, text in _said(group)]
            said = [(f"{position}. ", first), *(("   ", text) for text in others)]
            yield [line for mark, text in said for line in _hung(mark, text, width)]


def _said(group: Group) -> Iterator[tuple[str, str]]:
    if group.cause:
        yield "Likely", f"{group.cause.likely}."
        yield "Evidence", f"{'; '.join(group.cause.evidence)}."
    yield "Next", advice(group)


def _hung(mark: str, text: str, width: int) -> list[str]:
    first, *later = wrapped(printable(text), width - len(mark))
    return [f"{mark}{first}", *(f"{' ' * len(mark)}{line}" for line in later)]
