"""Messages by mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

if TYPE_CHECKING:
    from airflow_mlmonitor.notifications.letter import Letter
    from airflow_mlmonitor.pages.digest_page import DigestPage


@dataclass(frozen=True)
class ToMail(Destination):
    """Sends mails through Airflow's own SMTP hook: plain text, HTML with the chart, and the run's page attached.

    Mails about one incident make one thread.

    :param to: the addresses: one, several, or a text with commas.
    :param conn_id: an SMTP connection.
    :param sender: the address it comes from; by default ``from_email`` in the extra of the connection.
    :param attach: whether to attach the page of the run, which needs nothing but a browser.

    Example::

        MLMonitorNotifier(to=ToMail("ml-on-call@example.com"))
    """

    to: str | tuple[str, ...] | list[str]
    conn_id: str = "smtp_default"
    sender: str = ""
    attach: bool = True

    def tell(self, news: News) -> None:
        """Send news."""
        from airflow_mlmonitor.notifications.letter import news_letter

        self._send(news_letter(news, attach=self.attach))

    def tell_digest(self, digest: DigestPage) -> None:
        """Send the digest."""
        from airflow_mlmonitor.notifications.digest_letter import digest_letter

        self._send(digest_letter(digest))

    def _send(self, letter: Letter) -> None:
        from airflow_mlmonitor.notifications.posting import send

        to = self.to.replace(";", ",").split(",") if isinstance(self.to, str) else self.to
        send(letter, conn_id=self.conn_id, to=[one.strip() for one in to if one.strip()], sender=self.sender)
