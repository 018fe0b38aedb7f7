"""What else moved while a dependency changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from airflow_mlmonitor.checks.dependency_change import FAMILY
from airflow_mlmonitor.judging.verdict import Verdict, ranked
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.shelf import StoreShelf

NAMED = 3
"""Findings that are named."""

RUNS = 50
"""Latest runs of the model among which those of the same window are looked for."""


def with_coincidences(report: Report, shelf: StoreShelf) -> Report:
    """Say in the findings of changed dependencies what quality, drift or anything else of the model was over its line.

    That is in the same run, or in runs of the model's other monitors over the same window that are done already.

    Raises
    ------
    StoreError
        Those runs could not be read.
    """
    changed = [verdict for verdict in report.findings if verdict.metric.family == FAMILY]
    if not changed:
        return report
    said = _said("in the same run", report.findings)
    for run in shelf.store.runs(model=report.model, asof=report.window.end, last=RUNS):
        if run.window == report.window and run.status.is_finding and run.monitor != report.monitor:
            found = ranked(shelf.store.verdicts(run.monitor, run.window))
            said += _said(f"in the run of {run.monitor} over the same window", found)
    if not said:
        return report
    verdicts = [
        replace(verdict, why=f"{verdict.why}; {'; '.join(said)}") if verdict in changed else verdict
        for verdict in report.verdicts
    ]
    return replace(report, verdicts=tuple(verdicts))


def _said(where: str, findings: Sequence[Verdict]) -> list[str]:
    metrics = [verdict.metric for verdict in findings if verdict.metric.family not in (FAMILY, "check")]
    names = [f"{metric.name} of {metric.column}" if metric.column else metric.name for metric in metrics]
    named = list(dict.fromkeys(names))
    if not named:
        return []
    more = f" and {len(named) - NAMED} more" if named[NAMED:] else ""
    verb = "is over its line" if len(named) == 1 else "are over their lines"
    return [f"{where}: {', '.join(named[:NAMED])}{more} {verb}"]
