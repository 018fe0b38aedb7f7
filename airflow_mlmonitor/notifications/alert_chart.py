"""The chart of a message, where it can be drawn."""

from __future__ import annotations

import logging

from airflow_mlmonitor.notifications.news import News

LOG = logging.getLogger(__name__)


def alert_chart(news: News) -> bytes | None:
    """Draw the finding of some news as a PNG; None where there is none, or what draws it is not installed."""
    if news.finding is None or news.occasion == "resolved":
        return None
    try:
        from airflow_mlmonitor.report.charts import alert_png
    except ImportError as error:
        LOG.info("The message has no chart: %s.", error)
        return None
    try:
        return alert_png(news.finding)
    except Exception:
        LOG.exception("The message has no chart.")
        return None
