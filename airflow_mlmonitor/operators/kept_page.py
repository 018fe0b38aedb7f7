"""Pages of runs, kept where people without a login to Airflow find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import conf

from airflow_mlmonitor.hooks import AirflowConnections, MetricsStoreHook

if TYPE_CHECKING:
    from airflow_mlmonitor.report.links import Links
    from airflow_mlmonitor.report.report import Report


def keep_page_of_run(
    report: Report, place: str, *, conn_id: str | None, metrics_conn_id: str | None, log: Any
) -> str | None:
    """Write the page of a run that was just saved; what goes wrong is logged, since it says nothing about the run.

    :param report: the run.
    :param place: path or URL.
    :param conn_id: connection of the object store in which a URL lies.
    :param metrics_conn_id: connection of the metrics store.
    :param log: the task's.
    :return: where the page is, or None if it is nowhere.
    """
    from airflow_mlmonitor.pages.task_page import run_page
    from airflow_mlmonitor.report.html import task_html

    try:
        with MetricsStoreHook(metrics_conn_id).opened() as store:
            page = run_page(store, monitor=report.monitor, window=report.window)
        if page is None:
            log.error("There is no page of %s on %s: its run is gone already.", report.monitor, report.window)
            return None
        links = links_into_airflow(report.tags.dag_id, report.tags.run_id)
        return keep_page(task_html(page, links=links), place, conn_id, log)
    except Exception:
        log.exception("The page of %s on %s could not be kept.", report.monitor, report.window)
        return None


def keep_page(page: str, place: str, conn_id: str | None, log: Any) -> str:
    """Write a page to a path or URL and return where it is.

    :raises ConfigurationError: the place is none.
    :raises NotDelivered: it cannot be written there.
    """
    from airflow_mlmonitor.report.writing import write_page

    connections: Any = AirflowConnections()
    where = write_page(page, place, connections, conn_id or None)
    log.info("The page is %s (%.0f kB).", where, len(page.encode()) / 1000)
    return where


def links_into_airflow(dag_id: str, run_id: str) -> Links | None:
    """Return where the links of a page about a DAG run lead; None where Airflow does not say what its address is."""
    from airflow_mlmonitor.report.links import Links

    base = conf.get("api", "base_url", fallback="") or ""
    return Links(base=base, dag_id=dag_id, run_id=run_id) if base.startswith("http") else None
