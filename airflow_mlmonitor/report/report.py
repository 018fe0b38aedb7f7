"""All verdicts of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Notice
from airflow_mlmonitor.judging.verdict import Status, Verdict, ranked, worst

if TYPE_CHECKING:
    from airflow_mlmonitor.diagnosis.cause import Diagnosis

SUMMARY_FINDINGS = 20
"""Findings an XCom summary carries; with their texts cut it stays far below the 48 KB that every database takes."""

SUMMARY_EVIDENCE = 5
"""Sentences of evidence in an XCom summary."""

SUMMARY_NOTICES = 10
"""Incidents that an XCom summary names: a run belongs to one, and seldom to two."""

SUMMARY_TEXT = 400
"""Characters of one text in an XCom summary."""


@dataclass(frozen=True, kw_only=True)
class Tags:
    """Who ran it: the Airflow task instance, or a person at a terminal (then the ids are empty)."""

    dag_id: str = ""
    task_id: str = ""
    map_index: int = -1
    run_id: str = ""
    try_number: int = 1

    def may_replace(self, earlier: Tags) -> bool:
        """Whether a run may take the place of an earlier one of the same monitor and window.

        The same task may, in any run and try. Of one run's mapped instances each may only replace its own: an index
        means nothing from one run to the next.
        """
        same_task = (self.dag_id, self.task_id) == (earlier.dag_id, earlier.task_id)
        return same_task and (self.run_id != earlier.run_id or self.map_index == earlier.map_index)

    def __str__(self) -> str:
        if not self.task_id:
            return "the command line"
        mapped = f"[{self.map_index}]" if self.map_index >= 0 else ""
        return f"task {self.task_id}{mapped} of DAG {self.dag_id}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """All verdicts of one run; its findings are those somebody should read, ranked, in words.

    Parameters
    ----------
    monitor, model, window
        What was looked at: the key of the run.
    verdicts
        In the order of the checks.
    rows
        Number of rows read.
    model_version
        The version that was serving, where it is known.
    baselines
        Check name to what it was compared with, in words.
    notes
        Column name ("" for the table) to what could not be evaluated and why.
    facts
        Texts to remember about the run, such as the schema.
    score, threshold
        How unusual the judge found the whole run, and the line it was held against, where the judge has them.
    causes
        What the findings probably come from, the surest first.
    rarity
        How often a month a run as unusual as this one comes, where earlier scores tell.
    traces
        What the run leaves for later ones, by name: packed numbers and hashes, read by nobody else.
    tags
        Who ran it.
    started, seconds
        Wall-clock begin, and how long it took.
    notices
        What the run meant for incidents; empty until it is saved.
    """

    monitor: str
    model: str
    window: Window
    verdicts: tuple[Verdict, ...]
    rows: int = 0
    model_version: str | None = None
    baselines: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
    threshold: float | None = None
    causes: tuple[Diagnosis, ...] = ()
    rarity: float | None = None
    traces: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    tags: Tags = field(default_factory=Tags)
    started: datetime
    seconds: float = 0.0
    notices: tuple[Notice, ...] = ()

    @cached_property
    def status(self) -> Status:
        """The gravest verdict."""
        return worst(list(self.verdicts))

    @cached_property
    def findings(self) -> list[Verdict]:
        """Verdicts that somebody should read, gravest and farthest out first."""
        return ranked(self.verdicts)

    @property
    def notice(self) -> Notice | None:
        """What the run meant for an incident, news first; None where it meant nothing."""
        return next(iter(sorted(self.notices, key=lambda notice: not notice.is_news)), None)

    def summary(self) -> dict[str, Any]:
        """The run as small plain JSON, for XCom: no NaN, no numpy, at most 48 KB."""
        from airflow_mlmonitor.report.message import message

        findings, first = self.findings, self.causes[0] if self.causes else None
        return {
            "monitor": self.monitor,
            "model": self.model,
            "model_version": self.model_version,
            "map_index": self.tags.map_index,
            "window": [self.window.start.isoformat(), self.window.end.isoformat()],
            "status": self.status.value,
            "message": message(self),
            "notice": self.notice and self.notice.what.value,
            "is_news": any(notice.is_news for notice in self.notices),
            "incident": self.notice and self.notice.incident.id,
            "notices": [_noticed(notice) for notice in self.notices[:SUMMARY_NOTICES]],
            "likely": first and first.likely[:SUMMARY_TEXT],
            "evidence": [said[:SUMMARY_TEXT] for said in first.evidence[:SUMMARY_EVIDENCE]] if first else [],
            "next": first and first.next[:SUMMARY_TEXT],
            "rows": self.rows,
            "metrics": len(self.verdicts),
            "findings_total": len(findings),
            "findings": [_plain(verdict) for verdict in findings[:SUMMARY_FINDINGS]],
        }


def _noticed(notice: Notice) -> dict[str, Any]:
    incident = notice.incident
    return {
        "notice": notice.what.value,
        "is_news": notice.is_news,
        "incident": incident.id,
        "title": incident.title[:SUMMARY_TEXT],
        "status": incident.status.value,
        "state": incident.state.value,
    }


def _plain(verdict: Verdict) -> dict[str, Any]:
    metric = verdict.metric
    return {
        "status": verdict.status.value,
        "metric": metric.name,
        "column": metric.column and metric.column[:SUMMARY_TEXT],
        "slice": metric.slice[:SUMMARY_TEXT],
        "value": metric.value,
        "expected": verdict.expected,
        "lower": verdict.lower,
        "upper": verdict.upper,
        "why": verdict.why[:SUMMARY_TEXT],
    }
