"""Reports as a monitor would make them, small enough to read in a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags

FIRST_DAY = datetime(2013, 1, 1, tzinfo=UTC)
TASK = Tags(dag_id="flights", task_id="skew", run_id="scheduled__2013-02-08")


def day(number: int) -> Window:
    """The n-th day, the first being number 0."""
    start = FIRST_DAY + timedelta(days=number)
    return Window(start, start + timedelta(days=1))


def verdict(
    name: str = "psi", value: float | None = 0.1, column: str | None = "temp", **more: Any
) -> Verdict:
    """A verdict; what is not of the verdict itself goes to its metric."""
    own = {"status", "lower", "upper", "severity"}
    judged = {key: more.pop(key) for key in own & more.keys()}
    said = {"why": more.pop("said")} if "said" in more else {}
    metric = Metric(name=name, value=value, column=column, **more)
    return Verdict(metric=metric, status=judged.pop("status", Status.OK), **judged, **said)


def report(
    number: int = 0,
    *verdicts: Verdict,
    monitor: str = "flight_delay/skew",
    model: str = "flight_delay",
    window: Window | None = None,
    tags: Tags = TASK,
    facts: Mapping[str, str] | None = None,
    **more: Any,
) -> Report:
    """The report of the n-th day; one quiet verdict unless told otherwise."""
    return Report(
        monitor=monitor,
        model=model,
        window=window or day(number),
        verdicts=verdicts or (verdict(value=number / 10),),
        tags=tags,
        facts=facts or {},
        started=more.pop("started", datetime(2013, 3, 1, 6, 30, tzinfo=UTC)),
        **more,
    )
