"""News as a mail of HTML: the same lines, the chart, and buttons that are links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from airflow_mlmonitor.notifications.news import Link, News
from airflow_mlmonitor.notifications.news_words import headline, mark, status_words, why_told
from airflow_mlmonitor.report.words import capital

CHART = "chart"
"""Content id of the chart within the mail."""

TEXT, MUTED, BORDER, BUTTON = "#161d2d", "#3e5873", "#dee3ea", "#3c5b89"

COLOURS = {"fail": "#c10007", "warn": "#973c00"}
"""Colour of the mark and the status, in which text is still read well on white."""

DONE = "#007600"

FONT = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def html_mail(news: News, *, chart: bool = False) -> str:
    """Write news as HTML for a mail: tables and inline styles only, since mail programs know nothing else.

    :param news: what is told.
    :param chart: whether the mail has a picture of the content id ``chart``.
    """
    picture = (
        f'<p style="margin:16px 0 0"><img src="cid:{CHART}" width="506" alt="{escape(_alternative(news))}" '
        f'style="display:block;max-width:100%;height:auto;border:1px solid {BORDER};border-radius:6px"></p>'
        if chart
        else ""
    )
    return document(
        title=headline(news),
        begin=_begin(news),
        middle="".join(
            (facts_table([(fact.label, fact.lines) for fact in news.facts]), paragraph(news.also), picture)
        ),
        links=news.links,
        end="".join(paragraph(text) for text in (news.note, why_told(news))),
    )


def document(*, title: str, begin: str, middle: str, links: Sequence[Link], end: str) -> str:
    """Put the parts of a mail together."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="margin:0;padding:24px 16px;background:#ffffff;color:{TEXT};font:14px/1.5 {FONT}">'
        f'<div style="max-width:640px;margin:0 auto">{begin}{middle}{buttons(links)}'
        f'<div style="margin-top:20px;padding-top:4px;border-top:1px solid {BORDER};font-size:13px">{end}</div>'
        "</div></body></html>"
    )


def _begin(news: News) -> str:
    colour = DONE if news.occasion in ("resolved", "acknowledged") else COLOURS.get(news.status, TEXT)
    words = f"{mark(news)} {capital(status_words(news))}"
    return (
        f'<p style="margin:0;font-size:13px;color:{colour}"><b>{escape(words)}</b></p>'
        f'<h1 style="margin:2px 0 14px;font-size:18px;line-height:1.35;font-weight:600">{rich(headline(news))}</h1>'
    )


def rich(text: str) -> str:
    """Escape a text, and set what stands between backticks as code.

    >>> rich("clear `load_weather` <b>")
    'clear <code>load_weather</code> &lt;b&gt;'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def facts_table(rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Write labelled lines as a table of two columns."""
    cells = "".join(
        f'<tr><th scope="row" align="left" valign="top" style="padding:2px 16px 2px 0;font-weight:400;'
        f'white-space:nowrap;color:{MUTED}">{escape(label)}</th>'
        f'<td valign="top" style="padding:2px 0">{"<br>".join(map(rich, texts))}</td></tr>'
        for label, texts in rows
    )
    style = f"border-collapse:collapse;font:14px/1.5 {FONT};color:{TEXT}"
    return f'<table cellpadding="0" cellspacing="0" style="{style}">{cells}</table>' if cells else ""


def paragraph(text: str) -> str:
    """Write a quiet paragraph; nothing where there is no text."""
    return f'<p style="margin:12px 0 0;color:{MUTED}">{rich(text)}</p>' if text else ""


def buttons(links: Sequence[Link]) -> str:
    """Write links as buttons, the first one filled."""
    styles = [f"background:{BUTTON};color:#ffffff"] + [f"background:#ffffff;color:{TEXT}"] * len(links)
    shown = "".join(
        f'<a href="{escape(link.url)}" style="display:inline-block;margin:0 8px 8px 0;padding:7px 14px;'
        f'border:1px solid {BORDER if number else BUTTON};border-radius:4px;text-decoration:none;{styles[number]}">'
        f"{escape(link.label)}</a>"
        for number, link in enumerate(links)
    )
    return f'<p style="margin:18px 0 0">{shown}</p>' if shown else ""


def _alternative(news: News) -> str:
    """What the chart shows, for those who do not see it."""
    if news.finding is None:
        return ""
    value, expected = news.finding["value_words"], news.finding["expected"]["words"]
    return f"{news.finding['metric_words']}: {value}" + (f", expected {expected}" if expected else "")
