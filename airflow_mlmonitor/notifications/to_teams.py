"""Messages to a channel of Microsoft Teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.digest_page import DigestPage


@dataclass(frozen=True)
class ToTeams(Destination):
    """Posts adaptive cards to a workflow of Teams ("Post to a channel when a webhook request is received").

    :param conn_id: an HTTP connection whose password is the URL of the workflow: it is the secret.

    Example::

        MLMonitorNotifier(to=ToTeams("teams_ml_alerts"))
    """

    conn_id: str

    def tell(self, news: News) -> None:
        """Post news."""
        from airflow_mlmonitor.notifications.adaptive_card import teams_card
        from airflow_mlmonitor.notifications.http_post import post

        post(self.conn_id, teams_card(news))

    def tell_digest(self, digest: DigestPage) -> None:
        """Post the digest."""
        from airflow_mlmonitor.notifications.digest_letter import digest_card
        from airflow_mlmonitor.notifications.http_post import post

        post(self.conn_id, digest_card(digest))
