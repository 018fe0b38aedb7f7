"""A report as a message: for a pager, a chat or a mail."""

from __future__ import annotations

from airflow_mlmonitor.judging.incident import Happening
from airflow_mlmonitor.report.groups import Group, grouped
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, shortened
from airflow_mlmonitor.report.telling import told
from airflow_mlmonitor.report.text import headline

SHOWN = 5
"""Groups of findings in a message; the task's log has them all."""

NAMED = 12
"""Columns that a group names."""

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
    temp: missing in 31.8% of 981 rows, and 1 more finding (flight_delay/skew on 2013-02-08).
    - temp, dewp: missing in 31.8% of 981 rows; expected 0–1.2%
    """
    groups = grouped(report.findings)
    news = [notice for notice in report.notices if notice.is_news and notice.what is not Happening.OPENED]
    lines = [*map(told, news), headline(report), *(f"- {_line(group)}" for group in groups[:SHOWN])]
    hidden = sum(group.size for group in groups[SHOWN:])
    return "\n".join([*lines, f"- and {hidden} more"] if hidden else lines)


def _line(group: Group) -> str:
    lead = group.lead
    names = [
        name for name in (lead.metric.column, *(twin.lead.metric.column for twin in group.twins)) if name
    ]
    subject = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    place = f" ({lead.metric.slice})" if lead.metric.slice else ""
    said = f"{subject}{place}: {lead.why}" if subject or place else lead.why
    return shortened(printable(said), LINE)
