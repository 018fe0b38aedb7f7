"""From the context of a callback, whichever it is, to the news in it."""

from __future__ import annotations

from airflow_mlmonitor.context import Context
from airflow_mlmonitor.notifications.composing import news_of
from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.occurrence import occurrence_of


def hear(context: Context, metrics_conn_id: str | None = None) -> list[News]:
    """Return what there is to tell of what a callback was called for.

    :param context: of a task's callback in a worker, of one of a killed task or of a whole DAG in the DAG processor,
        or of a deadline in the triggerer.
    :param metrics_conn_id: where the details are; by default where the task keeps them.
    """
    if "deadline" in context:
        from airflow_mlmonitor.notifications.missed_deadline import news_of_deadline

        return [news_of_deadline(context, metrics_conn_id)]
    if "reason" in context or context.get("ti") is None:
        from airflow_mlmonitor.notifications.failed_dag import news_of_dag

        return news_of_dag(context, metrics_conn_id)
    return news_of(occurrence_of(context), metrics_conn_id)
