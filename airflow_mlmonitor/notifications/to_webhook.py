"""Messages as JSON to any address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.digest_page import DigestPage


@dataclass(frozen=True)
class ToWebhook(Destination):
    """Posts messages as JSON: :func:`~airflow_mlmonitor.notifications.json_body.webhook_body`.

    :param conn_id: an HTTP connection: its password may be the whole URL, or its host, schema and port are. What is
        under ``headers`` in its extra goes along, and login and password as basic authentication.
    :param path: what follows the address.

    Example::

        MLMonitorNotifier(to=ToWebhook("hooks", path="/ml-alerts"))
    """

    conn_id: str
    path: str = ""

    def tell(self, news: News) -> None:
        """Post news."""
        from airflow_mlmonitor.notifications.http_post import post
        from airflow_mlmonitor.notifications.json_body import webhook_body

        post(self.conn_id, webhook_body(news), path=self.path, key=news.moment_key)

    def tell_digest(self, digest: DigestPage) -> None:
        """Post the page of the digest, as it is."""
        from airflow_mlmonitor.notifications.http_post import post

        post(self.conn_id, {"version": 1, "event": "digest", **digest}, path=self.path)
