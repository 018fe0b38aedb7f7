"""How near series are to their limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from airflow_mlmonitor.checks.metric import Metric, Scale
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.documents import QuietDocument
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.pages.vocabulary import metric_words
from airflow_mlmonitor.report.words import amount, expectation

PLAIN = frozenset(
    {"rows", "duplicates", "null_share", "zero_share", "unseen_share", "mean", "p50", "distinct", "entropy"}
)
"""Metrics of rows that everybody understands, by name without a prefix."""

OF_ROWS = frozenset(
    {
        "values",
        "extreme",
        "distance",
        "digits",
        "segment_rows",
        "beyond",
        "pair",
        "identity",
        "order",
        "triples",
    }
    | {"nulls_by_segment", "unjoined", "ordered", "format", "null_pattern", "category", "missing", "domain"}
)
"""Families of metrics of rows, most of which say little to most people."""

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
    scale, value = verdict.metric.scale, verdict.metric.value
    lower, upper = verdict.lower, verdict.upper
    if value is None or (lower is None and upper is None):
        return None
    middle = verdict.expected
    if middle is None:
        middle = lower / 2 + upper / 2 if lower is not None and upper is not None else 0.0
    now, usual = _there(value, scale), _there(middle, scale)
    part: float | None = None
    # Ten thousand of these are looked at for one page: no lists are made, and nothing is called that need not be.
    if lower is not None and not (lower == 0.0 == value and scale != "location"):
        there = _there(lower, scale)
        if there < usual:
            part = (now - usual) / (there - usual)
    if upper is not None and not (upper == 1.0 == value and scale == "share"):
        there = _there(upper, scale)
        if there > usual:
            above = (now - usual) / (there - usual)
            part = above if part is None or above > part else part
    if part is None or math.isnan(part):
        return None
    return 0.0 if part < 0.0 else min(part, 99.0)


def _is_plain(metric: Metric) -> bool:
    name = metric.name.rpartition(".")[2]
    return metric.family not in OF_ROWS or name in PLAIN or name.startswith("share:")


def _there(value: float, scale: Scale) -> float:
    """Bring a value to a scale on which equal steps are equally unusual."""
    if scale == "share":
        return 2 * math.asin(math.sqrt(0.0 if value < 0.0 else min(value, 1.0)))
    if scale in ("count", "log"):
        return math.log1p(max(value, 0.0))
    return value


def measured(verdicts: Iterable[Verdict]) -> list[Used]:
    """Say of every quiet verdict with a limit how near it is."""
    quiet = ((used(verdict), verdict) for verdict in verdicts if verdict.status is Status.OK)
    return [(part, verdict) for part, verdict in quiet if part is not None]


def plain(found: Iterable[Used]) -> list[Used]:
    """Keep those of metrics that people know at once."""
    return [one for one in found if _is_plain(one[1].metric)]


def nearest(found: Iterable[Used]) -> list[Used]:
    """Keep of each column that which is nearest to its limit, the nearest first."""
    best: dict[str, Used] = {}
    for one in found:
        metric = one[1].metric
        name = metric.column or f"\0{metric.name}"
        if name not in best or one[0] > best[name][0]:
            best[name] = one
    return sorted(best.values(), key=lambda one: -one[0])


def closest(near: Sequence[Used]) -> list[Used]:
    """Choose the few to show: those on their way to a limit, no two of one column."""
    return [one for one in near if one[0] > 0][:CLOSEST]


def columns_of(verdicts: Sequence[Verdict], facts: Mapping[str, str]) -> list[str]:
    """Return the columns of the rows that a run looked at; metrics are of pairs and rules as well."""
    named = dict.fromkeys(verdict.metric.column for verdict in verdicts if verdict.metric.column)
    schema = fact(facts, "schema")
    known = [name for name in named if name in schema] if isinstance(schema, dict) else []
    return known or list(named)


def quiet_columns(near: Sequence[Used], columns: Sequence[str]) -> list[QuietDocument]:
    """Write each of some columns in one line, that nearest to a limit first, last those without any."""
    known = {verdict.metric.column: (part, verdict) for part, verdict in near}
    quiet: list[QuietDocument] = [
        {"column": name, "words": nearness_words(known[name][1]), "ratio": round(known[name][0], 4)}
        for name in sorted(known.keys() & set(columns), key=lambda name: -known[name][0])
        if name
    ]
    quiet += [{"column": name, "words": "", "ratio": 0.0} for name in columns if name not in known]
    return quiet


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
