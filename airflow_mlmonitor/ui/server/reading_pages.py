"""The documents of pages, with what only Airflow knows filled in.

Everything here may take its time: it runs in the threads of :class:`~airflow_mlmonitor.ui.server.recent.Recent`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial

from airflow_mlmonitor.errors import MLMonitorError, StoreError, StoreUnavailable
from airflow_mlmonitor.pages.banner import banner
from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.documents import ChartDocument, DagPage, DagRunPage, SeriesNames, TaskPage
from airflow_mlmonitor.pages.incident_page import dag_of_incident, incident_page
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.overview_documents import Banner, IncidentPage, ModelsPage
from airflow_mlmonitor.pages.series_page import series, series_names
from airflow_mlmonitor.pages.task_page import task_page
from airflow_mlmonitor.ui.server import airflow_records
from airflow_mlmonitor.ui.server.airflow_records import TaskAddress
from airflow_mlmonitor.ui.server.pending import pending_page, with_pending
from airflow_mlmonitor.ui.server.problems import Problem, store_problem
from airflow_mlmonitor.ui.server.stores import Stores

LOOKED_AT = 100
"""Latest runs of a monitor that say to which DAGs it belongs."""


def task_document(stores: Stores, task: TaskAddress) -> TaskPage:
    """Return the page of a task instance, or how far it is.

    :raises Problem: neither the store nor Airflow knows it.
    """
    page = stores.read(partial(task_page, **asdict(task)))
    state = airflow_records.state(task)
    if page is None and state is None:
        raise Problem(
            "unknown",
            404,
            f"There is no task instance {task.task_id!r} in run {task.run_id!r} of DAG {task.dag_id!r}.",
            "It may have been deleted. Check the address.",
        )
    if page is None:
        monitors = airflow_records.pipeline(task.dag_id).monitors
        page = pending_page(task, state or "", is_monitor=task.task_id in monitors)
    return {**page, "task_state": state or ""}


def run_document(stores: Stores, dag_id: str, run_id: str) -> DagRunPage:
    """Return the page of a DAG run; monitors that have not finished stand in it too.

    :raises Problem: neither the store nor Airflow knows it.
    """
    pipeline = airflow_records.pipeline(dag_id)
    page = stores.read(partial(dag_run_page, dag_id=dag_id, run_id=run_id, order=pipeline.order))
    if not page["monitors"] and not airflow_records.knows_run(dag_id, run_id):
        raise Problem(
            "unknown",
            404,
            f"There is no run {run_id!r} of DAG {dag_id!r}.",
            "It may have been deleted. Check the address.",
        )
    return with_pending(page, airflow_records.states(dag_id, run_id), pipeline)


def dag_document(stores: Stores, dag_id: str, days: int) -> DagPage:
    """Return the page of a DAG.

    :raises Problem: neither the store nor Airflow knows it.
    """
    page = stores.read(partial(dag_page, dag_id=dag_id, days=days))
    if not page["monitors"] and not airflow_records.knows_dag(dag_id):
        raise Problem("unknown", 404, f"There is no DAG {dag_id!r}.", "Check how it is written.")
    return page


def summary_instead(error: MLMonitorError, connection: str, task: TaskAddress) -> Problem:
    """Say that the store is away, with what the task itself remembers."""
    problem = store_problem(error, connection)
    if isinstance(error, StoreUnavailable):
        problem.summary = airflow_records.summary(task)
    return problem


def models_document(
    stores: Stores, readable: frozenset[str], *, query: str, state: str, offset: int, limit: int
) -> ModelsPage:
    """Return the models of some DAGs."""
    dags = {dag_id: facts for dag_id, facts in airflow_records.dag_facts().items() if dag_id in readable}
    asked = partial(models_page, query=query, state=state, offset=offset, limit=limit)
    return stores.read(partial(asked, readable=readable, dags=dags))


def banner_document(stores: Stores, readable: frozenset[str]) -> Banner:
    """Return the worst of what is open in some DAGs."""
    return stores.read(partial(banner, readable=readable))


def series_document(
    stores: Stores,
    *,
    monitor: str,
    metric: str,
    column: str,
    slice_: str,
    begin: datetime | None,
    end: datetime | None,
) -> ChartDocument:
    """Return one series over time."""
    asked = partial(series, monitor=monitor, metric=metric, column=column, slice=slice_)
    return stores.read(partial(asked, begin=begin, end=end))


def names_document(stores: Stores, *, monitor: str, dag_id: str) -> SeriesNames:
    """Return what series a monitor has, or a DAG."""
    return stores.read(partial(series_names, monitor=monitor or None, dag_id=dag_id or None))


def incident_document(stores: Stores, number: int) -> IncidentPage:
    """Return the page of an incident."""
    return stores.read(partial(incident_page, number=number))


def dag_of(stores: Stores, number: int) -> str:
    """Return the DAG of an incident; empty where it is of none, or there is no such incident."""
    try:
        return stores.read(partial(dag_of_incident, number=number))
    except StoreError as error:
        if type(error) is StoreError:  # its subclasses are other troubles
            return ""
        raise


def dags_of_monitor(stores: Stores, monitor: str) -> frozenset[str]:
    """Return the DAGs whose tasks wrote the latest runs of a monitor; none where there is no such monitor."""
    runs = stores.read(lambda store: store.runs(monitor=monitor, last=LOOKED_AT))
    return frozenset(run.tags.dag_id for run in runs if run.tags.dag_id)
