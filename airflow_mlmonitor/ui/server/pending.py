"""What pages say of tasks that have concluded nothing yet: Airflow knows how far they are."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_mlmonitor.pages.documents import (
    CountsDocument,
    DagRunPage,
    DisplayName,
    RunRowDocument,
    TaskPage,
    VerdictDocument,
)
from airflow_mlmonitor.ui.server.airflow_records import Pipeline, TaskAddress

UNDER_WAY: Mapping[str, str] = {
    "running": "It is running; what it finds will stand here when it ends.",
    "queued": "It is queued, and will run when a worker is free.",
    "scheduled": "It is scheduled, and will run when a worker is free.",
    "deferred": "It waits for something outside Airflow.",
    "restarting": "It is being restarted.",
    "up_for_retry": "It could not run, and will be tried again; its log says why.",
    "up_for_reschedule": "It waits for something, and looks again from time to time.",
}
OVER: Mapping[str, str] = {
    "": "It has not started yet; it waits for the tasks before it.",
    "skipped": "It was skipped in this run.",
    "upstream_failed": "It did not run: a task before it failed.",
    "removed": "It is no longer part of the DAG.",
    "failed": "It failed before it concluded anything; its log says why.",
    "success": "Nothing of this run is in the metrics store: it was removed, or the task writes to another one.",
}
NO_MONITOR = "This task runs no monitor."


def standing(state: str) -> tuple[DisplayName, str]:
    """Return what stands in the place of a status, and a sentence, for a task's state."""
    if state in UNDER_WAY:
        return "running", UNDER_WAY[state]
    return "none", OVER.get(state, f"It is {state.replace('_', ' ')}.")


def pending_page(task: TaskAddress, state: str, *, is_monitor: bool) -> TaskPage:
    """Return the page of a task instance that the store does not know."""
    status, sentence = standing(state) if is_monitor else ("none", NO_MONITOR)
    return TaskPage(
        verdict=_verdict(status, sentence),
        incident=None,
        findings=[],
        other_groups=[],
        findings_total=0,
        quiet_columns=[],
        closest=[],
        strip=[],
        learning=None,
        broken=[],
        can_edit=False,
    )


def with_pending(page: DagRunPage, states: Mapping[tuple[str, int], str], pipeline: Pipeline) -> DagRunPage:
    """Add to a DAG run those of its monitors that have not concluded anything, each in its place.

    A monitor that runs again (it was cleared, or tried again) is shown as running.
    """
    rows = list(page["monitors"])
    known = {(row["task_id"], row["map_index"]) for row in rows}
    rows = [_again(row, states.get((row["task_id"], row["map_index"]), "")) for row in rows]
    rows += [
        _row(task_id, index, state)
        for (task_id, index), state in states.items()
        if task_id in pipeline.monitors and (task_id, index) not in known
    ]
    places = {task_id: place for place, task_id in enumerate(pipeline.order)}
    rows.sort(key=lambda row: (places.get(row["task_id"], len(places)), row["map_index"]))
    rows = [{**row, "position": place} for place, row in enumerate(rows, 1)]
    added: DagRunPage = {**page, "monitors": rows}
    if page["monitors"] or not rows:
        return added
    status: DisplayName = "running" if any(row["status"] == "running" for row in rows) else "none"
    headline = (
        "The monitors of this run are not done yet." if status == "running" else "No monitor has run yet."
    )
    return {**added, "status": status, "headline": headline}


def _again(row: RunRowDocument, state: str) -> RunRowDocument:
    status, sentence = standing(state)
    if status != "running":
        return row
    return {**row, "status": status, "sentence": sentence}


def _row(task_id: str, map_index: int, state: str) -> RunRowDocument:
    status, sentence = standing(state)
    return RunRowDocument(
        position=0,
        task_id=task_id,
        map_index=map_index,
        monitor="",
        status=status,
        sentence=sentence,
        ratio=None,
        metrics=0,
        start_here=False,
        strip=[],
    )


def _verdict(status: DisplayName, headline: str) -> VerdictDocument:
    return VerdictDocument(
        status=status,
        headline=headline,
        impact="",
        start_at=None,
        counts=CountsDocument(fail=0, warn=0, ok=0, learning=0, broken=0),
        rows=0,
        columns=0,
        window_start="",
        window_end="",
        window_words="",
        model="",
        model_version="",
        monitor="",
        baseline_runs=0,
        rarity="",
        judged_at="",
        seconds=0.0,
        score=None,
        threshold=None,
        mark=None,
    )
