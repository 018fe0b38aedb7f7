"""From what happened to the news that people are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.notifications.airflow_links import links_of
from airflow_mlmonitor.notifications.details import Details, details_of
from airflow_mlmonitor.notifications.fact_lines import (
    also_found,
    facts_of_finding,
    facts_of_incident,
    facts_of_summary,
    said_window,
)
from airflow_mlmonitor.notifications.news import Fact, News, Occasion
from airflow_mlmonitor.notifications.occurrence import Occurrence

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.incident import Incident
    from airflow_mlmonitor.pages.findings_document import FindingDocument

ATTENDED = frozenset({"acknowledged", "snoozed"})

EVERYBODY = frozenset({"fail", "broken", "warn"})

ERROR = 600
"""Characters of an error."""


def news_of(occurrence: Occurrence, metrics_conn_id: str | None = None) -> list[News]:
    """Compose what there is to tell of what happened to a task; nothing if none of it is news.

    :param occurrence: what happened.
    :param metrics_conn_id: where the details are; by default where the task keeps them.
    """
    if occurrence.summary is None:
        return [] if occurrence.succeeded else [_without_verdict(occurrence)]
    told = [(notice, _occasion(notice)) for notice in occurrence.notices]
    wanted = [(notice, occasion) for notice, occasion in told if occasion is not None]
    if not wanted and (occurrence.notices or not occurrence.found_something):
        return []
    numbers = [notice["incident"] for notice, _ in wanted]
    details = details_of(occurrence.place, numbers, metrics_conn_id or occurrence.metrics_conn_id)
    if not wanted:
        return [_untracked(occurrence, details)]
    return [_of_incident(occurrence, notice, occasion, details) for notice, occasion in wanted]


def _occasion(notice: Mapping[str, Any]) -> Occasion | None:
    """Why a notice is told; None if it is not. That somebody works on a problem goes to pagers, which then rest."""
    if notice["is_news"]:
        occasion: Occasion = notice["notice"]
        return occasion
    return "acknowledged" if notice.get("state") in ATTENDED else None


def _of_incident(
    occurrence: Occurrence, notice: Mapping[str, Any], occasion: Occasion, details: Details
) -> News:
    number = notice["incident"]
    incident = details.incidents.get(number)
    finding = None if occasion == "resolved" else _finding(details, incident)
    told_as = details.told_as.get(number, frozenset() if occasion == "opened" else EVERYBODY)
    facts = (*_facts(occasion, details, finding, occurrence), *facts_of_incident(occasion, incident))
    return News(
        occasion=occasion,
        status=notice["status"],
        title=(finding["title"] if finding else details.titles.get(number) or notice["title"]).rstrip("."),
        facts=facts,
        also=also_found(details.page, finding) if finding else "",
        incident=number,
        links=links_of(occurrence.place, number, over=occasion == "resolved"),
        told_as=told_as | {notice["status"]},
        finding=finding,
        page=details.page,
        note=details.note,
        **_of_run(occurrence),
    )


def _facts(
    occasion: Occasion, details: Details, finding: FindingDocument | None, occurrence: Occurrence
) -> Sequence[Fact]:
    if occasion == "resolved":
        return ()
    if finding is not None and details.page is not None:
        return facts_of_finding(details.page, finding, occurrence.place.task_id)
    return facts_of_summary(occurrence.summary or {})


def _finding(details: Details, incident: Incident | None) -> FindingDocument | None:
    """The run's first finding that is about the columns of the incident."""
    found = details.page["findings"] if details.page else []
    columns = set(incident.columns) if incident else set()
    its = [finding for finding in found if columns & set(finding["columns"])]
    return next(iter(its or found), None)


def _untracked(occurrence: Occurrence, details: Details) -> News:
    """What was found by a run that could not be saved: no incident knows of it."""
    summary = occurrence.summary or {}
    first: Mapping[str, Any] = next(iter(summary.get("findings") or []), {})
    column, why = first.get("column"), first.get("why", "")
    return News(
        occasion="failed",
        status=summary["status"],
        title=f"{column}: {why}" if column else why or "findings that could not be saved",
        facts=facts_of_summary(summary),
        why="You get this because the task failed. It will be told again when it fails again.",
        note=f"What was found could not be saved: {occurrence.error[:ERROR]}"
        if occurrence.error
        else details.note,
        links=links_of(occurrence.place, None, found=False),
        **_of_run(occurrence),
    )


def _without_verdict(occurrence: Occurrence) -> News:
    """A task that failed before it could conclude anything, or that is no monitor."""
    task, monitor = occurrence.place.task_id, bool(occurrence.model)
    return News(
        occasion="failed",
        status="broken" if monitor else "fail",
        title=f"task {task} failed" + (" before it could check anything" if monitor else ""),
        facts=(
            Fact(
                label="Error",
                lines=(occurrence.error[:ERROR] or "none was given: the task was killed or lost",),
            ),
            Fact(label="Next", lines=("read the end of the task's log",)),
        ),
        why="You get this because the task failed. It will be told again when it fails again.",
        links=links_of(occurrence.place, None, found=False),
        **_of_run(occurrence),
    )


def _of_run(occurrence: Occurrence) -> dict[str, Any]:
    summary = occurrence.summary or {}
    model = summary.get("model") or occurrence.model
    return {
        "subject": model or occurrence.place.dag_id,
        "model": model,
        "monitor": summary.get("monitor", ""),
        "owner": occurrence.owner,
        "place": occurrence.place,
        "window": said_window(summary.get("window")),
    }
