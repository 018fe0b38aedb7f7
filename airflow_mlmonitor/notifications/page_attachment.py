"""The page of a run, to be read without Airflow."""

from __future__ import annotations

import logging

from airflow_mlmonitor.notifications.airflow_links import links_from
from airflow_mlmonitor.notifications.news import News

LOG = logging.getLogger(__name__)


def page_attachment(news: News) -> str | None:
    """Return the page of the run that some news come from, as one HTML file; None where the store has none."""
    if news.page is None or news.occasion == "resolved":
        return None
    try:
        from airflow_mlmonitor.report.html import task_html

        return task_html(news.page, links=links_from(news.place), theme="light")
    except Exception:
        LOG.exception("The message has no page attached.")
        return None
