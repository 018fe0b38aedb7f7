"""What Airflow itself knows: owners and due dates of DAGs, states of tasks, their order, and what they pushed.

The api-server may ask Airflow's database; tasks may not, so nothing that a task imports may import this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select

from airflow_mlmonitor.pages.dag_facts import DagFacts
from airflow_mlmonitor.provider import NAME


@dataclass(frozen=True)
class Pipeline:
    """The tasks of a DAG.

    Parameters
    ----------
    order
        All task ids, each after those it waits for.
    monitors
        Those that run a monitor.
    """

    order: tuple[str, ...] = ()
    monitors: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TaskAddress:
    """One task instance."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1


def pipeline(dag_id: str) -> Pipeline:
    """Return the tasks of a DAG as it is now; none where Airflow does not know it."""
    with create_session() as session:
        dag = SerializedDagModel.get_dag(dag_id, session=session)
        if dag is None:
            return Pipeline()
        waits = {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}
        monitors = {
            task.task_id
            for task in dag.tasks
            if any(link.name == NAME for link in task.operator_extra_links or ())
        }
    return Pipeline(order=tuple(in_order(waits)), monitors=frozenset(monitors))


def in_order(waits: Mapping[str, set[str]]) -> list[str]:
    """Put tasks in an order in which each stands after those it waits for; else as they are written.

    >>> in_order({"score": {"build"}, "load": set(), "build": {"load"}, "report": set()})
    ['load', 'build', 'score', 'report']
    """
    places = {task_id: place for place, task_id in enumerate(waits)}
    missing = {task_id: {one for one in earlier if one in places} for task_id, earlier in waits.items()}
    after: dict[str, list[str]] = {}
    for task_id, earlier in missing.items():
        for one in earlier:
            after.setdefault(one, []).append(task_id)
    ready = [(places[task_id], task_id) for task_id, earlier in missing.items() if not earlier]
    ordered: dict[str, None] = {}
    while ready:
        _, task_id = heappop(ready)
        ordered[task_id] = None
        for later in after.get(task_id, ()):
            missing[later].discard(task_id)
            if not missing[later]:
                heappush(ready, (places[later], later))
    return list(ordered | dict.fromkeys(waits))


def knows_dag(dag_id: str) -> bool:
    """Whether Airflow knows a DAG of this name, even one that is gone from its file."""
    with create_session() as session:
        return session.scalar(select(DagModel.dag_id).where(DagModel.dag_id == dag_id)) is not None


def knows_run(dag_id: str, run_id: str) -> bool:
    """Whether Airflow knows a run."""
    wanted = select(DagRun.id).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    with create_session() as session:
        return session.scalar(wanted) is not None


def states(dag_id: str, run_id: str) -> dict[tuple[str, int], str]:
    """Return the state of every task instance of a run, by task and map index; empty for one that has none yet."""
    columns = TaskInstance.task_id, TaskInstance.map_index, TaskInstance.state
    wanted = select(*columns).where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id)
    with create_session() as session:
        return {(task_id, index): str(state or "") for task_id, index, state in session.execute(wanted)}


def state(task: TaskAddress) -> str | None:
    """Return the state of a task instance, empty if it has none yet; None if Airflow knows no such one."""
    wanted = select(TaskInstance.task_id, TaskInstance.state).where(
        TaskInstance.dag_id == task.dag_id,
        TaskInstance.run_id == task.run_id,
        TaskInstance.task_id == task.task_id,
        TaskInstance.map_index == task.map_index,
    )
    with create_session() as session:
        found = session.execute(wanted).first()
    return None if found is None else str(found[1] or "")


def summary(task: TaskAddress) -> dict[str, Any] | None:
    """Return the summary that a monitoring task pushed of its run; None if it pushed none."""
    wanted = XComModel.get_many(
        run_id=task.run_id,
        key="return_value",
        dag_ids=task.dag_id,
        task_ids=task.task_id,
        map_indexes=task.map_index,
    )
    with create_session() as session:
        found = session.scalars(wanted.with_only_columns(XComModel)).first()
        said = None if found is None else XComModel.deserialize_value(found)
    return said if isinstance(said, dict) and "monitor" in said and "message" in said else None


def dag_facts() -> dict[str, DagFacts]:
    """Return what Airflow knows of every DAG: whose it is, when its next run is due, whether it is paused."""
    columns = DagModel.dag_id, DagModel.owners, DagModel.next_dagrun_create_after, DagModel.is_paused
    with create_session() as session:
        return {
            dag_id: DagFacts(owner=owners or "", due_at=due_at, is_paused=bool(is_paused))
            for dag_id, owners, due_at, is_paused in session.execute(select(*columns))
        }
