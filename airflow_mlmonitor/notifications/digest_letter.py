"""The day's digest in the form of each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.notifications.adaptive_card import card, text_block
from airflow_mlmonitor.notifications.airflow_links import links_from
from airflow_mlmonitor.notifications.block_kit import Block, actions, context, quoted, section
from airflow_mlmonitor.notifications.letter import Letter
from airflow_mlmonitor.notifications.mail_markup import MUTED, document, facts_table, paragraph, rich
from airflow_mlmonitor.notifications.news import Link
from airflow_mlmonitor.notifications.news_words import DONE, LATE, MARKS, bare
from airflow_mlmonitor.notifications.plain_text import columns, sentence, wrapped
from airflow_mlmonitor.pages.digest_page import DigestPage
from airflow_mlmonitor.pages.documents import IncidentDocument
from airflow_mlmonitor.report.words import plural

SHOWN = 20
"""Lines of one section."""

STATES = {"acknowledged": "acknowledged", "snoozed": "snoozed"}


@dataclass(frozen=True)
class _Section:
    """A heading, and lines of a name, what is said of it and where to look."""

    heading: str
    lines: Sequence[tuple[str, str, str]]

    @property
    def shown(self) -> Sequence[tuple[str, str, str]]:
        more = len(self.lines) - SHOWN
        rest = [("", f"and {more} more", "")] if more > 0 else []
        return [*self.lines[:SHOWN], *rest]


def digest_title(digest: DigestPage) -> str:
    """Say the digest in one line."""
    return f"ML Monitor, {digest['day_words']}: {digest['headline']}"


def digest_letter(digest: DigestPage) -> Letter:
    """Write the digest as a letter."""
    sections, url = _sections(digest), links_from().models()
    text = [wrapped(sentence(digest["headline"]))]
    text += [
        f"{one.heading}\n{columns([(f'  {name}', [said]) for name, said, _ in one.shown])}"
        for one in sections
    ]
    text += [wrapped(_end(digest)), columns([("Open", [url])])]
    html = "".join(
        f'<h2 style="margin:18px 0 4px;font-size:13px;font-weight:600;color:{MUTED}">{rich(one.heading)}</h2>'
        + facts_table([(name, [said]) for name, said, _ in one.shown])
        for one in sections
    )
    title = digest_title(digest)
    begin = f'<h1 style="margin:0 0 4px;font-size:18px;line-height:1.35;font-weight:600">{rich(title)}</h1>'
    return Letter(
        subject=f"[digest] {title}",
        text=bare("\n\n".join(text)),
        html=document(title=title, begin=begin, middle=html, links=_links(), end=paragraph(_end(digest))),
    )


def digest_blocks(digest: DigestPage) -> list[Block]:
    """Write the digest as blocks of Slack."""
    blocks = [section(f"*{quoted(digest_title(digest))}*")]
    for one in _sections(digest):
        lines = [f"*{quoted(one.heading)}*", *(_slack_line(*line) for line in one.shown)]
        blocks.append(section("\n".join(lines)))
    return [*blocks, context(_end(digest)), *actions(_links())]


def _slack_line(name: str, said: str, url: str) -> str:
    shown = f"<{url}|{quoted(name)}>" if url and name else quoted(name)
    return f"• {shown}: {quoted(said)}" if name else f"• {quoted(said)}"


def digest_card(digest: DigestPage) -> dict[str, Any]:
    """Write the digest as an adaptive card of Teams."""
    body = [text_block(digest_title(digest), size="medium", weight="bolder")]
    for one in _sections(digest):
        body.append(text_block(one.heading, weight="bolder"))
        body += [
            text_block(f"{name}: {said}" if name else said, spacing="small") for name, said, _ in one.shown
        ]
    body.append(text_block(_end(digest), isSubtle=True, size="small"))
    return card(body, _links())


def _sections(digest: DigestPage) -> list[_Section]:
    found = [
        _Section("New", [_incident(one) for one in digest["opened"]]),
        _Section("Still open", [_incident(one) for one in digest["continuing"]]),
        _Section("Over", [_incident(one) for one in digest["over"]]),
        _Section("Without a run", [(one["monitor"], f"{LATE} {one['words']}", "") for one in digest["late"]]),
        _Section("Budget used", [(one["model"], one["words"], "") for one in digest["budgets"]]),
    ]
    return [one for one in found if one.lines]


def _incident(one: IncidentDocument) -> tuple[str, str, str]:
    over = one["state"] in ("resolved", "accepted")
    mark = DONE if over else MARKS.get(one["status"], "")
    facts = [plural(one["runs"], "run"), f"incident {one['id']}"]
    if one["state"] in STATES:
        who = f" by {one['acknowledged_by'].partition('@')[0]}" if one["acknowledged_by"] else ""
        facts.append(f"{STATES[one['state']]}{who}")
    return one["model"], f"{mark} {one['title']} ({', '.join(facts)})", links_from().incident(one["id"])


def _end(digest: DigestPage) -> str:
    return f"{digest['quiet']} of {plural(digest['models'], 'model')} with nothing open."


def _links() -> tuple[Link, ...]:
    return (Link(label="All models", url=links_from().models()),)
