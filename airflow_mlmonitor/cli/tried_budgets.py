"""What budgets would have brought, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, shortened, table, wrapped
from airflow_mlmonitor.report.text import NAME, painted
from airflow_mlmonitor.report.words import STATUS_WORDS, number, plural

if TYPE_CHECKING:
    from airflow_mlmonitor.backtesting import Backtest, Recording

USUAL = 1.0
"""The budget whose days are told, where it is among those tried; otherwise the first one is."""

NAMED = 8
"""Columns that are named with the number of their alerts."""

ASIDE = re.compile(r" \([^()]*\)$")
"""What a reason rests on, at its end."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was judged once more, and what each budget brings.

    Parameters
    ----------
    subject
        The monitor, or the files.
    source
        Where its runs come from, in words.
    recording
        The runs.
    results
        One for each budget.
    """

    subject: str
    source: str
    recording: Recording
    results: Sequence[Backtest]

    @property
    def told(self) -> Backtest:
        """The one whose days are told."""
        usual = (result for result in self.results if result.budget == USUAL)
        return next(usual, self.results[0])


def span(windows: Sequence[Window]) -> str:
    """Write the days from the first to the last window."""
    moments = windows[0].start, windows[-1].end - timedelta(microseconds=1)
    days = [f"{moment:%Y-%m-%d}" for moment in moments]
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"


def lines(tried: Tried, width: int, *, colour: bool) -> Iterator[str]:
    """Write what was found as tables for a terminal."""
    told, windows = tried.told, [measured.run.window for measured in tried.recording.runs]
    after = f" after {plural(told.learning, 'run')} that only learned" if told.learning else ""
    heading = (
        f"{tried.subject}: {plural(told.judged, 'run')} judged{after}, {span(windows)} ({tried.source})."
    )
    yield from wrapped(printable(heading), width)
    yield ""
    rows = [_row(result) for result in tried.results]
    header = ["Asked a month", "Alerts", "Alerts a month", "True rate (95%)", "Incidents a month"]
    yield from table(header, rows, width=width, right=range(len(header)))
    yield ""
    if not told.alerts:
        yield f"At {number(told.budget)} a month no run would have alerted."
        return
    yield f"At {number(told.budget)} a month, {plural(len(told.alerts), 'run')} would have alerted:"
    yield ""
    header, paint = ["Window", "Status", "Columns", "What happened"], {1: painted} if colour else {}
    yield from table(header, [_day(report) for report in told.alerts], width=width, wrap=3, paint=paint)
    yield ""
    counts = [f"{_named(column)} {count}" for column, count in told.columns.items()]
    more = f" and {len(counts) - NAMED} more" if counts[NAMED:] else ""
    said = f"Columns by the runs that alert for them: {', '.join(counts[:NAMED])}{more}."
    yield from wrapped(said, width)


def _row(result: Backtest) -> list[str]:
    low, high = result.interval
    return [
        number(result.budget),
        f"{len(result.alerts):,}",
        f"{result.alerts_a_month:.2f}",
        f"{low:.2f}–{high:.2f}",
        f"{result.incidents_a_month:.2f}",
    ]


def _day(report: Report) -> list[str]:
    from airflow_mlmonitor.backtesting import columns_of

    first, *others = [shortened(column or "(table)", NAME // 2) for column in columns_of(report)]
    more = f" and {len(others)} more" if others else ""
    why = ASIDE.sub("", report.findings[0].why)
    return [
        report.window.label,
        STATUS_WORDS[report.status],
        first + more,
        printable(why),
    ]


def _named(column: str) -> str:
    return shortened(column, NAME) or "(table)"


def document(tried: Tried) -> dict[str, Any]:
    """Write what was found as one plain document."""
    from airflow_mlmonitor.backtesting import columns_of

    told = tried.told
    return {
        "subject": tried.subject,
        "runs": len(tried.recording.runs),
        "judged": told.judged,
        "learning": told.learning,
        "bad": tried.recording.bad,
        "start": tried.recording.runs[0].run.window.start,
        "end": tried.recording.runs[-1].run.window.end,
        "budgets": [_plain(result) for result in tried.results],
        "told": told.budget,
        "days": [
            {
                "start": report.window.start,
                "end": report.window.end,
                "status": report.status.value,
                "columns": columns_of(report),
                "findings": len(report.findings),
                "why": report.findings[0].why,
            }
            for report in told.alerts
        ],
        "columns": told.columns,
    }


def _plain(result: Backtest) -> dict[str, Any]:
    low, high = result.interval
    return {
        "budget": result.budget,
        "alerts": len(result.alerts),
        "alerts_a_month": result.alerts_a_month,
        "lower": low,
        "upper": high,
        "incidents": result.incidents,
        "incidents_a_month": result.incidents_a_month,
    }
