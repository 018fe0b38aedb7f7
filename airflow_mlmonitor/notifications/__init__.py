"""Telling people what monitors found: by incident, once, where they are."""

from __future__ import annotations

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.html_mail import html_mail
from airflow_mlmonitor.notifications.mlmonitor_notifier import MLMonitorNotifier, send_mlmonitor_notification
from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.news_words import subject_line
from airflow_mlmonitor.notifications.pagerduty_event import pagerduty_event
from airflow_mlmonitor.notifications.plain_mail import plain_mail
from airflow_mlmonitor.notifications.route import Route
from airflow_mlmonitor.notifications.slack_blocks import slack_blocks
from airflow_mlmonitor.notifications.teams_card import teams_card
from airflow_mlmonitor.notifications.to_mail import ToMail
from airflow_mlmonitor.notifications.to_notifier import ToNotifier
from airflow_mlmonitor.notifications.to_pagerduty import ToPagerDuty
from airflow_mlmonitor.notifications.to_slack import ToSlack
from airflow_mlmonitor.notifications.to_teams import ToTeams
from airflow_mlmonitor.notifications.to_webhook import ToWebhook
from airflow_mlmonitor.notifications.webhook_body import webhook_body

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
