"""A mail before it has a sender: its texts, its picture and what is attached."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import cast

from airflow_mlmonitor.notifications.alert_chart import alert_chart
from airflow_mlmonitor.notifications.mail_markup import CHART, html_mail
from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.news_words import subject_line
from airflow_mlmonitor.notifications.page_attachment import page_attachment
from airflow_mlmonitor.notifications.plain_text import plain_mail

LINE = 200
"""Characters of a header before it is folded; a server takes 998."""

DOMAIN = "mlmonitor.invalid"
"""Where the ids of threads live: nobody writes there."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail before it has a sender.

    Parameters
    ----------
    subject, text, html
        What it says.
    picture
        A PNG that the HTML shows; None for none.
    attachment
        An HTML page; None for none.
    thread
        Mails of one thread have the same; empty for a mail that stands alone.
    """

    subject: str
    text: str
    html: str
    picture: bytes | None = None
    attachment: str | None = None
    thread: str = ""

    def message(self, *, sender: str, to: list[str]) -> EmailMessage:
        """Return the mail as it is sent: plain text and HTML to choose from, the picture within the HTML."""
        message = EmailMessage()
        message["Subject"] = self.subject
        message["From"] = sender
        message["To"] = ", ".join(to)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=DOMAIN)
        message["Auto-Submitted"] = "auto-generated"
        if self.thread:
            message["References"] = message["In-Reply-To"] = f"<{self.thread}@{DOMAIN}>"
        message.set_content(self.text + "\n", cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        if self.picture:
            page = list(message.iter_parts())[1]
            cast("EmailMessage", page).add_related(
                self.picture, "image", "png", cid=f"<{CHART}>", filename="chart.png", disposition="inline"
            )
        if self.attachment:
            message.add_attachment(self.attachment, subtype="html", filename="report.html", cte="base64")
        if self.subject.isascii():
            # Folded, a subject would begin with a space: Python breaks the line before its first word.
            message.policy = message.policy.clone(max_line_length=LINE)
        return message


def news_letter(news: News, *, attach: bool = True) -> Letter:
    """Write news as a letter."""
    picture = alert_chart(news)
    return Letter(
        subject=subject_line(news),
        text=plain_mail(news),
        html=html_mail(news, chart=picture is not None),
        picture=picture,
        attachment=page_attachment(news) if attach else None,
        thread=news.key,
    )
