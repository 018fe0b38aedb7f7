"""Limits that a person wrote."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.phrases import SPEAKING, phrase
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.words import number

SEVERITIES = {"warn": Status.WARN, "fail": Status.FAIL}


@dataclass(frozen=True)
class Bounds:
    """Limits that a person wrote; they hold whatever the history says.

    Parameters
    ----------
    limits
        ``"column.metric"``, or ``"metric"`` for one of the table, to ``min`` and ``max`` (both allowed values) and
        ``severity``: ``fail`` (the default) or ``warn``. ``*`` and ``?`` match several columns. A limit is about all
        rows; ``"column.metric@origin=EWR"`` is about a slice, ``"column.metric@*"`` about every slice.

    Raises
    ------
    ConfigurationError
        A limit has no min and no max, or a key that is not known.

    Examples
    --------
    >>> bounds = Bounds({"temp.null_share": {"max": 0.05}})
    >>> metric = Metric(name="null_share", value=0.31, column="temp")
    >>> (verdict,) = bounds.tighten([Verdict(metric=metric, status=Status.OK)])
    >>> verdict.status.value, verdict.why
    ('fail', 'null_share is 0.31; the bound is at most 0.05')
    """

    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, limit in self.limits.items():
            _refuse_nonsense(f"The bound {name!r}", limit)

    def tighten(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Return the verdicts, those out of bounds replaced by what the bound says where that is graver.

        A quiet verdict of which nothing was expected gets the bound's range, so that people see what may be.
        """
        return [self._tightened(verdict) for verdict in verdicts]

    def unmatched(self, metrics: Sequence[Metric]) -> list[Verdict]:
        """Return a broken verdict for each limit that no metric of the run answers to.

        A limit that silently watches nothing, because it is misspelt or its column is gone, is worse than none.
        """
        return [
            Verdict(
                metric=Metric(name=name, value=None, family="bound"),
                status=Status.BROKEN,
                severity=1.0,
                why=f"the bound {name!r} matches no metric of this run; write column.metric, or metric for the table",
            )
            for name in self.limits
            if not any(_matches(name, metric) for metric in metrics)
        ]

    def _tightened(self, verdict: Verdict) -> Verdict:
        for name, limit in self.limits.items():
            if _matches(name, verdict.metric):
                bounded = _bounded(verdict, limit)
                if bounded.status.rank > verdict.status.rank:
                    verdict = bounded
                elif verdict.status is Status.OK and verdict.lower is None and verdict.upper is None:
                    verdict = replace(verdict, lower=limit.get("min"), upper=limit.get("max"))
        return verdict


def _refuse_nonsense(bound: str, limit: Mapping[str, Any]) -> None:
    if set(limit) - {"min", "max", "severity"} or not {"min", "max"} & set(limit):
        raise ConfigurationError(f"{bound} needs min or max, perhaps severity; it has {dict(limit)}.")
    if limit.get("severity", "fail") not in SEVERITIES:
        raise ConfigurationError(f"{bound} has severity {limit['severity']!r}; write 'warn' or 'fail'.")
    ends = [limit[end] for end in ("min", "max") if end in limit]
    for end in ends:
        if isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end):
            raise ConfigurationError(f"{bound} has the limit {end!r}; write a number.")
    if ends != sorted(ends):
        raise ConfigurationError(
            f"{bound} has min {ends[0]} above max {ends[1]}; nothing could ever be between."
        )


def _matches(name: str, metric: Metric) -> bool:
    full = f"{metric.column}.{metric.name}" if metric.column else metric.name
    limited, _, part = name.partition("@")
    return _fits(full, limited) and bool(part) == bool(metric.slice) and _fits(metric.slice, part)


def _fits(text: str, pattern: str) -> bool:
    """Whether a pattern fits; brackets are allowed in names of columns, and match themselves."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _bounded(verdict: Verdict, limit: Mapping[str, Any]) -> Verdict:
    value, low, high = verdict.metric.value, limit.get("min"), limit.get("max")
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return verdict
    least, most = f"at least {number(low)}", f"at most {number(high)}"
    allowed = " and ".join(([] if low is None else [least]) + ([] if high is None else [most]))
    why = f"{verdict.metric.name} is {number(value)}; the bound is {allowed}"
    if verdict.metric.family in SPEAKING and verdict.metric.why:
        why = verdict.metric.why
    if verdict.metric.family == "parity":
        why = f"{phrase(verdict.metric)}; the bound is {allowed}"
    status = SEVERITIES[limit.get("severity", "fail")]
    return replace(
        verdict, status=status, lower=low, upper=high, severity=max(verdict.severity, 1.0), why=why
    )
