"""All models that a user may read: those that need attention first, then the quiet ones by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import UNRESOLVED, Incident
from airflow_mlmonitor.pages.asked_of_model import Asked, asked_of, oldest
from airflow_mlmonitor.pages.dag_facts import DagFacts
from airflow_mlmonitor.pages.documents import DisplayName
from airflow_mlmonitor.pages.incident_line import incident_document
from airflow_mlmonitor.pages.model_rows import STRIP, ModelRow, model_rows
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.pages.overview_documents import ModelRowDocument, ModelsPage
from airflow_mlmonitor.pages.recent_runs import recent_runs
from airflow_mlmonitor.pages.whereabouts import dags_of, is_readable
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

MOST_OPEN = 500
"""Open incidents that are looked at, those that opened last."""

MOST_INCIDENTS = 1_000
"""Incidents that may count against a budget, those that opened last."""

Key = tuple[str, Window]

MONTH = timedelta(days=30)

CHIPS: tuple[DisplayName, ...] = ("fail", "warn", "broken", "late", "learning", "waiting", "ok")
"""Ways to come out by which the list can be filtered."""


def models_page(
    store: MetricsStore,
    *,
    readable: Collection[str] | None,
    dags: Mapping[str, DagFacts] | None = None,
    query: str = "",
    state: str = "",
    offset: int = 0,
    limit: int = 100,
    now: datetime | None = None,
) -> ModelsPage:
    """Build one page of the list of models.

    Counts are those of all models that the query fits, whatever the state that is asked for. The budget is that of the
    last 30 days of a model's data.

    Parameters
    ----------
    store
        Where the runs are.
    readable
        DAGs that the user may read; None for all, and for what the command line ran.
    dags
        What Airflow knows of DAGs.
    query
        A part of the name of the model, or of its team.
    state
        Only models that came out so; ``attention`` for those that need it, empty for all.
    offset, limit
        Which part of the list.
    now
        The present, for tests; by default what the clock says.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    latest, hidden = _readable_runs(store, readable)
    incidents = store.incidents(state=UNRESOLVED, last=MOST_OPEN) if latest else []
    where = dags_of(store, incidents, latest)
    opened = [one for one in incidents if is_readable(where[one.id], readable) and one.monitor in latest]
    rows = model_rows(latest, opened, dags or {}, now or datetime.now(UTC))
    fitting = [row for row in rows if row.matches(query)]
    counts = Counter(row.status for row in fitting)
    chosen = sorted((row for row in fitting if _is_in(row, state)), key=lambda row: row.order)
    start = max(offset, 0)
    shown = chosen[start : start + max(limit, 0)]
    used = _used(store, shown, hidden)
    asked = asked_of(store, (run for row in shown for run in row.latest))
    return {
        "counts": {
            "all": len(fitting),
            "attention": sum(row.needs_attention for row in fitting),
            **{name: counts[name] for name in CHIPS},
        },
        "models": [_document(row, used.get(row.model, 0), where, asked) for row in shown],
        "total": len(chosen),
        "next": str(start + len(shown)) if shown and start + len(shown) < len(chosen) else None,
    }


def _readable_runs(
    store: MetricsStore, readable: Collection[str] | None
) -> tuple[dict[str, Sequence[Run]], set[Key]]:
    """The last runs of each monitor, and apart those of DAGs that the user may not read."""
    found: dict[str, Sequence[Run]] = {}
    hidden: set[Key] = set()
    for monitor, runs in recent_runs(store, last=STRIP).items():
        own = [run for run in runs if is_readable(run.tags.dag_id, readable)]
        if len(own) < len(runs):
            hidden |= {(run.monitor, run.window) for run in runs if run not in own}
        if own:
            found[monitor] = own
    return found, hidden


def _is_in(row: ModelRow, state: str) -> bool:
    return not state or (row.needs_attention if state == "attention" else row.status == state)


def _used(store: MetricsStore, rows: Sequence[ModelRow], hidden: Collection[Key]) -> dict[str, int]:
    """How many incidents opened in the last 30 days of each model's data.

    Models whose data is of about the same time are looked at together, one of long ago alone.
    """
    newest = max((row.end for row in rows), default=None)
    if newest is None:
        return {}
    alike = [row for row in rows if newest - row.end <= MONTH]
    since = min(row.end for row in alike) - MONTH
    found = _counted(store.incidents(since=since, last=MOST_INCIDENTS), alike, hidden)
    for row in rows:
        if row not in alike:
            own = store.incidents(monitor=list(row.monitors), since=row.end - MONTH, last=MOST_INCIDENTS)
            found |= _counted(own, [row], hidden)
    return found


def _counted(
    incidents: Sequence[Incident], rows: Sequence[ModelRow], hidden: Collection[Key]
) -> dict[str, int]:
    owners = {monitor: row for row in rows for monitor in row.monitors}
    counts: Counter[str] = Counter()
    for one in incidents:
        row = owners.get(one.monitor)
        is_recent = row is not None and row.end - MONTH <= one.opened.start < row.end
        if row and is_recent and (one.monitor, one.last) not in hidden:
            counts[row.model] += 1
    return dict(counts)


def _document(
    row: ModelRow, used: int, where: Mapping[int, str], asked: Mapping[str, Asked]
) -> ModelRowDocument:
    its = [asked[monitor] for monitor in row.monitors]
    goal = sum(one.budget for one in its)
    model = oldest(its)
    first = row.incidents[0] if row.incidents else None
    due = row.due or row.facts.due_at
    return {
        "model": row.model,
        "team": row.facts.owner,
        "dag_id": row.dag_id,
        "status": row.status,
        "needs_attention": row.needs_attention,
        "note": row.note,
        "incident": incident_document(first, where[first.id]) if first else None,
        "incidents_open": len(row.incidents),
        "budget_left": (goal - used) / goal,
        "budget_goal": goal,
        "strip": row.strip(),
        "last_run_at": iso(row.last.started),
        "due_at": iso(due) if due else None,
        "trained_at": iso(model.trained) if model.trained else None,
        "age_days": model.age_days,
        "max_age_days": model.max_age_days,
    }
