"""News as a mail of plain text: a sentence, then labelled lines in columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.news_words import bare, why_told
from airflow_mlmonitor.report.words import capital

WIDTH = 76
"""Characters of a line: what every mail program shows unbroken."""

GAP = 3


def plain_mail(news: News) -> str:
    """Write news as plain text.

    Examples
    --------
    >>> from airflow_mlmonitor.notifications.news import Fact, Link
    >>> news = News(
    ...     occasion="opened",
    ...     status="fail",
    ...     subject="flight_delay",
    ...     title="temp is missing in 36.0% of 988 rows",
    ...     facts=(
    ...         Fact(label="Expected", lines=("0–10.6% (90 runs)",)),
    ...         Fact(label="With it", lines=("dewp, humid: same rows", "prediction: 0.030, expected 0.10–0.23")),
    ...     ),
    ...     incident=142,
    ...     links=(Link(label="Open what broke", url="https://airflow.example.com/dags/flights"),),
    ... )
    >>> print(plain_mail(news))
    Temp is missing in 36.0% of 988 rows.
    <BLANKLINE>
    Expected   0–10.6% (90 runs)
    With it    dewp, humid: same rows
               prediction: 0.030, expected 0.10–0.23
    <BLANKLINE>
    Open what broke   https://airflow.example.com/dags/flights
    At a terminal     mlmonitor ack 142
    <BLANKLINE>
    You get this because incident 142 opened. Next message: when it gets twice
    as bad, after 7 days, or at the end.
    """
    blocks = [
        wrapped(sentence(news.title)),
        columns([(fact.label, fact.lines) for fact in news.facts]),
        wrapped(news.also),
        columns([*((link.label, (link.url,)) for link in news.links), *_verbs(news)]),
        wrapped(news.note),
        wrapped(why_told(news)),
    ]
    return bare("\n\n".join(filter(None, blocks)))


def sentence(text: str) -> str:
    """Begin with a capital, if that changes nothing but a plain word, and end with a full stop."""
    first = text.split(" ", 1)[0]
    begun = capital(text) if first.isalpha() else text
    return begun if begun.endswith((".", "?", "…")) else f"{begun}."


def columns(rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Write labels in one column and what they say in another; long lines are folded, addresses never."""
    margin = max((len(label) for label, _ in rows), default=0) + GAP
    return "\n".join(line for label, texts in rows for line in _row(label, texts, margin))


def _row(label: str, texts: Sequence[str], margin: int) -> Iterator[str]:
    begun = label.ljust(margin)
    for text in texts:
        for line in _folded(text, WIDTH - margin):
            yield f"{begun}{line}"
            begun = " " * margin


def wrapped(text: str) -> str:
    """Fold a paragraph."""
    return "\n".join(_folded(text, WIDTH))


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _verbs(news: News) -> list[tuple[str, tuple[str]]]:
    if news.incident is None or news.occasion == "resolved":
        return []
    return [("At a terminal", (f"mlmonitor ack {news.incident}",))]
