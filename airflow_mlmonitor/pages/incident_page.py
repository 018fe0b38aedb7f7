"""One problem over time: what it is, what happened to it, what changed before and which columns it touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert, Incident
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.asked_of_model import asked_of
from airflow_mlmonitor.pages.choices import other_groups
from airflow_mlmonitor.pages.closeness import columns_of
from airflow_mlmonitor.pages.documents import VerdictDocument
from airflow_mlmonitor.pages.finding_card import points_of
from airflow_mlmonitor.pages.finding_groups import Card, cards
from airflow_mlmonitor.pages.incident_changes import FAR, SCHEMA, changes
from airflow_mlmonitor.pages.incident_groups import affected, keys_of
from airflow_mlmonitor.pages.incident_line import incident_document, title_of
from airflow_mlmonitor.pages.incident_timeline import notes, timeline
from airflow_mlmonitor.pages.models_page import MONTH
from airflow_mlmonitor.pages.moment_words import iso, window_words
from airflow_mlmonitor.pages.overview_documents import IncidentPage
from airflow_mlmonitor.pages.said_before import since
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.pages.titles import plainly
from airflow_mlmonitor.pages.verdict_part import compared_runs, counts_document, gone, verdict_document
from airflow_mlmonitor.pages.whereabouts import dags_of
from airflow_mlmonitor.report.reasons import advice
from airflow_mlmonitor.report.words import capital, number
from airflow_mlmonitor.store.history import History, Run, State
from airflow_mlmonitor.store.store import MetricsStore

MOST_RUNS = 800
"""Runs of the monitor that are looked at: those of the incident, and those before it."""

LOUD = frozenset(status for status in Status if status.is_finding)
"""How what was found came out."""

HISTORY = 90
"""Runs of a column's history."""

MOST_INCIDENTS = 200


def dag_of_incident(store: MetricsStore, number: int) -> str:
    """Return the DAG whose run an incident was seen in last; empty for the command line.

    Raises
    ------
    StoreError
        There is no such incident, or the store could not be read.
    """
    return dags_of(store, [store.incident(number)])[number]


def incident_page(store: MetricsStore, number: int) -> IncidentPage:
    """Build the page of an incident: as its worst run found it, with what happened to it.

    Parameters
    ----------
    store
        Where it is.
    number
        Its number.

    Raises
    ------
    StoreError
        There is no such incident, or the store could not be read.
    """
    incident = store.incident(number)
    dag_id = dags_of(store, [incident])[number]
    seen = store.runs(
        monitor=incident.monitor, asof=incident.last.end, last=min(FAR + incident.runs, MOST_RUNS)
    )
    own = {run.window: run for run in seen if run.window in {*incident.windows, incident.opened}}
    before = [run for run in seen if run.window < incident.opened]
    alerts = store.alerts(
        incident.monitor, since=incident.opened.start, asof=incident.last.end, last=MOST_RUNS
    )
    run = _worst(incident, own, alerts)
    around = _neighbours(store, incident, dag_id)
    changed = changes(store, incident, _up_to_opening(incident, own, before), around)
    found, verdict, history = _found(store, incident, run)
    groups = affected(run, found, history, incident) if run else []
    cause = found[0].group.cause if found else None
    likely = plainly(cause.likely) if cause else ""
    return {
        "verdict": verdict,
        "incident": incident_document(incident, dag_id),
        "likely": f"{capital(likely)}." if likely else "",
        "evidence": [plainly(said) for said in cause.evidence] if cause else [],
        "next": plainly(advice(found[0].group)) if found else "",
        "budget_words": _budget(store, incident, around),
        "task": {"task_id": run.tags.task_id if run else "", "why": ""},
        "run_id": run.tags.run_id if run else "",
        "map_index": run.tags.map_index if run else -1,
        "timeline": timeline(incident, own, before, changed),
        "changes": [change.document(incident) for change in changed],
        "groups": groups,
        "other_groups": other_groups(incident, (one["groups"] for one in groups)),
        "notes": notes(incident),
        "can_edit": False,
    }


