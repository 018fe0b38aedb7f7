"""All monitors of one DAG run, in pipeline order: where to start is the first that failed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from airflow_mlmonitor.judging.incident import Alert, Incident
from airflow_mlmonitor.pages.concluding import FOUND, beside, headline, overall, task_name
from airflow_mlmonitor.pages.documents import DagRunPage, DisplayName, RunRowDocument
from airflow_mlmonitor.pages.incident_line import incident_document, open_first
from airflow_mlmonitor.pages.known_quality import quality_of
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.pages.run_sentence import is_short, run_sentence
from airflow_mlmonitor.pages.stored_causes import StoredCause, causes_in, shared
from airflow_mlmonitor.pages.strip import ratio, strip
from airflow_mlmonitor.pages.waiting import waiting_words
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

T = TypeVar("T")

MOST = 500
"""Runs of one DAG run that are shown."""

STRIP = 30
"""Earlier runs of a monitor that are shown as small cells."""

MOST_INCIDENTS = 100


@dataclass(frozen=True)
class _Row:
    """A run in its place, how it came out, and what it says."""

    run: Run
    status: DisplayName
    sentence: str
    metrics: int
    alert: Alert | None

    @property
    def name(self) -> str:
        return task_name(self.run.tags, self.run.monitor)


def dag_run_page(store: MetricsStore, *, dag_id: str, run_id: str, order: Sequence[str] = ()) -> DagRunPage:
    """Build the page of a DAG run; without monitors where the store knows none of it.

    Parameters
    ----------
    store
        Where its runs are.
    dag_id, run_id
        The DAG run.
    order
        Its task ids in the order of the pipeline; those not named, and all where there is none, in that of their start.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    runs = store.runs(dag_id=dag_id, run_id=run_id, last=MOST)
    if not runs:
        return _empty()
    places = {task_id: place for place, task_id in enumerate(order)}
    ordered = sorted(
        runs,
        key=lambda run: (
            places.get(run.tags.task_id, len(places)),
            run.started,
            run.tags.map_index,
            run.window,
        ),
    )
    rows = _rows(store, ordered)
    concluded = [(row.name, row.status) for row in rows]
    status = overall(concluded)
    gravest = [row for row in rows if row.status == status and status in FOUND]
    facts = store.facts_of_runs([row.run for row in gravest[:STRIP]], ["causes"])
    causes = [causes_in(facts[row.run.monitor, row.run.window]) for row in gravest[:STRIP]]
    cause = _cause(gravest, causes)
    incident = _incident(store, runs)
    window = _commonest(run.window for run in ordered)
    return {
        "status": status,
        "headline": headline(
            concluded,
            cause=cause.likely if cause and len(gravest) > 1 else "",
            title=gravest[0].alert.title if len(gravest) == 1 and gravest[0].alert else "",
        ),
        "cause": cause.likely if cause else "",
        "detail": beside(concluded),
        "incident": incident_document(incident, dag_id) if incident else None,
        "window_start": iso(window.start) if window else None,
        "window_end": iso(window.end) if window else None,
        "model_version": _commonest(run.model_version for run in ordered if run.model_version) or "",
        "monitors": _documents(rows, gravest[0] if gravest else None, _strips(store, dag_id, ordered)),
        "can_edit": False,
    }


def _empty() -> DagRunPage:
    return {
        "status": "none",
        "headline": "No monitor of this run has concluded anything yet.",
        "cause": "",
        "detail": "",
        "incident": None,
        "window_start": None,
        "window_end": None,
        "model_version": "",
        "monitors": [],
        "can_edit": False,
    }


def _rows(store: MetricsStore, runs: Sequence[Run]) -> list[_Row]:
    quality_of(store, {run.monitor for run in runs})  # read at once, and remembered for each
    counts = store.status_counts_of_runs(runs)
    alerts = store.alerts_of_runs([run for run in runs if run.status.is_finding])
    short = [run for run in runs if is_short(run, counts[run.monitor, run.window])]
    verdicts = store.verdicts_of_runs(short)
    rows = []
    for run in runs:
        key = run.monitor, run.window
        waiting, alert = waiting_words(store, run), alerts.get(key)
        sentence = waiting or run_sentence(run, counts[key], alert, verdicts.get(key, ()))
        status: DisplayName = "waiting" if waiting else run.status.value
        rows.append(_Row(run, status, sentence, sum(counts[key].values()), alert))
    return rows


def _documents(
    rows: Sequence[_Row], start: _Row | None, strips: Mapping[str, Sequence[Run]]
) -> list[RunRowDocument]:
    documents: list[RunRowDocument] = []
    for position, row in enumerate(rows, 1):
        run = row.run
        earlier = [one for one in strips.get(run.monitor, ()) if one.window < run.window]
        alerts = {run.window: row.alert} if row.alert else {}
        documents.append(
            {
                "position": position,
                "task_id": run.tags.task_id,
                "map_index": run.tags.map_index,
                "monitor": run.monitor,
                "status": row.status,
                "sentence": row.sentence,
                "ratio": None if row.status == "waiting" else ratio(run, row.alert),
                "metrics": row.metrics,
                "start_here": row is start,
                "strip": strip([*earlier[: STRIP - 1], run], alerts),
            }
        )
    return documents


def _strips(store: MetricsStore, dag_id: str, runs: Sequence[Run]) -> dict[str, list[Run]]:
    """The DAG's earlier runs by monitor, latest first: of each about as many as it had."""
    monitors = {run.monitor for run in runs}
    asof = max(run.window.end for run in runs)
    found: dict[str, list[Run]] = defaultdict(list)
    for run in store.runs(dag_id=dag_id, asof=asof, last=(STRIP + 1) * max(len(monitors), 1)):
        found[run.monitor].append(run)
    return found


def _cause(gravest: Sequence[_Row], causes: Sequence[Sequence[StoredCause]]) -> StoredCause | None:
    """What the gravest of the run come from, where that is one thing."""
    if len(gravest) == 1:
        return next(iter(causes[0]), None)
    return shared(causes)


def _incident(store: MetricsStore, runs: Sequence[Run]) -> Incident | None:
    """The incident to read first, of those that runs of this DAG run belong to."""
    own = {(run.monitor, run.window) for run in runs}
    since = min(run.window.start for run in runs)
    found = store.incidents(monitor={run.monitor for run in runs}, since=since, last=MOST_INCIDENTS)
    its = [one for one in found if any((one.monitor, window) in own for window in one.windows)]
    over = sorted(its, key=lambda one: (-one.status.rank, -one.severity, one.id))
    return next(iter([*open_first(its), *over]), None)


def _commonest(items: Iterable[T]) -> T | None:
    return next((item for item, _ in Counter(items).most_common(1)), None)
