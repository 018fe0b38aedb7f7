"""What the findings of one run probably come from, how rare they are, and where to start."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from airflow_mlmonitor.checks.quality import Quality
from airflow_mlmonitor.data.baseline import Reference
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.diagnosis import Circumstances, Diagnosis, diagnose
from airflow_mlmonitor.judging.rarity import times_a_month
from airflow_mlmonitor.measuring import Measured
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import History
from airflow_mlmonitor.store.shelf import StoreShelf

SAME_RUN = 200
"""Latest runs of all monitors among which those of one DAG run are looked for."""


def diagnosed(
    report: Report, now: Profile, measured: Measured, history: History, shelf: StoreShelf
) -> Report:
    """Add to a report with findings what they probably come from, and have the run remember it.

    Facts, each JSON: ``causes`` (all diagnoses, the surest first), of the surest one ``likely``, ``evidence`` and
    ``next``, ``impact`` (the rows it touches), ``start_at`` (the task of this DAG run whose monitor found something
    first, and why) and ``rarity`` (how often a month a run as unusual comes).

    Raises
    ------
    StoreError
        Earlier runs could not be read.
    """
    if not report.status.is_finding:
        return report
    before, runs = _recent([reference for _, reference in measured.answers if reference])
    checks = [check for check, _ in measured.answers]
    last = shelf.earlier(1)
    causes = diagnose(
        Circumstances(
            verdicts=report.verdicts,
            now=now,
            before=before,
            runs=runs,
            previous=last[-1][1] if last else None,
            window=report.window,
            model_version=report.model_version,
            versions=[run.model_version for run in history.runs],
            outcomes=[(check.prediction, check.label) for check in checks if isinstance(check, Quality)],
        )
    )
    over = report.score is not None and report.threshold is not None and report.score >= report.threshold
    rarity = times_a_month(report.score, history, report.window) if over else None
    facts = {name: json.dumps(value) for name, value in _facts(report, causes, rarity, shelf).items()}
    return replace(
        report,
        causes=tuple(causes),
        rarity=rarity,
        facts={**report.facts, **facts},
    )


def _recent(references: Sequence[Reference]) -> tuple[Profile | None, int]:
    """The baseline that tells most of what is usual now: several runs, else what is pinned, else the last run."""
    found = [reference for reference in references if reference.profile is not None]
    best = max(found, key=lambda one: (one.runs > 1, one.runs == 0, one.runs), default=None)
    return (best.profile, best.runs) if best else (None, 0)


def _facts(
    report: Report, causes: Sequence[Diagnosis], rarity: float | None, shelf: StoreShelf
) -> dict[str, Any]:
    facts: dict[str, Any] = {} if rarity is None else {"rarity": rarity}
    if causes:
        facts["causes"] = [cause.document() for cause in causes]
        facts |= {"likely": causes[0].likely, "evidence": list(causes[0].evidence), "next": causes[0].next}
        if causes[0].rows:
            facts["impact"] = f"{causes[0].rows:,} of {plural(report.rows, 'row')} are touched."
    if first := _first(report, shelf):
        facts["start_at"] = first
    return facts


def _first(report: Report, shelf: StoreShelf) -> dict[str, str] | None:
    """The task of the same DAG run whose monitor found something before all others; None outside of Airflow."""
    if not report.tags.task_id:
        return None
    earlier = [
        run
        for run in shelf.store.runs(asof=report.window.end, last=SAME_RUN)
        if (run.tags.dag_id, run.tags.run_id) == (report.tags.dag_id, report.tags.run_id)
        and run.status.is_finding
        and run.started < report.started
        and run.monitor != report.monitor
    ]
    first = min(earlier, key=lambda run: run.started, default=None)
    if first is None:
        return {"task_id": report.tags.task_id, "why": "no monitor of this DAG run found anything before it"}
    return {"task_id": first.tags.task_id, "why": f"its monitor {first.monitor} found something first"}
