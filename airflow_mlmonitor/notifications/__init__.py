"""Telling people what monitors found: by incident, once, where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.mlmonitor_notifier import MLMonitorNotifier, send_mlmonitor_notification
from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.route import Route

if TYPE_CHECKING:
    from airflow_mlmonitor.notifications.adaptive_card import teams_card
    from airflow_mlmonitor.notifications.block_kit import slack_blocks
    from airflow_mlmonitor.notifications.events_api import pagerduty_event
    from airflow_mlmonitor.notifications.json_body import webhook_body
    from airflow_mlmonitor.notifications.mail_markup import html_mail
    from airflow_mlmonitor.notifications.news_words import subject_line
    from airflow_mlmonitor.notifications.plain_text import plain_mail
    from airflow_mlmonitor.notifications.to_mail import ToMail
    from airflow_mlmonitor.notifications.to_notifier import ToNotifier
    from airflow_mlmonitor.notifications.to_pagerduty import ToPagerDuty
    from airflow_mlmonitor.notifications.to_slack import ToSlack
    from airflow_mlmonitor.notifications.to_teams import ToTeams
    from airflow_mlmonitor.notifications.to_webhook import ToWebhook

__all__ = [
    "Destination",
    "MLMonitorNotifier",
    "News",
    "Route",
    "ToMail",
    "ToNotifier",
    "ToPagerDuty",
    "ToSlack",
    "ToTeams",
    "ToWebhook",
    "html_mail",
    "pagerduty_event",
    "plain_mail",
    "send_mlmonitor_notification",
    "slack_blocks",
    "subject_line",
    "teams_card",
    "webhook_body",
]

# A DAG file names one or two of them; what writes messages is loaded when there is one to write.
_LATE = {
    "ToMail": "to_mail",
    "ToNotifier": "to_notifier",
    "ToPagerDuty": "to_pagerduty",
    "ToSlack": "to_slack",
    "ToTeams": "to_teams",
    "ToWebhook": "to_webhook",
    "html_mail": "mail_markup",
    "pagerduty_event": "events_api",
    "plain_mail": "plain_text",
    "slack_blocks": "block_kit",
    "subject_line": "news_words",
    "teams_card": "adaptive_card",
    "webhook_body": "json_body",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
