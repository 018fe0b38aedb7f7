"""What a callback's context says, whichever process it comes from and however little there is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.context import Context, place_of
from airflow_mlmonitor.report.report import Tags

LOG = logging.getLogger(__name__)

FINDINGS = frozenset({"fail", "broken", "warn"})

SUCCESS = frozenset({"success", "TaskInstanceState.SUCCESS"})

Summary = Mapping[str, Any]
"""What a monitor leaves in XCom: :meth:`Report.summary`."""


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """What happened to one task instance, as far as it is known.

    Parameters
    ----------
    place
        The task instance.
    summary
        What its monitor left in XCom; None for other tasks, and for one that failed before it could conclude.
    error
        What it failed with, in one line; empty where nobody says (it was killed, or did not fail).
    succeeded
        Whether the task went well, so that without a summary there is nothing to tell.
    model, owner, metrics_conn_id
        What its operator and its DAG say.
    """

    place: Tags
    summary: Summary | None = None
    error: str = ""
    succeeded: bool = False
    model: str = ""
    owner: str = ""
    metrics_conn_id: str | None = None

    @property
    def notices(self) -> list[Mapping[str, Any]]:
        """What the run meant for incidents."""
        return list(self.summary.get("notices") or []) if self.summary else []

    @property
    def found_something(self) -> bool:
        """Whether its monitor came to findings."""
        return bool(self.summary) and (self.summary or {}).get("status") in FINDINGS


def occurrence_of(context: Context) -> Occurrence:
    """Read what happened from the context of a task's callback."""
    place, error = place_of(context), context.get("exception")
    operator = getattr(context.get("ti"), "task", None) or context.get("task")
    return Occurrence(
        place=place,
        summary=summary_of(context.get("ti"), place.task_id, place.map_index),
        succeeded=not error and str(getattr(context.get("ti"), "state", "")) in SUCCESS,
        error=" ".join(str(error or "").split()) or (type(error).__name__ if error else ""),
        **said_by(operator, context.get("dag")),
    )


def said_by(operator: Any, dag: Any) -> dict[str, Any]:
    """Return what an operator says of its model, its owner and its store; a mapped one says it in its arguments."""
    arguments = getattr(operator, "partial_kwargs", {})

    def of(name: str) -> str:
        value = getattr(operator, name, None) or arguments.get(name)
        return value if isinstance(value, str) else ""

    return {
        "model": of("model"),
        "owner": of("owner") or getattr(dag, "owner", "") or "",
        "metrics_conn_id": of("metrics_conn_id") or None,
    }


def summary_of(ti: Any, task_id: str, map_index: int) -> Summary | None:
    """Pull what the monitor of a task left in XCom; None where it left nothing, or nothing can be pulled here."""
    try:
        found = ti.xcom_pull(task_ids=task_id, map_indexes=map_index) if ti is not None else None
    except Exception as error:  # noqa: BLE001 - a message without details is better than none
        LOG.info("XCom of task %s cannot be read here: %s", task_id, error)
        return None
    return found if is_summary(found) else None


def is_summary(value: object) -> bool:
    """Whether a value was left by a monitor: another task's XCom may be anything."""
    return isinstance(value, Mapping) and {"monitor", "status", "is_news"} <= value.keys()
