"""One picture: recall by failure and share, and the false alerts of every method, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

Figures = dict[str, Any]

ROW, LABEL, CELL = 18, 190, 58
INK, FAINT, GOOD = "#222", "#888", (33, 102, 172)


def drawn(figures: Figures) -> str:
    """The picture as the text of an SVG file."""
    heat, height = _heat(figures)
    scatter = _scatter(figures, LABEL + 5 * CELL + 60)
    body = "\n".join([*heat, *scatter])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1060" height="{max(height, 520)}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _heat(figures: Figures) -> tuple[list[str], int]:
    known = figures["recall_by_failure_and_share"]
    shares = sorted({share for found in known.values() for share in found}, key=float, reverse=True)
    parts = [_text(10, 22, f"{figures['data']}: net recall by failure and share of rows", size=14)]
    parts += [
        _text(LABEL + column * CELL + CELL / 2, 44, f"{100 * float(share):g} %", anchor="middle", fill=FAINT)
        for column, share in enumerate(shares)
    ]
    for row, (kind, found) in enumerate(known.items()):
        top = 52 + row * ROW
        parts.append(_text(LABEL - 8, top + 13, kind, anchor="end"))
        for column, share in enumerate(shares):
            parts += _cell(LABEL + column * CELL, top, found.get(share))
    return parts, 70 + len(known) * ROW


def _cell(left: float, top: float, value: float | None) -> Iterator[str]:
    if value is None:
        return
    red, green, blue = (round(255 - value * (255 - part)) for part in GOOD)
    yield (
        f'<rect x="{left}" y="{top}" width="{CELL - 2}" height="{ROW - 2}" fill="rgb({red},{green},{blue})"/>'
    )
    ink = "white" if value > 0.6 else INK
    yield _text(left + CELL / 2, top + 13, f"{value:.2f}", anchor="middle", fill=ink)


def _scatter(figures: Figures, left: float) -> Iterator[str]:
    """False alerts to the right, recall upwards."""
    width, height, top = 380, 380, 60
    yield _text(left, 22, "False alert days in 30 days, and net recall", size=14)
    yield f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="{FAINT}"/>'
    for tick in (0, 10, 20, 30):
        yield _text(left + width * tick / 30, top + height + 16, str(tick), anchor="middle", fill=FAINT)
    for share in (0, 0.25, 0.5, 0.75, 1):
        yield _text(left - 6, top + height * (1 - share) + 4, f"{share:g}", anchor="end", fill=FAINT)
    methods = {"ours": figures, **figures.get("peers", {})}
    for name, found in methods.items():
        rate, recall = found["false_alerts_per_30d"]["whole"] or 0.0, found["net_recall"] or 0.0
        x, y = left + width * min(rate, 30) / 30, top + height * (1 - recall)
        fill = "rgb({},{},{})".format(*GOOD) if name == "ours" else FAINT
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}"/>'
        anchor, shift = ("end", -9) if rate > 15 else ("start", 9)
        yield _text(x + shift, y + 4, name, anchor=anchor, fill=INK)


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">'
        f"{escape(words)}</text>"
    )
