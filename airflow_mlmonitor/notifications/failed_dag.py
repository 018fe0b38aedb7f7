"""What there is to tell of a DAG run that failed: what its tasks have not told themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airflow_mlmonitor.context import Context, place_of
from airflow_mlmonitor.notifications.airflow_links import links_of
from airflow_mlmonitor.notifications.composing import news_of
from airflow_mlmonitor.notifications.news import Fact, News
from airflow_mlmonitor.notifications.occurrence import Occurrence, is_summary, said_by
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.report.words import plural

LOG = logging.getLogger(__name__)

NAMED = 10
"""Tasks that a message names."""

REASONS = {
    "timed_out": "the DAG run took longer than dagrun_timeout",
    "all_tasks_deadlocked": "no task of the DAG run can run any more",
}
"""Why a DAG run failed where that is not a task's failure."""


def news_of_dag(context: Context, metrics_conn_id: str | None = None) -> list[News]:
    """Return what a callback of a whole DAG has to tell.

    Tasks with a notifier of their own have told already: of monitors without one it tells the news, and of other
    tasks that failed it says which.
    """
    place, dag, ti = place_of(context), context.get("dag"), context.get("ti")
    place = Tags(dag_id=place.dag_id, run_id=place.run_id)
    tasks = {task.task_id: task for task in getattr(dag, "tasks", ())}
    failed = sorted(_failed(ti, place, tasks))
    silent = [task for task in tasks.values() if not tells_itself(task, failed=task.task_id in failed)]
    told = {task.task_id: list(_heard(task, ti, place, dag)) for task in silent if _is_monitor(task)}
    news = [
        one for found in told.values() for occurrence in found for one in news_of(occurrence, metrics_conn_id)
    ]
    quiet = [task.task_id for task in silent if task.task_id in failed and not told.get(task.task_id)]
    reason = str(context.get("reason") or "")
    if quiet or reason in REASONS or not failed:
        news.append(_of_run(place, quiet, reason, said_by(None, dag)["owner"]))
    return news


def tells_itself(task: Any, *, failed: bool) -> bool:
    """Whether a task has a notifier of its own for how it came out."""
    from airflow_mlmonitor.notifications.mlmonitor_notifier import MLMonitorNotifier

    found = task.on_failure_callback if failed else _argument(task, "on_warn_callback")
    callbacks = found if isinstance(found, Iterable) else [found]
    return any(isinstance(callback, MLMonitorNotifier) for callback in callbacks)


def _argument(task: Any, name: str) -> Any:
    return getattr(task, name, None) or getattr(task, "partial_kwargs", {}).get(name)


def _is_monitor(task: Any) -> bool:
    from airflow_mlmonitor.operators.monitor_operator import MonitorOperator

    kind = getattr(task, "operator_class", type(task))
    return isinstance(kind, type) and issubclass(kind, MonitorOperator)


def _failed(ti: Any, place: Tags, tasks: Mapping[str, Any]) -> set[str]:
    """The ids of the tasks of which an instance failed; none where Airflow does not say."""
    if ti is None:
        return set()
    try:
        states = ti.get_task_states(dag_id=place.dag_id, run_ids=[place.run_id]).get(place.run_id, {})
    except Exception as error:  # noqa: BLE001 - a message that names no task is better than none
        LOG.info("The states of the tasks of %s cannot be read here: %s", place.dag_id, error)
        return set()
    names = {name for name, state in states.items() if str(state) == "failed"}
    return {task_id for task_id in tasks for name in names if _is_of(task_id, name)}


def _is_of(task_id: str, name: str) -> bool:
    """Whether a name is that of a task, or of one of its mapped instances: ``task_id_3``."""
    return name == task_id or (name.startswith(f"{task_id}_") and name[len(task_id) + 1 :].isdecimal())


def _heard(task: Any, ti: Any, place: Tags, dag: Any) -> Iterator[Occurrence]:
    """What the instances of a monitor left in XCom."""
    try:
        found = ti.xcom_pull(task_ids=task.task_id, run_id=place.run_id) if ti is not None else None
    except Exception as error:  # noqa: BLE001 - a message without details is better than none
        LOG.info("XCom of task %s cannot be read here: %s", task.task_id, error)
        return
    for summary in found if isinstance(found, list) else [found]:
        if summary is not None and is_summary(summary):
            index = summary.get("map_index", -1)
            where = Tags(dag_id=place.dag_id, run_id=place.run_id, task_id=task.task_id, map_index=index)
            yield Occurrence(place=where, summary=summary, **said_by(task, dag))


def _of_run(place: Tags, failed: list[str], reason: str, owner: str) -> News:
    named = ", ".join(failed[:NAMED]) + (f" and {len(failed) - NAMED} more" if len(failed) > NAMED else "")
    title = REASONS.get(reason) or (
        f"{plural(len(failed), 'task')} failed: {named}" if failed else "the DAG run failed"
    )
    facts = [Fact(label="Run", lines=(place.run_id,))] if place.run_id else []
    if failed and reason in REASONS:
        facts.append(Fact(label="Failed", lines=(named,)))
    return News(
        occasion="failed",
        status="fail",
        subject=place.dag_id,
        title=title,
        place=place,
        owner=owner,
        facts=tuple(facts),
        why="You get this because the DAG run failed. What its monitors found is told separately.",
        links=links_of(place, None),
    )
