"""Sending a letter through Airflow's SMTP hook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook

from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.hooks import AirflowConnections
from airflow_mlmonitor.notifications.letter import Letter


class _LetterHook(SmtpHook):
    """Airflow's SMTP hook, with a letter in the place of the message that it would make: that one is HTML alone."""

    def __init__(self, letter: Letter, conn_id: str) -> None:
        super().__init__(smtp_conn_id=conn_id)
        self._letter = letter

    def _build_mime_message(
        self, mail_from: str | None, to: Any, *_: Any, **__: Any
    ) -> tuple[Any, list[str]]:
        return self._letter.message(sender=mail_from or "", to=list(to)), list(to)


def send(letter: Letter, *, conn_id: str, to: Sequence[str], sender: str = "") -> None:
    """Send a letter.

    :param letter: what is sent.
    :param conn_id: an SMTP connection.
    :param to: the addresses.
    :param sender: the address it comes from; by default ``from_email`` in the extra of the connection.
    :raises ConfigurationError: there is no such connection, no sender or nobody to send it to.
    :raises NotDelivered: the server could not be reached, or refused it.
    """
    details = AirflowConnections().details(conn_id)
    if not to:
        raise ConfigurationError("ToMail has nobody to send to: give it addresses.")
    if not (sender or details.extra.get("from_email")):
        raise ConfigurationError(
            f"The mail has no sender: write from_email into the extra of the connection {conn_id!r}, "
            "or give ToMail a sender."
        )
    try:
        with _LetterHook(letter, conn_id) as opened:
            opened.send_email_smtp(
                to=list(to), subject=letter.subject, html_content=letter.html, from_email=sender or None
            )
    except Exception as error:
        raise NotDelivered(
            f"The mail server in the connection {conn_id!r} did not take the mail ({type(error).__name__}: {error}); "
            "check its host, port, login and whether it speaks TLS (disable_ssl, disable_tls in its extra)."
        ) from error
