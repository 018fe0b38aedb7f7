"""Stores as monitors leave them, small enough to read in a test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import MetricsStore
from tests.store.making import day, verdict

DAG = "flight_delay_daily"
MODEL = "flight_delay"
LAG = timedelta(hours=3)
"""How long after its window a run starts."""


def missing(column: str = "temp", value: float = 0.36, status: Status = Status.FAIL, **more: Any) -> Verdict:
    """A finding: values of a column are missing."""
    return verdict(
        "null_share",
        value,
        column,
        scale="share",
        family="missing",
        n=981,
        status=status,
        lower=0.0,
        upper=0.1,
        severity=3.5,
        said=f"missing in {value:.1%} of 981 rows; expected 0–10%",
        **more,
    )


def quiet(column: str = "temp", value: float = 0.01) -> Verdict:
    """The same as it usually is."""
    return verdict(
        "null_share",
        value,
        column,
        scale="share",
        family="missing",
        n=981,
        lower=0.0,
        upper=0.1,
        severity=0.1,
    )


def saved(
    store: MetricsStore,
    number: int,
    *verdicts: Verdict,
    task: str = "check_features",
    dag_id: str = DAG,
    model: str = MODEL,
    monitor: str = "",
    run_id: str = "",
    window: Window | None = None,
    started: datetime | None = None,
    minute: int = 0,
    facts: Mapping[str, str] | None = None,
    map_index: int = -1,
    **more: Any,
) -> Report:
    """Save the run of the n-th day of one task, three hours after the day; quiet unless told otherwise."""
    window = window or day(number)
    report = Report(
        monitor=monitor or f"{model}/{task}",
        model=model,
        window=window,
        verdicts=verdicts or (quiet(),),
        rows=more.pop("rows", 981),
        tags=Tags(
            dag_id=dag_id,
            task_id=task if dag_id else "",
            run_id=run_id or (f"scheduled__{window.label}" if dag_id else ""),
            map_index=map_index,
        ),
        facts=facts or {},
        started=started or window.end + LAG + timedelta(minutes=minute),
        score=more.pop("score", 5.0 if any(one.status.is_finding for one in verdicts) else 1.0),
        threshold=more.pop("threshold", 4.0),
        **more,
    )
    store.save(report)
    return report


def join_failed(columns: Sequence[str] = ("temp", "dewp"), where: str = "origin = EWR") -> dict[str, str]:
    """The facts of a run that knows its cause."""
    cause = {
        "cause": "join_failed",
        "likely": f"the join that brings {columns[0]} found no partner for one key ({where})",
        "evidence": ["they are missing in 356 of the 356 rows with origin = EWR"],
        "next": "check that what is joined has rows for EWR, then rerun",
        "confidence": 0.9,
        "columns": list(columns),
        "slice": where,
        "rows": 356,
    }
    return {"causes": json.dumps([cause]), "likely": json.dumps(cause["likely"])}


def after(number: int) -> datetime:
    """The morning after the n-th day, when its runs are done."""
    return day(number).end + timedelta(hours=4)
