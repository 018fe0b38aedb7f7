"""How news begin: their mark, their subject, and why they come."""

from __future__ import annotations

from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.report.table import shortened

MARKS = {"fail": "✕", "broken": "◆", "warn": "▲"}
DONE = "✓"
LATE = "◷"

STATUS = {"fail": "failed", "broken": "could not check", "warn": "warning"}

HOW = {"escalated": "worse", "reminded": "still open", "reopened": "back"}
"""What a subject adds to the status of an incident that was told of before."""

SUBJECT = 150
"""Characters of a subject; more is cut off by most programs."""

BECAUSE = {
    "opened": "opened",
    "escalated": "is twice as bad as when it was last told",
    "reminded": "has been open for another 7 days",
    "reopened": "is back",
    "resolved": "is over",
    "acknowledged": "is acknowledged",
}

NEXT_MESSAGE = "Next message: when it gets twice as bad, after 7 days, or at the end."
NO_MORE = "No more messages unless it comes back."


def mark(news: News) -> str:
    """Return the sign of a status: told apart by its form, not by its colour alone."""
    if news.occasion in ("resolved", "acknowledged"):
        return DONE
    return LATE if news.occasion == "late" else MARKS.get(news.status, MARKS["fail"])


def status_words(news: News) -> str:
    """Say in two words what happened.

    >>> status_words(News(occasion="opened", status="fail", subject="flight_delay", title="temp is missing"))
    'failed'
    >>> status_words(News(occasion="reminded", status="warn", subject="flight_delay", title="temp is missing"))
    'warning, still open'
    """
    if news.occasion in ("resolved", "acknowledged", "late"):
        return news.occasion
    status = STATUS.get(news.status, "failed")
    return f"{status}, {HOW[news.occasion]}" if news.occasion in HOW else status


def headline(news: News) -> str:
    """Say what is wrong of what.

    >>> headline(News(occasion="opened", status="fail", subject="flight_delay", title="temp is missing"))
    'flight_delay: temp is missing'
    """
    return f"{news.subject}: {news.title}" if news.subject else news.title


def subject_line(news: News) -> str:
    """Write the subject of a mail, in one line.

    >>> subject_line(News(occasion="resolved", status="fail", subject="flight_delay", title="temp is missing"))
    '[resolved] flight_delay: temp is missing'
    """
    return shortened(" ".join(f"[{status_words(news)}] {bare(headline(news))}".split()), SUBJECT)


def why_told(news: News) -> str:
    """Say why a message comes, and when the next one will.

    >>> why_told(News(occasion="opened", status="fail", subject="flight_delay", title="temp is missing", incident=142))
    'You get this because incident 142 opened. Next message: when it gets twice as bad, after 7 days, or at the end.'
    """
    if news.incident is None:
        return news.why
    after = NO_MORE if news.occasion in ("resolved", "acknowledged") else NEXT_MESSAGE
    return f"You get this because incident {news.incident} {BECAUSE[news.occasion]}. {after}"


def bare(text: str) -> str:
    """Leave out the backticks in which pages set names.

    >>> bare("clear `load_weather` and downstream")
    'clear load_weather and downstream'
    """
    return text.replace("`", "")
