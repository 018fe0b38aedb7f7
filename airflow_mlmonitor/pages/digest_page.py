"""What a span of time brought to all models: opened, still open, over, spent, late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TypedDict

from airflow_mlmonitor.judging.incident import UNRESOLVED, Happening, Incident, IncidentState
from airflow_mlmonitor.pages.documents import IncidentDocument
from airflow_mlmonitor.pages.incident_line import incident_document, open_first
from airflow_mlmonitor.pages.lateness import GRACE, PATIENCE, distance, every_words
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.moment_words import day_words, iso, short_day
from airflow_mlmonitor.pages.overview_documents import ModelRowDocument
from airflow_mlmonitor.pages.whereabouts import dags_of
from airflow_mlmonitor.report.words import number, plural
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

MOST = 1_000
"""Incidents and models that are looked at."""

RECENT = 8
"""Runs of a monitor that tell how far apart they may be: those of working days have a weekend among them."""

FORGOTTEN = timedelta(days=30)
"""A monitor that has been late for so long is not told of any more: it was taken away."""

OVER = frozenset({IncidentState.RESOLVED, IncidentState.ACCEPTED})
ENDS = frozenset({Happening.RESOLVED, Happening.ACCEPTED})


class DigestBudgetDocument(TypedDict):
    """What a model has spent of the alerts asked for in 30 days."""

    model: str
    used: float
    goal: float
    words: str
    """``2 of 2 alerts in 30 days``."""


class LateDocument(TypedDict):
    """A monitor that should have had a run by now."""

    monitor: str
    model: str
    dag_id: str
    last_run_at: str
    words: str
    """``no run since 12 Mar; due every day``."""


class DigestPage(TypedDict):
    """What a span of time brought to all models."""

    since: str
    until: str
    day_words: str
    headline: str
    opened: list[IncidentDocument]
    continuing: list[IncidentDocument]
    over: list[IncidentDocument]
    budgets: list[DigestBudgetDocument]
    late: list[LateDocument]
    models: int
    quiet: int
    """Models with nothing open."""


def digest_page(store: MetricsStore, *, until: datetime, days: float = 1, model: str = "*") -> DigestPage:
    """Say what the days until a moment brought, by the clock: when something was seen, not what data it was seen in.

    Parameters
    ----------
    store
        Where the runs are.
    until
        The moment until which it is told.
    days
        How many days before it.
    model
        Only models of this name, with ``*`` and ``?`` as in names of files.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    since = until - timedelta(days=days)
    seen = [one for one in _incidents(store) if fnmatchcase(one.model, model) and _opened_at(one) < until]
    unresolved = [one for one in seen if _open_at(one, until)]
    over = [one for one in seen if one not in unresolved and since <= _ended_at(one) < until]
    where = dags_of(store, [*unresolved, *over])
    opened = [one for one in unresolved if _opened_at(one) >= since]
    rows = [
        row
        for row in models_page(store, readable=None, limit=MOST, now=until)["models"]
        if fnmatchcase(row["model"], model)
    ]
    late = [one for one in _late(store, until) if fnmatchcase(one["model"], model)]
    troubled = {one.model for one in unresolved} | {one["model"] for one in late}
    return {
        "since": iso(since),
        "until": iso(until),
        "day_words": day_words(until),
        "headline": _headline(opened, unresolved, over, late),
        "opened": _documents(opened, where),
        "continuing": _documents([one for one in unresolved if one not in opened], where),
        "over": _documents(over, where),
        "budgets": _budgets(rows),
        "late": late,
        "models": len(rows),
        "quiet": sum(row["model"] not in troubled for row in rows),
    }


def _incidents(store: MetricsStore) -> list[Incident]:
    return store.incidents(state=UNRESOLVED, last=MOST) + store.incidents(state=OVER, last=MOST)


def _opened_at(incident: Incident) -> datetime:
    opened = (event.made_at for event in incident.events if event.what is Happening.OPENED)
    return next(opened, incident.opened.end)


def _ended_at(incident: Incident) -> datetime:
    return max(
        (event.made_at for event in incident.events if event.what in ENDS),
        default=(incident.resolved or incident.last).end,
    )


def _open_at(incident: Incident, moment: datetime) -> bool:
    """Whether it was open then: a digest that is run again tells what it told."""
    return incident.state in UNRESOLVED or _ended_at(incident) >= moment


def _documents(incidents: Iterable[Incident], where: dict[int, str]) -> list[IncidentDocument]:
    """Sorted by model; of one model the one to read first at the front."""
    found = list(incidents)
    ordered = [*open_first(found), *(one for one in found if one.state not in UNRESOLVED)]
    return [
        incident_document(one, where.get(one.id, "")) for one in sorted(ordered, key=lambda one: one.model)
    ]


def _headline(
    opened: Sequence[Incident],
    unresolved: Sequence[Incident],
    over: Sequence[Incident],
    late: Sequence[LateDocument],
) -> str:
    if not (unresolved or over or late):
        return "Nothing is open, and every monitor ran"
    parts = [
        f"{plural(len(unresolved), 'incident')} open" + (f", {len(opened)} of them new" if opened else ""),
        f"{len(over)} over" if over else "",
        f"{plural(len(late), 'monitor')} without a run" if late else "",
    ]
    return "; ".join(filter(None, parts))


def _budgets(rows: Sequence[ModelRowDocument]) -> list[DigestBudgetDocument]:
    """Models that have spent something, those that spent most first."""
    found: list[DigestBudgetDocument] = []
    for row in rows:
        left, goal = row["budget_left"], row["budget_goal"]
        used = 0.0 if left is None else goal * (1 - left)
        if used > 0:
            words = f"{number(round(used, 2))} of {number(goal)} alerts in 30 days"
            found.append({"model": row["model"], "used": used, "goal": goal, "words": words})
    return sorted(found, key=lambda one: (-one["used"] / one["goal"], one["model"]))


def _late(store: MetricsStore, now: datetime) -> list[LateDocument]:
    """Monitors whose last run is longer ago than any two of their last runs are apart."""
    found: list[LateDocument] = []
    for monitor, runs in sorted(store.latest_runs(last=RECENT).items()):
        apart, last = distance(runs), runs[0]
        if apart is None or not _is_late(last, _longest(runs), now):
            continue
        found.append(
            {
                "monitor": monitor,
                "model": last.model,
                "dag_id": last.tags.dag_id,
                "last_run_at": iso(last.started),
                "words": f"no run since {short_day(last.started)}; {every_words(apart)}",
            }
        )
    return found


def _longest(runs: Sequence[Run]) -> timedelta:
    starts = sorted({run.window.start for run in runs})
    return max(later - earlier for earlier, later in pairwise(starts))


def _is_late(last: Run, apart: timedelta, now: datetime) -> bool:
    waited = now - last.started
    return apart + max(GRACE, PATIENCE * apart) < waited < max(FORGOTTEN, 3 * apart)
