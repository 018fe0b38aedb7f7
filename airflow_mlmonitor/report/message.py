"""A report as a message: for a pager, a chat or a mail."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_mlmonitor.judging.incident import Happening
from airflow_mlmonitor.report.groups import Group, grouped
from airflow_mlmonitor.report.reasons import advice
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, shortened
from airflow_mlmonitor.report.telling import told
from airflow_mlmonitor.report.text import headline

SHOWN = 5
"""Groups of findings in a message; the task's log has them all."""

NAMED = 12
"""Columns that a group names."""

REASON = 600
"""Characters of a cause with its evidence."""

LINE = 300
"""Characters of one line."""


def message(report: Report) -> str:
    """Write a report as a few plain lines: what was found, then each group of findings, the gravest first.

    What the run means for incidents stands before it, where that is news beyond what was found.

    Columns to which the same happened share a line.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> from airflow_mlmonitor.data.window import Window
    >>> from airflow_mlmonitor.judging.verdict import Status, Verdict
    >>> why = "missing in 31.8% of 981 rows; expected 0–1.2%"
    >>> verdicts = [
    ...     Verdict(
    ...         metric=Metric(name="null_share", value=0.318, column=column, scale="share", n=981),
    ...         status=Status.FAIL,
    ...         why=why,
    ...     )
    ...     for column in ("temp", "dewp")
    ... ]
    >>> report = Report(
    ...     monitor="flight_delay/skew",
    ...     model="flight_delay",
    ...     window=Window.parse("2013-02-08"),
    ...     verdicts=tuple(verdicts),
    ...     started=datetime.now(UTC),
    ... )
    >>> print(message(report))
    temp and dewp: missing in 31.8% of 981 rows (flight_delay/skew on 2013-02-08).
    - temp, dewp: missing in 31.8% of 981 rows; expected 0–1.2%
    """
    groups = grouped(report.findings, report.causes)
    news = [notice for notice in report.notices if notice.is_news and notice.what is not Happening.OPENED]
    lines = [*map(told, news), headline(report), *(f"- {_line(group)}" for group in groups[:SHOWN])]
    hidden = sum(group.size for group in groups[SHOWN:])
    lines += [f"- and {hidden} more"] if hidden else []
    lines += _reasons(groups)
    return "\n".join(lines)


def _line(group: Group) -> str:
    lead, names = group.located, group.columns
    subject = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    part = lead.metric.slice
    place = f" ({part})" if part and not part.endswith("=*") else ""
    said = f"{subject}{place}: {lead.why}" if subject or place else lead.why
    return shortened(printable(said), LINE)


def _reasons(groups: Sequence[Group]) -> list[str]:
    """What the first findings that have a known cause come from, and what to do."""
    group = next((group for group in groups[:SHOWN] if group.cause), None)
    if group is None or group.cause is None:
        return []
    evidence = "; ".join(group.cause.evidence)
    texts = (f"Likely: {group.cause.likely}. Evidence: {evidence}.", f"Next: {advice(group)}")
    return [shortened(printable(text), REASON) for text in texts]
