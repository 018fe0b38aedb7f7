"""News as plain JSON, for whatever listens: every fact, its finding, and where to look."""

from __future__ import annotations

from typing import Any

from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.news_words import headline, why_told

VERSION = 1
"""Goes up when a name is taken away or comes to mean something else; more names may always come."""


def webhook_body(news: News) -> dict[str, Any]:
    """Write news as JSON.

    Examples
    --------
    >>> news = News(occasion="opened", status="fail", subject="flight_delay", title="temp is missing", incident=12)
    >>> body = webhook_body(news)
    >>> body["event"], body["headline"], body["incident"], body["key"]
    ('opened', 'flight_delay: temp is missing', 12, 'mlmonitor-incident-12')
    """
    place = news.place
    return {
        "version": VERSION,
        "event": news.occasion,
        "key": news.key,
        "id": news.moment_key,
        "status": news.status,
        "headline": headline(news),
        "title": news.title,
        "model": news.model,
        "monitor": news.monitor,
        "owner": news.owner,
        "incident": news.incident,
        "window": news.window,
        "task": {
            "dag_id": place.dag_id,
            "run_id": place.run_id,
            "task_id": place.task_id,
            "map_index": place.map_index,
        },
        "facts": {fact.label: list(fact.lines) for fact in news.facts},
        "also": news.also,
        "note": news.note,
        "why": why_told(news),
        "links": {link.label: link.url for link in news.links},
        "finding": news.finding,
    }
