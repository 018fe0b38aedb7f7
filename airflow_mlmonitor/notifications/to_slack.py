"""Messages to a channel of Slack."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.hooks import AirflowConnections
from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.digest_page import DigestPage

LOG = logging.getLogger(__name__)

TIMEOUT = 10


@dataclass(frozen=True)
class ToSlack(Destination):
    """Posts to Slack, through the hooks of Airflow's Slack provider.

    :param conn_id: a connection of the type ``slackwebhook`` (an incoming webhook, which has its channel), or of the
        type ``slack`` (an app's token, which posts to any channel and adds the chart as a reply).
    :param channel: the channel, for a connection of the type ``slack``; the app must be a member of it.

    Example::

        MLMonitorNotifier(to=ToSlack("slack_api_default", channel="#ml-alerts"))
    """

    conn_id: str
    channel: str = ""

    def tell(self, news: News) -> None:
        """Post news, and its chart where the connection can."""
        from airflow_mlmonitor.notifications.alert_chart import alert_chart
        from airflow_mlmonitor.notifications.block_kit import slack_blocks, slack_text

        posted = self._post(slack_text(news), slack_blocks(news))
        if posted and (picture := alert_chart(news)):
            self._reply(posted, picture, news.title)

    def tell_digest(self, digest: DigestPage) -> None:
        """Post the digest."""
        from airflow_mlmonitor.notifications.digest_letter import digest_blocks, digest_title

        self._post(digest_title(digest), digest_blocks(digest))

    def _post(self, text: str, blocks: Sequence[dict[str, Any]]) -> Any:
        """Post a message; return what Slack says of it, where it can be replied to."""
        message = {"text": text, "blocks": list(blocks)}
        if AirflowConnections().details(self.conn_id).conn_type == "slackwebhook":
            hook = _hooks().slack_webhook.SlackWebhookHook(
                slack_webhook_conn_id=self.conn_id, timeout=TIMEOUT
            )
            with _said_clearly(self.conn_id):
                hook.send(**message)
            return None
        if not self.channel:
            raise ConfigurationError(
                f"ToSlack({self.conn_id!r}) needs a channel, such as channel='#ml-alerts': only a connection of the "
                "type slackwebhook has one of its own."
            )
        with _said_clearly(self.conn_id):
            return self._app().call("chat.postMessage", json={"channel": self.channel, **message})

    def _reply(self, posted: Any, picture: bytes, title: str) -> None:
        """Add the chart below a message; without the right to, the message stands without it."""
        file = {"content": picture, "filename": "chart.png", "title": title, "alt_txt": title}
        try:
            self._app().get_conn().files_upload_v2(
                channel=posted["channel"], thread_ts=posted["ts"], file_uploads=[file]
            )
        except Exception as error:  # noqa: BLE001 - the message itself has arrived
            LOG.warning(
                "The chart could not be added in Slack (connection %r): %s. The app needs the scope files:write.",
                self.conn_id,
                error,
            )

    def _app(self) -> Any:
        return _hooks().slack.SlackHook(slack_conn_id=self.conn_id, timeout=TIMEOUT)


@contextmanager
def _said_clearly(conn_id: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NotDelivered(
            f"Slack did not take the message (connection {conn_id!r}): {error}. Check the connection's password, and "
            "that the app is a member of the channel."
        ) from error


def _hooks() -> Any:
    try:
        from airflow.providers.slack import hooks
        from airflow.providers.slack.hooks import slack, slack_webhook  # noqa: F401 - become attributes of hooks
    except ImportError as error:
        raise ConfigurationError(
            "Messages to Slack go through Airflow's Slack provider, which is not installed here: "
            "pip install apache-airflow-providers-slack, where tasks and callbacks run."
        ) from error
    return hooks
