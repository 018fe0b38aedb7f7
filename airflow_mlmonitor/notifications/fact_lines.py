"""The labelled lines of a message, out of what pages, incidents and tasks say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Happening, Incident
from airflow_mlmonitor.notifications.news import Fact, Occasion
from airflow_mlmonitor.pages.moment_words import span_words, window_words
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.documents import TaskPage
    from airflow_mlmonitor.pages.findings_document import CompanionDocument, FindingDocument

SHOWN = 5
"""Findings, companions and sentences of evidence that a message names; the page has them all."""

NAMED = 12
"""Columns that one line names."""

ALSO = 3
"""Further findings that are named."""


def facts_of_finding(page: TaskPage, finding: FindingDocument, task_id: str = "") -> tuple[Fact, ...]:
    """Say what a run's page says of one finding: value, expectation, since when, what moved with it, why, what next.

    :param task_id: the task that tells it, which need not be told where to start if that is itself.
    """
    verdict, expected = page["verdict"], finding["expected"]["words"]
    record, runs = finding["record"]["words"], verdict["baseline_runs"]
    compared = [plural(runs, "run")] if runs and "run" not in record else []
    compared += [record] if record else []
    rows = [plural(verdict["rows"], "row")] if verdict["rows"] else []
    version = [f"model {verdict['model_version']}"] if verdict["model_version"] else []
    start = verdict["start_at"]
    lines: dict[str, Sequence[str]] = {
        "Value": [f"{finding['value_words']} ({finding['metric_words']})"],
        "Expected": [f"{expected} ({'; '.join(compared)})" if compared else expected] if expected else [],
        "Since": [finding["since"]["words"]],
        "Data": [", ".join([f"{verdict['window_words']}", *rows, *version])],
        "With it": list(_companions(finding["moves_with"])) or ["nothing else"],
        "Impact": [verdict["impact"]],
        "Start at": [f"{start['task_id']}: {start['why']}"] if start and start["task_id"] != task_id else [],
        "Likely": [finding["likely"]],
        "Evidence": finding["evidence"][:SHOWN] if finding["likely"] else [],
        "Next": [finding["next"]],
    }
    return _facts(lines)


def _companions(moved: Sequence[CompanionDocument]) -> Iterator[str]:
    """What moved with it; columns of which the same is said share a line."""
    alike: dict[str, list[str]] = {}
    for one in moved:
        alike.setdefault(one["words"], []).append(one["column"] or one["metric"])
    for words, columns in list(alike.items())[:SHOWN]:
        names = list(dict.fromkeys(columns))
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"{', '.join(names[:NAMED])}{more}: {words}" if words else f"{', '.join(names[:NAMED])}{more}"


def also_found(page: TaskPage | None, finding: FindingDocument) -> str:
    """Name the run's other findings in one sentence; empty where there are none."""
    if page is None:
        return ""
    others = [one for one in page["findings"] if one["rank"] != finding["rank"]]
    count = page["findings_total"] - 1
    if not others or count < 1:
        return ""
    titles = "; ".join(printable(one["title"]).rstrip(".") for one in others[:ALSO])
    more = f"; and {count - ALSO} more" if count > ALSO else ""
    return f"Also {plural(count, 'finding')}: {titles}{more}."


def facts_of_summary(summary: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Say what a monitor left in XCom: all that is known while the store is away."""
    found = summary.get("findings") or []
    lines: dict[str, Sequence[str]] = {
        "Found": [_said(finding) for finding in found[:SHOWN]],
        "Data": [", ".join(filter(None, [said_window(summary.get("window")), _rows(summary)]))],
        "Likely": [summary.get("likely") or ""],
        "Evidence": (summary.get("evidence") or [])[:SHOWN],
        "Next": [summary.get("next") or ""],
    }
    return _facts(lines)


def _rows(summary: Mapping[str, Any]) -> str:
    return plural(summary["rows"], "row") if summary.get("rows") else ""


def _said(finding: Mapping[str, Any]) -> str:
    part = finding.get("slice")
    place = f" ({part})" if part and not part.endswith("=*") else ""
    subject = f"{finding.get('column') or ''}{place}".strip()
    return f"{subject}: {finding['why']}" if subject else str(finding["why"])


def facts_of_incident(occasion: Occasion, incident: Incident | None) -> tuple[Fact, ...]:
    """Say how long a problem has been open, and who works on it; of one that opens there is nothing to say."""
    if incident is None or occasion == "opened":
        return ()
    runs = f"{plural(incident.runs, 'run')} with findings"
    first, last = window_words(incident.opened), window_words(incident.last)
    days = f"{runs}, {first}" + (f" to {last}" if incident.runs > 1 else "")
    over = f"with the run of {window_words(incident.resolved)}" if incident.resolved else ""
    if not incident.windows:
        days = "its runs were run again and found nothing"
    return _facts(
        {"Over": [over], "Open": [days], "Attended": [_attended(incident)]}
        if occasion == "resolved"
        else {"Open": [f"since {first}, {runs}"], "Attended": [_attended(incident)]}
    )


def _attended(incident: Incident) -> str:
    """Who works on it and how soon they did, without an e-mail address."""
    seen = next((event.made_at for event in incident.events if event.what is Happening.OPENED), None)
    known = incident.latest(
        Happening.ACKNOWLEDGED, Happening.SNOOZED, Happening.MARKED_BAD, Happening.ACCEPTED
    )
    if known is None:
        return ""
    who = f" by {known.who.partition('@')[0]}" if known.who else ""
    return f"{known.what.value}{who}" + (f" after {span_words(known.made_at - seen)}" if seen else "")


def said_window(window: Sequence[str] | None) -> str:
    """Write a window that stands in XCom for people, in UTC; empty where there is none.

    >>> said_window(["2013-03-14T00:00:00+00:00", "2013-03-15T00:00:00+00:00"]), said_window(None)
    ('Thu 14 Mar 2013', '')
    """
    if not window:
        return ""
    start, end = (datetime.fromisoformat(moment) for moment in window)
    return window_words(Window(start, end))


def _facts(lines: Mapping[str, Sequence[str]]) -> tuple[Fact, ...]:
    """Facts of the labels under which something is said."""
    said = {label: tuple(filter(None, map(printable, texts))) for label, texts in lines.items()}
    return tuple(Fact(label=label, lines=texts) for label, texts in said.items() if texts)
