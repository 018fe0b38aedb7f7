"""What one run of a monitor says, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_mlmonitor.judging.incident import Alert
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.closeness import nearness_words, used
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import capital, plural
from airflow_mlmonitor.store.history import Run

FEW = 12
"""Metrics up to which a quiet run says the one that is nearest to its limit."""


def is_short(run: Run, counts: Mapping[Status, int]) -> bool:
    """Whether a run says its nearest metric: it is as usual, and looked at few."""
    return run.status is Status.OK and 0 < sum(counts.values()) <= FEW


def run_sentence(
    run: Run, counts: Mapping[Status, int], alert: Alert | None, verdicts: Sequence[Verdict]
) -> str:
    """Say what a run found, or what it looked at.

    Parameters
    ----------
    run
        The run.
    counts
        How many of its verdicts have each status.
    alert
        What it found; None for nothing, and where that is not known.
    verdicts
        All of it, where it :func:`is_short`.
    """
    findings = sum(count for status, count in counts.items() if status.is_finding)
    if alert is not None:
        more = f"; {plural(findings - 1, 'more finding')}" if findings > 1 else ""
        return printable(f"{alert.title}{more}.")
    if run.status.is_finding:
        return f"{plural(findings, 'finding')}."
    total = sum(counts.values())
    if run.status is Status.LEARNING:
        return f"{_looked_at(run, total)}; still learning what is usual."
    return _nearest(verdicts) or f"{_looked_at(run, total)}, as usual."


def _looked_at(run: Run, metrics: int) -> str:
    return plural(run.rows, "row") if run.rows else plural(metrics, "number")


def _nearest(verdicts: Sequence[Verdict]) -> str:
    """Say the metric that has used up most of what its limits allow."""
    limited = [(part, verdict) for verdict in verdicts if (part := used(verdict)) is not None]
    if not limited:
        return ""
    _, verdict = max(limited, key=lambda pair: pair[0])
    return f"{capital(nearness_words(verdict))}."
