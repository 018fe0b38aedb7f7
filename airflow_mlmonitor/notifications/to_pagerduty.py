"""Messages to a pager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.hooks import AirflowConnections
from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

EVENTS = "https://events.pagerduty.com"


@dataclass(frozen=True)
class ToPagerDuty(Destination):
    """Sends events to PagerDuty: one alert per incident, resolved when the incident is.

    An incident that somebody has acknowledged is acknowledged in PagerDuty too, with the next run that still fails.

    :param conn_id: a connection whose password is the integration key of a service (Events API v2), such as one of
        the type ``pagerduty_events``. Its host is only needed for another region: ``https://events.eu.pagerduty.com``.

    Example::

        MLMonitorNotifier(routes=[Route(to=ToPagerDuty("pagerduty"), severity="fail")])
    """

    conn_id: str = "pagerduty_events_default"

    keeps_state: ClassVar[bool] = True

    def tell(self, news: News) -> None:
        """Send an event."""
        from airflow_mlmonitor.notifications.events_api import pagerduty_event
        from airflow_mlmonitor.notifications.http_post import post_to

        details = AirflowConnections().details(self.conn_id)
        if not details.password:
            raise ConfigurationError(
                f"The connection {self.conn_id!r} has no password: write PagerDuty's integration key there."
            )
        body = pagerduty_event(news, details.password)
        post_to(self.conn_id, details, body, default_url=EVENTS, path="/v2/enqueue")
