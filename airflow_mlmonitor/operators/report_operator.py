"""The operator that ends a DAG run with one page, and with the truth about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowFailException

from airflow_mlmonitor.context import Context, tags_of
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.operators.kept_page import keep_page, links_into_airflow
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator
from airflow_mlmonitor.operators.task import no_vain_retries, rendered_for_run

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.documents import DagRunPage, TaskPage
    from airflow_mlmonitor.store.store import MetricsStore

Instance = tuple[str, int]
"""A task instance of the DAG run: task id and map index."""

FAILED = ("failed", "upstream_failed")

FOUND = ("fail", "broken", "warn")
"""Statuses for which a monitor may have failed its task itself."""

SILENT = {
    "failed": "The task failed, not for what it found: its log says why.",
    "upstream_failed": "It did not run: a task before it failed.",
}
"""Why a monitor concluded nothing. One that was skipped was meant to."""

SHOWN = 10
"""Monitors that failed whose pages are shown in full."""


class MonitorReportOperator(BaseOperator):
    """Writes one HTML page about all monitors of a DAG run, and fails when a task before it failed.

    It runs last, whatever became of the tasks before it (``trigger_rule="all_done"``). Airflow decides by the last
    tasks whether a DAG run failed: one that always succeeds would make a run green in which monitors failed. So this
    one fails with them, after the page is written.

    The page shows all monitors in the order of the pipeline, where to start, and what those that failed found; also
    those that ended before they could conclude anything.

    :param path: path or URL of the page, such as ``"s3://reports/{{ window.label }}.html"``; ``window`` is the run's
        data interval. (templated)
    :param conn_id: connection of the object store in which the URL lies; None takes its default credentials.
        (templated)
    :param metrics_conn_id: connection of the metrics store; see
        :class:`~airflow_mlmonitor.hooks.MetricsStoreHook`. (templated)

    Example::

        build_features >> [skew, parity] >> score
        [skew, parity, score] >> MonitorReportOperator(task_id="report", path="reports/{{ window.label }}.html")
    """

    template_fields: Sequence[str] = ("path", "conn_id", "metrics_conn_id")

    def __init__(
        self,
        *,
        path: str,
        conn_id: str | None = None,
        metrics_conn_id: str | None = None,
        trigger_rule: str = "all_done",
        **kwargs: Any,
    ) -> None:
        super().__init__(trigger_rule=trigger_rule, **kwargs)
        self.path = path
        self.conn_id = conn_id
        self.metrics_conn_id = metrics_conn_id

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a template field; it may speak of the run's window."""
        render = super().render_template
        return rendered_for_run(
            content, context, None, lambda text, named: render(text, named, *args, **kwargs)
        )

    def execute(self, context: Any) -> dict[str, Any]:
        """Write the page, then fail or pass.

        :raises AirflowFailException: a task before it failed.
        :raises NotDelivered: the page could not be written; trying again may help.
        """
        from airflow_mlmonitor.report.html import dag_run_html

        tags, states = tags_of(context), self._states(context)
        with no_vain_retries():
            with MetricsStoreHook(self.metrics_conn_id).opened() as store:
                page, tasks = self._read(store, tags.dag_id, tags.run_id, states)
            html = dag_run_html(
                page,
                title=f"{tags.dag_id}, {tags.run_id}",
                tasks=tasks,
                links=links_into_airflow(tags.dag_id, tags.run_id),
            )
            where = keep_page(html, self.path, self.conn_id, self.log)
        failed = [name_of(instance) for instance, state in states.items() if state in FAILED]
        summary = {
            "report": where,
            "status": page["status"],
            "headline": page["headline"],
            "monitors": len(page["monitors"]),
            "failed": failed,
        }
        if failed:
            if self.do_xcom_push:  # Airflow itself pushes nothing when a task fails
                context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=summary)
            raise AirflowFailException(
                f"{page['headline']} Failed before this task: {', '.join(failed)}; see {where}."
            )
        return summary

    def _states(self, context: Context) -> dict[Instance, str]:
        """How the tasks before this one ended, in the order of the pipeline."""
        order, ti = self._order(), context["ti"]
        if not order:
            return {}
        found = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id], task_ids=order).get(ti.run_id, {})
        states = {instance_of(name, order): str(state) for name, state in found.items()}
        return {key: states[key] for key in sorted(states, key=lambda key: (order.index(key[0]), key[1]))}

    def _order(self) -> list[str]:
        """Name all tasks before this one, each after those before it."""
        before = {task.task_id: task.upstream_task_ids for task in self.get_flat_relatives(upstream=True)}
        return list(
            TopologicalSorter({name: sorted(ids) for name, ids in sorted(before.items())}).static_order()
        )

    def _read(
        self, store: MetricsStore, dag_id: str, run_id: str, states: Mapping[Instance, str]
    ) -> tuple[DagRunPage, list[TaskPage]]:
        from airflow_mlmonitor.pages.dag_run_page import dag_run_page
        from airflow_mlmonitor.pages.silent_monitors import with_silent
        from airflow_mlmonitor.pages.task_page import task_page

        order = list(dict.fromkeys(task_id for task_id, _ in states))
        page = dag_run_page(store, dag_id=dag_id, run_id=run_id, order=order)
        page = with_silent(page, self._silent(page, states), order)
        gravest = [row for row in page["monitors"] if row["monitor"] and row["status"] in FOUND]
        gravest.sort(key=lambda row: row["status"] == "warn")
        read: Iterable[TaskPage | None] = (
            task_page(store, dag_id=dag_id, run_id=run_id, task_id=row["task_id"], map_index=row["map_index"])
            for row in gravest[:SHOWN]
        )
        return page, [task for task in read if task is not None]

    def _silent(self, page: DagRunPage, states: Mapping[Instance, str]) -> dict[Instance, str]:
        """Monitors before this task that concluded nothing, and why."""
        tasks = self.get_flat_relatives(upstream=True)
        monitors = {task.task_id for task in tasks if issubclass(_class_of(task), MonitorOperator)}
        found = {(row["task_id"], row["map_index"]) for row in page["monitors"] if row["status"] in FOUND}
        return {
            instance: SILENT[state]
            for instance, state in states.items()
            if instance[0] in monitors and state in SILENT and instance not in found
        }


def instance_of(name: str, task_ids: Sequence[str]) -> Instance:
    """Read how Airflow names a task instance in a list of states: mapped ones have their index behind.

    >>> instance_of("skew", ["skew"]), instance_of("skew_by_day_3", ["skew_by_day"])
    (('skew', -1), ('skew_by_day', 3))
    """
    if name in task_ids:
        return name, -1
    task_id, _, index = name.rpartition("_")
    return task_id, int(index)


def name_of(instance: Instance) -> str:
    """Name a task instance as the grid does.

    >>> name_of(("skew", -1)), name_of(("skew", 3))
    ('skew', 'skew[3]')
    """
    task_id, index = instance
    return f"{task_id}[{index}]" if index >= 0 else task_id


def _class_of(task: Any) -> type:
    return getattr(task, "operator_class", type(task))
