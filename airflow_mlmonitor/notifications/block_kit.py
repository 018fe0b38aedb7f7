"""News as blocks of Slack: a bold line, a few short ones, and buttons that are links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.notifications.news import Link, News
from airflow_mlmonitor.notifications.news_words import headline, mark, status_words, why_told
from airflow_mlmonitor.report.table import shortened

Block = dict[str, Any]

SECTION = 2900
"""Characters of a section; Slack refuses a message with one of more than 3,000."""

LINE = 600
"""Characters of one line before they are quoted."""

TOGETHER = ("Value", "Expected", "Since")
"""Facts that share the first line."""


def slack_blocks(news: News) -> list[Block]:
    """Write news as blocks of Slack's Block Kit.

    Examples
    --------
    >>> from airflow_mlmonitor.notifications.news import Fact
    >>> news = News(
    ...     occasion="opened",
    ...     status="fail",
    ...     subject="flight_delay",
    ...     title="temp is missing",
    ...     facts=(
    ...         Fact(label="Value", lines=("36.0% (rows without temp)",)),
    ...         Fact(label="Expected", lines=("0–10.6%",)),
    ...     ),
    ... )
    >>> print(slack_blocks(news)[0]["text"]["text"])
    *✕ flight_delay: temp is missing*
    36.0% (rows without temp); expected 0–10.6%.
    """
    lines = [f"*{quoted(f'{mark(news)} {headline(news)}')}*", *_body(news)]
    quiet = " ".join(filter(None, (news.also, news.note, why_told(news))))
    blocks = [section("\n".join(lines))]
    if quiet:
        blocks.append(context(quiet))
    return [*blocks, *actions(news.links)]


def slack_text(news: News) -> str:
    """What a notification on a phone says: Slack shows it where it cannot show blocks."""
    return quoted(f"{mark(news)} {status_words(news)}: {headline(news)}")


def _body(news: News) -> list[str]:
    together = [(label, news.fact(label)) for label in TOGETHER]
    said = [
        quoted(f"expected {fact.lines[0]}" if label == "Expected" else fact.lines[0])
        for label, fact in together
        if fact
    ]
    first = ["; ".join(said) + "."] if said else []
    others = [fact for fact in news.facts if fact.label not in TOGETHER]
    return first + [f"*{fact.label}:* {quoted('; '.join(fact.lines))}" for fact in others]


def section(text: str) -> Block:
    """Return a section; a text that is too long is cut at the end of a line."""
    kept = text
    while len(kept) > SECTION:
        kept = kept.rpartition("\n")[0] or kept[:SECTION]
    return {"type": "section", "text": {"type": "mrkdwn", "text": kept}}


def context(text: str) -> Block:
    """Return a small grey line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": quoted(text)}]}


def actions(links: Sequence[Link]) -> list[Block]:
    """Return a row of buttons that are links: nothing has to listen for them."""
    buttons: list[Block] = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": link.label},
            "url": link.url,
            "action_id": f"mlmonitor_{number}",
            **({"style": "primary"} if number == 0 else {}),
        }
        for number, link in enumerate(links)
    ]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def quoted(text: str) -> str:
    """Quote what Slack would take for a link, a mention or formatting; cut it where it is too long.

    >>> quoted("<!channel> a & b")
    '&lt;!channel&gt; a &amp; b'
    """
    cut = shortened(text, LINE)
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
