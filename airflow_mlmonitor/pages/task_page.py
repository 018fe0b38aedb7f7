"""What one run of one monitor found: the page of a task instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.choices import other_groups
from airflow_mlmonitor.pages.closeness import closest, columns_of, measured, nearest, plain, quiet_columns
from airflow_mlmonitor.pages.documents import BrokenDocument, TaskPage
from airflow_mlmonitor.pages.finding_card import finding_document, points_of, series_document
from airflow_mlmonitor.pages.finding_groups import Card, cards
from airflow_mlmonitor.pages.findings_document import FindingDocument, StripDocument
from airflow_mlmonitor.pages.incident_line import incident_document
from airflow_mlmonitor.pages.learning_part import learning
from airflow_mlmonitor.pages.reference_profile import shown
from airflow_mlmonitor.pages.said_before import since
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.pages.strip import strip
from airflow_mlmonitor.pages.titles import plainly
from airflow_mlmonitor.pages.verdict_part import compared_runs, verdict_document, waiting
from airflow_mlmonitor.pages.waiting import LABELLED, waiting_words
from airflow_mlmonitor.report.table import printable, shortened
from airflow_mlmonitor.store.history import History, Run, State
from airflow_mlmonitor.store.store import MetricsStore

SHOWN = 5
"""Findings that get a card."""

HISTORY = 90
"""Runs of a card's history."""

STRIP = 30

SAME_TASK = 20
"""Runs of one task instance that are looked at: each of its monitors leaves one."""

INCIDENTS = 20
"""Later incidents of the monitor among which that of the run is looked for."""

REASON = 400
"""Characters of a reason."""

Key = tuple[str, str, str]


def task_page(
    store: MetricsStore, *, dag_id: str, run_id: str, task_id: str, map_index: int = -1
) -> TaskPage | None:
    """Build the page of a task instance; None where the store knows no run of it.

    Of a task that ran several monitors it is the page of that which came out worst.

    Parameters
    ----------
    store
        Where the run is.
    dag_id, run_id, task_id, map_index
        The task instance.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    with store.snapshot():
        runs = store.runs(dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=map_index, last=SAME_TASK)
        worst = max(runs, key=lambda run: (run.status.rank, run.window), default=None)
        return _page(store, worst) if worst else None


def run_page(store: MetricsStore, *, monitor: str, window: Window) -> TaskPage | None:
    """Build the page of one run, by its key; None where the store does not know it.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    with store.snapshot():
        run = store.run(monitor, window)
        return _page(store, run) if run else None


def _page(store: MetricsStore, run: Run) -> TaskPage:
    verdicts = store.verdicts(run.monitor, run.window)
    facts = store.facts(run.monitor, run.window)
    found = cards(verdicts, facts)
    limited = measured(verdicts)
    near, known = nearest(limited), nearest(plain(limited))
    chosen = [] if found else closest(known)
    history = _history(store, run, [*(card.speaker for card in found[:SHOWN]), *(one for _, one in chosen)])
    earlier = [one for one in history.runs if one.window <= run.window]
    runs = compared_runs(facts, verdicts) or sum(
        one.state.trains for one in earlier if one.window < run.window
    )
    columns = columns_of(verdicts, facts)
    young = learning(run, runs, earlier, verdicts)
    marks = store.annotations(run.monitor, run.window) if run.state in (State.BAD, State.ACCEPTED) else []
    said = since(points_of(run, history, found[0].speaker), run)["words"] if found else ""
    head = verdict_document(
        run,
        verdicts,
        facts,
        columns=columns,
        cards=found,
        since=said,
        near=near,
        known=known,
        learning=young,
        marks=marks,
        runs=runs,
    )
    if words := _waiting(store, run, verdicts):
        waiting(head, words)
    incident = _incident(store, run)
    loud = {column for card in found for column in card.touched}
    findings = _findings(store, run, found[:SHOWN], history, verdicts, incident)
    return {
        "verdict": head,
        "incident": incident_document(incident, run.tags.dag_id) if incident else None,
        "findings": findings,
        "findings_total": len(found),
        "other_groups": other_groups(incident, (one["groups"] for one in findings)),
        "quiet_columns": quiet_columns(known, [name for name in columns if name not in loud]),
        "closest": [
            series_document(rank, verdict, run, points_of(run, history, verdict))
            for rank, (_, verdict) in enumerate(chosen, 1)
        ],
        "strip": _strip(store, run, earlier[-STRIP:]),
        "learning": young,
        "broken": _broken(verdicts, facts),
        "can_edit": False,
    }


def _history(store: MetricsStore, run: Run, shown_with: Iterable[Verdict]) -> History:
    """The run and those before it, with the points of some series."""
    keys = [verdict.metric.key for verdict in shown_with]
    return store.history(run.monitor, asof=run.window.end, last=HISTORY, series=keys, points=bool(keys))


def _findings(
    store: MetricsStore,
    run: Run,
    found: Sequence[Card],
    history: History,
    verdicts: Sequence[Verdict],
    incident: Incident | None,
) -> list[FindingDocument]:
    by_key: Mapping[Key, Verdict] = {verdict.metric.key: verdict for verdict in verdicts}
    rows = shown(store, run) if any(card.columns for card in found) else None
    return [
        finding_document(rank, card, run, history, by_key, rows, incident)
        for rank, card in enumerate(found, 1)
    ]


def _strip(store: MetricsStore, run: Run, runs: Sequence[Run]) -> list[StripDocument]:
    loud = any(one.status.is_finding for one in runs)
    since = runs[0].window.start if runs else run.window.start
    return strip(runs, store.alerts(run.monitor, since=since, asof=run.window.end) if loud else {})


def _incident(store: MetricsStore, run: Run) -> Incident | None:
    """The incident that the run belongs to, the gravest of several."""
    if not run.status.is_finding:
        return None
    known = store.incidents(monitor=run.monitor, since=run.window.start, last=INCIDENTS)
    its = [one for one in known if run.window in one.windows]
    return max(its, key=lambda one: (one.resolved is None, one.severity), default=None)


def _waiting(store: MetricsStore, run: Run, verdicts: Sequence[Verdict]) -> str:
    is_unlabelled = any(one.metric.name == LABELLED and one.metric.value == 0 for one in verdicts)
    return waiting_words(store, run) if is_unlabelled else ""


def _broken(verdicts: Sequence[Verdict], facts: Mapping[str, str]) -> list[BrokenDocument]:
    """Checks that could not run, and columns that could not be evaluated."""
    told: list[BrokenDocument] = [
        {"check": printable(verdict.metric.name), "reason": shortened(plainly(verdict.why), REASON)}
        for verdict in verdicts
        if verdict.status is Status.BROKEN
    ]
    notes = fact(facts, "notes")
    for column, note in notes.items() if isinstance(notes, dict) else ():
        told.append(
            {"check": printable(column) or "the rows", "reason": shortened(plainly(str(note)), REASON)}
        )
    return told
