"""What a run found, as log events with named fields, for those who search logs by machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.judging.verdict import Status

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.verdict import Verdict
    from airflow_mlmonitor.report.report import Report

LOGGED = 50
"""Findings of one run that are logged one by one: the first-ranked ones."""

LEVELS = {Status.WARN: logging.WARNING, Status.BROKEN: logging.ERROR, Status.FAIL: logging.ERROR}


def log_run(report: Report, log: Any) -> None:
    """Log one event ``monitor run`` and, for each finding, one event ``finding``.

    Airflow writes a task's log as JSON lines, in which the fields keep their names; its UI shows them folded up.
    ``docs/observing.md`` lists them.

    :param report: of the run.
    :param log: the task's logger.
    """
    of = {"monitor": report.monitor, "model": report.model, "model_version": report.model_version}
    of |= {"window_start": report.window.start.isoformat(), "window_end": report.window.end.isoformat()}
    with _folded(log):
        log.log(LEVELS.get(report.status, logging.INFO), "monitor run", **of, **_concluded(report))
        for rank, verdict in enumerate(report.findings[:LOGGED], 1):
            log.log(LEVELS.get(verdict.status, logging.INFO), "finding", **of, rank=rank, **_found(verdict))


@contextmanager
def _folded(log: Any) -> Iterator[None]:
    log.info("::group::The run as log events")
    yield
    log.info("::endgroup::")


def _concluded(report: Report) -> dict[str, Any]:
    notice = report.notice
    return {
        "status": report.status.value,
        "rows": report.rows,
        "metrics": len(report.verdicts),
        "findings": len(report.findings),
        "score": report.score,
        "threshold": report.threshold,
        "seconds": round(report.seconds, 3),
        "incident": notice and notice.incident.id,
        "notice": notice and notice.what.value,
        "is_news": any(one.is_news for one in report.notices),
        "likely": report.causes[0].likely if report.causes else None,
    }


def _found(verdict: Verdict) -> dict[str, Any]:
    metric = verdict.metric
    return {
        "status": verdict.status.value,
        "metric": metric.name,
        "column": metric.column,
        "slice": metric.slice,
        "value": metric.value,
        "expected": verdict.expected,
        "lower": verdict.lower,
        "upper": verdict.upper,
        "severity": verdict.severity,
        "why": verdict.why,
    }
