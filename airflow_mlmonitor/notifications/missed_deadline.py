"""What there is to tell of a deadline that was missed: which checks have not run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from airflow_mlmonitor.context import Context, place_of, run_facts
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.notifications.airflow_links import links_of
from airflow_mlmonitor.notifications.details import AWAY
from airflow_mlmonitor.notifications.news import Fact, News
from airflow_mlmonitor.report.report import Tags

LOG = logging.getLogger(__name__)

LOOKED_AT = 100
"""Latest runs of a DAG in which its monitors are looked for."""


def news_of_deadline(context: Context, metrics_conn_id: str | None = None) -> News:
    """Return what a callback of a deadline has to tell; its context is the run as a mapping, and the deadline."""
    place, run = place_of(context), run_facts(context)
    deadline = _moment((context.get("deadline") or {}).get("deadline_time"))
    by = f" by {deadline:%H:%M} UTC" if deadline else " in time"
    note = ""
    missing, done, models = list[str](), list[str](), list[str]()
    try:
        missing, done, models = _checks(place, metrics_conn_id)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the store, the run is late
        LOG.warning("A message goes out without details: %s", error)
        note = AWAY
    model = models[0] if len(models) == 1 else ""
    return News(
        occasion="late",
        status="fail",
        subject=model or place.dag_id,
        title=(_title(missing, done) if not note else "no check is known to have run") + by,
        place=place,
        model=model,
        facts=_facts(place, run, deadline, missing, done),
        why="You get this because the deadline of the DAG run was missed. It is told once a run.",
        note=note,
        links=links_of(place, None),
    )


def _checks(place: Tags, metrics_conn_id: str | None) -> tuple[list[str], list[str], list[str]]:
    """The monitors of a DAG that have not run in this run of it, those that have, and their models."""
    with MetricsStoreHook(metrics_conn_id).opened() as store:
        known = store.runs(dag_id=place.dag_id, last=LOOKED_AT)
        here = store.runs(dag_id=place.dag_id, run_id=place.run_id, last=LOOKED_AT)
    done = sorted({run.monitor for run in here})
    monitors = sorted({run.monitor for run in (*known, *here)})
    missing = [monitor for monitor in monitors if monitor not in done]
    return missing, done, sorted({run.model for run in (*known, *here)})


def _title(missing: Sequence[str], done: Sequence[str]) -> str:
    if done and not missing:
        return "all checks ran, but the DAG run did not end"
    if done:
        return f"{len(missing)} of {len(missing) + len(done)} checks did not run"
    return "no check ran"


def _facts(
    place: Tags, run: dict[str, Any], deadline: datetime | None, missing: Sequence[str], done: Sequence[str]
) -> tuple[Fact, ...]:
    state = f", {run['state']}" if run.get("state") else ""
    started = _moment(run.get("start_date"))
    lines: dict[str, Sequence[str]] = {
        "Deadline": [f"{deadline:%Y-%m-%d %H:%M} UTC"] if deadline else [],
        "Run": [f"{place.run_id}{state}"] if place.run_id else [],
        "Started": [f"{started:%Y-%m-%d %H:%M} UTC" if started else "not yet"],
        "Not checked": list(missing),
        "Checked": list(done),
        "Next": ["look at what the run waits for: a task that is queued, running for long, or failed"],
    }
    return tuple(Fact(label=label, lines=tuple(texts)) for label, texts in lines.items() if texts)


def _moment(value: Any) -> datetime | None:
    """A moment in UTC, which may stand there as ISO 8601."""
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment.astimezone(UTC)
