"""Hard things: what is wrong whatever the history says."""

from __future__ import annotations

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.verdict import Status, Verdict

HARD = {
    "column_gone": Status.FAIL,
    "type_changed": Status.FAIL,
    "all_null": Status.FAIL,
    "column_new": Status.WARN,
}
"""Metrics that count something which should not be there at all, and how grave one of it is."""

SEVERITY = 100.0
"""Hard things rank above everything that was weighed."""


def hard(metric: Metric) -> Verdict | None:
    """Judge a hard thing; None when it is none, or not wrong.

    >>> hard(Metric(name="rows", value=0.0)).why
    'no rows'
    >>> hard(Metric(name="rows", value=12.0)) is None
    True
    """
    name = metric.name.rpartition(".")[2]
    if name == "rows" and metric.value == 0:
        return Verdict(metric=metric, status=Status.FAIL, severity=SEVERITY, lower=1.0, why="no rows")
    if name in HARD and metric.value:
        return Verdict(metric=metric, status=HARD[name], severity=SEVERITY, upper=0.0, why=metric.why or name)
    return None
