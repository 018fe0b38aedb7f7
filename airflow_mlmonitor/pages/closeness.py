"""How near series are to their limits."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from airflow_mlmonitor.checks.metric import Scale
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.documents import QuietDocument
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.pages.vocabulary import metric_words
from airflow_mlmonitor.report.words import amount, expectation

CLOSEST = 3
"""Series of a clean run that are shown with their history."""

Used = tuple[float, Verdict]


def used(verdict: Verdict) -> float | None:
    """How far a value has come from what was expected to its limit: 1 is on the limit; None where there is none.

    A limit beyond which nothing can be, such as 0 for a share, is none once the value is on it.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> missing = Metric(name="mean", value=0.03, column="temp", scale="location")
    >>> used(Verdict(metric=missing, status=Status.OK, lower=0.0, upper=0.06, expected=0.02))
    0.25
    """
    scale, value, lower, upper = (
        verdict.metric.scale,
        verdict.metric.value,
        verdict.lower,
        verdict.upper,
    )
    if value is None or (lower is None and upper is None):
        return None
    middle = verdict.expected
    if middle is None:
        middle = lower / 2 + upper / 2 if lower is not None and upper is not None else 0.0
    ends = 0.0 if scale != "location" else None, 1.0 if scale == "share" else None
    now, usual = _there(value, scale), _there(middle, scale)
    parts = [
        (now - usual) / (there - usual)
        for limit, sign, end in ((lower, -1, ends[0]), (upper, 1, ends[1]))
        if limit is not None and not limit == end == value
        if ((there := _there(limit, scale)) - usual) * sign > 0
    ]
    part = max(parts, default=None)
    return None if part is None else min(max(part, 0.0), 99.0)


def _there(value: float, scale: Scale) -> float:
    """Bring a value to a scale on which equal steps are equally unusual."""
    if scale == "share":
        return 2 * math.asin(math.sqrt(min(max(value, 0.0), 1.0)))
    if scale in ("count", "log"):
        return math.log1p(max(value, 0.0))
    return value


def nearest(verdicts: Sequence[Verdict]) -> list[Used]:
    """Return the quiet verdict of each column that is nearest to its limit, the nearest first."""
    best: dict[str, Used] = {}
    for verdict in verdicts:
        part = used(verdict) if verdict.status is Status.OK else None
        name = verdict.metric.column or f"\0{verdict.metric.name}"
        if part is not None and (name not in best or part > best[name][0]):
            best[name] = (part, verdict)
    return sorted(best.values(), key=lambda one: -one[0])


def closest(near: Sequence[Used]) -> list[Used]:
    """Choose the few to show: those on their way to a limit, no two of one column."""
    return [one for one in near if one[0] > 0][:CLOSEST]


def columns_of(verdicts: Sequence[Verdict], facts: Mapping[str, str]) -> list[str]:
    """Return the columns of the rows that a run looked at; metrics are of pairs and rules as well."""
    measured = dict.fromkeys(verdict.metric.column for verdict in verdicts if verdict.metric.column)
    schema = fact(facts, "schema")
    known = [name for name in measured if name in schema] if isinstance(schema, dict) else []
    return known or list(measured)


def quiet_columns(near: Sequence[Used], quiet: Collection[str]) -> list[QuietDocument]:
    """Write each of some columns in one line, that nearest to a limit first."""
    return [
        {"column": verdict.metric.column, "words": nearness_words(verdict), "ratio": round(part, 4)}
        for part, verdict in near
        if verdict.metric.column in quiet and verdict.metric.column
    ]


def nearness_words(verdict: Verdict) -> str:
    """Say a value and what was expected of it.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> missing = Metric(name="null_share", value=0.03, column="temp", scale="share")
    >>> nearness_words(Verdict(metric=missing, status=Status.OK, upper=0.06))
    'rows without temp 3.0%, expected at most 6.0%'
    """
    metric = verdict.metric
    words = metric_words(metric.name, metric.column or "", metric.slice)
    expected = expectation(verdict.lower, verdict.upper, verdict.expected, metric.scale)
    return f"{words} {amount(metric.value, metric.scale)}, expected {expected}"
