"""Fixed-width tables that no terminal and no log viewer breaks."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

GAP = "  "
LEAST = 16
"""Characters that the wrapped field keeps, however narrow the table is to be."""


def printable(text: str) -> str:
    r"""Write control characters as escapes: a column's name may hold a line break or a terminal's commands.

    >>> printable("fare\nper\x1b[31m mile")
    'fare\\nper\\x1b[31m mile'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def shortened(text: str, most: int) -> str:
    """Cut the middle of a text, made printable, so that both the beginning and the end of a long name stay.

    >>> shortened("average_departure_delay_of_the_previous_leg", 24)
    'average_depa…revious_leg'
    """
    text = printable(text)
    if cells(text) <= most:
        return text
    tail = (most - 1) // 2
    return _fitting(text, most - 1 - tail) + "…" + _fitting(text[::-1], tail)[::-1]


def cells(text: str) -> int:
    r"""Return how many character cells a text takes in a terminal.

    >>> cells("temp"), cells("温度"), cells("e\u0301")
    (4, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_cell(sign) for sign in text)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    right: Sequence[int] = (),
    wrap: int | None = None,
    paint: Mapping[int, Callable[[str], str]] | None = None,
) -> list[str]:
    r"""Lay out rows in fields of fixed width.

    Parameters
    ----------
    header
        A text for each field.
    rows
        Texts. In the field to wrap a line break starts a new line; anywhere else it is written as an escape.
    width
        Characters that a line may take. Only the field to wrap gives way; a table without one may be
        wider.
    right
        Positions of the fields that are aligned to the right.
    wrap
        Position of the field that takes several lines where its text is long.
    paint
        Position of a field to what colours its texts; the header stays plain.

    Examples
    --------
    >>> print("\n".join(table(["Column", "Rows"], [["temp", "981"], ["humid", "81"]], width=40, right=[1])))
    Column  Rows
    temp     981
    humid     81
    """
    texts = [
        [
            [printable(line) for line in (text.split("\n") if field == wrap else [text])]
            for field, text in enumerate(row)
        ]
        for row in (header, *rows)
    ]
    widths = [max(cells(line) for row in texts for line in row[field]) for field in range(len(header))]
    if wrap is not None:
        others = sum(widths) - widths[wrap] + len(GAP) * (len(widths) - 1)
        widths[wrap] = min(widths[wrap], max(width - others, LEAST, cells(header[wrap])))
        for row in texts:
            row[wrap] = [part for line in row[wrap] for part in wrapped(line, widths[wrap])]
        widths[wrap] = max(cells(line) for row in texts for line in row[wrap])
    return [
        _line(parts, widths, right, paint if place else None)
        for place, row in enumerate(texts)
        for parts in zip_longest(*row, fillvalue="")
    ]


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines; a text without anything stays one line.

    >>> wrapped("missing in 31.8% of 981 rows", 16)
    ['missing in 31.8%', 'of 981 rows']
    """
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _line(
    parts: Sequence[str],
    widths: Sequence[int],
    right: Sequence[int],
    paint: Mapping[int, Callable[[str], str]] | None,
) -> str:
    padded = []
    for field, part in enumerate(parts):
        blanks = " " * (widths[field] - cells(part))
        text = paint[field](part) if paint and field in paint and part else part
        padded.append(blanks + text if field in right else text + blanks)
    return GAP.join(padded).rstrip()


def _fitting(text: str, most: int) -> str:
    while cells(text) > most:
        text = text[:-1]
    return text


def _cell(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
