"""News as an adaptive card for Microsoft Teams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.notifications.news import Link, News
from airflow_mlmonitor.notifications.news_words import bare, headline, mark, status_words, why_told
from airflow_mlmonitor.report.table import shortened
from airflow_mlmonitor.report.words import capital

COLOURS = {"fail": "attention", "broken": "attention", "warn": "warning"}

MARKUP = re.compile(r"[\\*\[]|(?<!\w)_|_(?!\w)")
"""Signs that begin or end formatting; an underscore within a word is none."""

TEXT = 600
"""Characters of one text: Teams refuses a message of more than 28 KB."""


def teams_card(news: News) -> dict[str, Any]:
    """Write news as the message that a workflow of Teams posts: one adaptive card, whose buttons are links.

    Examples
    --------
    >>> news = News(occasion="opened", status="warn", subject="flight_delay", title="age creeps up", incident=12)
    >>> card = teams_card(news)["attachments"][0]["content"]
    >>> card["body"][0]["text"], card["body"][1]["text"]
    ('▲ Warning', 'flight_delay: age creeps up')
    """
    over = news.occasion in ("resolved", "acknowledged")
    body: list[dict[str, Any]] = [
        text_block(
            f"{mark(news)} {capital(status_words(news))}",
            color="good" if over else COLOURS.get(news.status, "attention"),
            weight="bolder",
        ),
        text_block(headline(news), size="medium", weight="bolder", spacing="none"),
    ]
    if news.facts:
        facts = [{"title": fact.label, "value": plain("\n".join(fact.lines))} for fact in news.facts]
        body.append({"type": "FactSet", "facts": facts})
    quiet = " ".join(filter(None, (news.also, news.note, why_told(news))))
    if quiet:
        body.append(text_block(quiet, isSubtle=True, size="small"))
    return card(body, news.links)


def card(body: Sequence[dict[str, Any]], links: Sequence[Link]) -> dict[str, Any]:
    """Wrap the body of a card as the message that Teams takes."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(body),
        "actions": [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in links],
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment]}


def text_block(text: str, **style: Any) -> dict[str, Any]:
    """Return a block of text that is folded."""
    return {"type": "TextBlock", "text": plain(text), "wrap": True, **style}


def plain(text: str) -> str:
    r"""Take from a text what Teams would read as formatting: names of columns have underscores.

    >>> plain("dep_delay _x_ [EWR](x) *")
    'dep_delay \\_x\\_ \\[EWR](x) \\*'
    """
    cut = "\n".join(shortened(line, TEXT) for line in bare(text).split("\n"))
    return MARKUP.sub(r"\\\g<0>", cut)
