"""News as an event of PagerDuty's Events API v2: one alert per incident, which ends when the incident does."""

from __future__ import annotations

from typing import Any, Literal

from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.news_words import bare, headline, why_told
from airflow_mlmonitor.report.table import shortened

SEVERITY = {"fail": "critical", "broken": "error", "warn": "warning"}
"""A status as PagerDuty knows it."""

SUMMARY = 1024
"""Characters of a summary that PagerDuty takes."""

ACTIONS: dict[str, Literal["acknowledge", "resolve"]] = {"resolved": "resolve", "acknowledged": "acknowledge"}
"""What ends an alert or lets it rest; anything else triggers it."""


def pagerduty_event(news: News, routing_key: str) -> dict[str, Any]:
    """Write news as an event.

    The key stays the same for all of an incident's messages, so that PagerDuty keeps one alert: what escalates, is
    reminded or comes back adds to it, and what is over resolves it.

    :param news: what is told.
    :param routing_key: the integration key of the service.

    Examples
    --------
    >>> news = News(occasion="resolved", status="fail", subject="flight_delay", title="temp is missing", incident=12)
    >>> pagerduty_event(news, "key")
    {'routing_key': 'key', 'event_action': 'resolve', 'dedup_key': 'mlmonitor-incident-12'}
    """
    action = ACTIONS.get(news.occasion, "trigger")
    event = {"routing_key": routing_key, "event_action": action, "dedup_key": news.key}
    if action != "trigger":
        return event
    return (
        event
        | {
            "client": "ML Monitor",
            "links": [{"href": link.url, "text": link.label} for link in news.links],
            "payload": {
                "summary": shortened(bare(headline(news)), SUMMARY),
                "source": news.monitor or news.place.dag_id or "airflow",
                "severity": "error" if news.occasion == "late" else SEVERITY.get(news.status, "error"),
                "component": news.place.task_id or None,
                "group": news.model or None,
                "class": news.occasion,
                "custom_details": {
                    **{fact.label: bare("\n".join(fact.lines)) for fact in news.facts},
                    "Why": " ".join(filter(None, (news.also, news.note, why_told(news)))),
                },
            },
        }
        | ({"client_url": news.links[0].url} if news.links else {})
    )