def _worst(incident: Incident, own: Mapping[Window, Run], alerts: Mapping[Window, Alert]) -> Run | None:
    """The run that found most; where running them again found nothing any more, the one that opened it."""

    def gravity(run: Run) -> tuple[int, float, Window]:
        alert = alerts.get(run.window)
        return run.status.rank, max(alert.groups.values()) if alert else 0.0, run.window

    found = [own[window] for window in incident.windows if window in own]
    return max(found, key=gravity, default=own.get(incident.opened))


def _up_to_opening(incident: Incident, own: Mapping[Window, Run], before: Sequence[Run]) -> list[Run]:
    opening = own.get(incident.opened)
    return [opening, *before] if opening else list(before)


def _found(
    store: MetricsStore, incident: Incident, run: Run | None
) -> tuple[list[Card], VerdictDocument, History]:
    """What its worst run found, the head of its page, and how the columns came to it."""
    if run is None:
        return [], _forgotten(incident), History()
    # Of ten thousand metrics of a wide run a handful was found; all are read only where none was.
    verdicts = store.verdicts(run.monitor, run.window, status=LOUD) or store.verdicts(run.monitor, run.window)
    facts = store.facts(run.monitor, run.window)
    schema = fact(facts, SCHEMA)
    found = cards(verdicts, facts)
    keys = keys_of(found)
    history = store.history(run.monitor, asof=run.window.end, last=HISTORY, series=keys, points=bool(keys))
    said = since(points_of(run, history, found[0].speaker), run)["words"] if found else ""
    marks = store.annotations(run.monitor, run.window) if run.state in (State.BAD, State.ACCEPTED) else []
    verdict = verdict_document(
        run,
        verdicts,
        facts,
        columns=list(schema) if isinstance(schema, dict) else columns_of(verdicts, facts),
        cards=found,
        since=said,
        near=[],
        known=[],
        learning=None,
        marks=marks,
        runs=compared_runs(facts, verdicts),
    )
    verdict["status"] = incident.status.value
    verdict["counts"] = counts_document(store.status_counts(run.monitor, run.window))
    if removed := gone(run, verdicts, facts):
        verdict["headline"] = f"{title_of(incident)}. {removed.partition('. ')[2]}"
    elif not found:
        verdict["headline"] = f"{title_of(incident)}: run again, it found nothing any more."
    return found, verdict, history


def _neighbours(store: MetricsStore, incident: Incident, dag_id: str) -> dict[str, Run]:
    """The latest run of each monitor of the same model and the same DAG: who may read the one may read the other."""
    names = [name for name, model in store.monitors() if model == incident.model]
    latest = store.latest_runs(names)
    return {name: runs[0] for name, runs in latest.items() if runs[0].tags.dag_id == dag_id}


def _budget(store: MetricsStore, incident: Incident, around: Mapping[str, Run]) -> str:
    """Say how many alerts of the last 30 days of data there were, of those asked for of these monitors."""
    if not around:
        return ""
    end = max(run.window.end for run in around.values())
    known = store.incidents(monitor=list(around), since=end - MONTH, last=MOST_INCIDENTS)
    used = sum(end - MONTH <= one.opened.start < end for one in known)
    goal = sum(asked.budget for asked in asked_of(store, around.values()).values())
    said = f"{used} of {number(goal)} alerts in 30 days"
    return f"used up, {said}" if used >= goal else said


def _forgotten(incident: Incident) -> VerdictDocument:
    """The head of a page whose runs the store does not have any more."""
    return {
        "status": incident.status.value,
        "headline": title_of(incident),
        "impact": "The store does not have its runs any more.",
        "start_at": None,
        "counts": {"fail": 0, "warn": 0, "ok": 0, "learning": 0, "broken": 0},
        "rows": 0,
        "columns": 0,
        "window_start": iso(incident.opened.start),
        "window_end": iso(incident.opened.end),
        "window_words": window_words(incident.opened),
        "model": incident.model,
        "model_version": "",
        "monitor": incident.monitor,
        "baseline_runs": 0,
        "rarity": "",
        "judged_at": "",
        "seconds": 0.0,
        "score": None,
        "threshold": None,
        "mark": None,
    }
