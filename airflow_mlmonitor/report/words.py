"""Numbers as people read them: three significant digits, percent, grouped thousands."""

from __future__ import annotations

import math

STATUS_WORDS = {
    "ok": "OK",
    "learning": "Learning",
    "warn": "Warning",
    "broken": "Could not check",
    "fail": "Failed",
}
"""What people read for a status."""


def number(value: float | None) -> str:
    """Write a number for people.

    >>> number(0.31764), number(12345.6), number(0), number(None), number(1.5e-7), number(3.0)
    ('0.318', '12,346', '0', '—', '1.5e-07', '3')
    """
    if value is None or math.isnan(value):
        return "—"
    if value == 0 or math.isinf(value):
        return "0" if value == 0 else str(value)
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(share: float | None) -> str:
    """Write a share as a percentage.

    >>> percent(0.31764), percent(0.0004), percent(0), percent(1)
    ('31.8%', '0.04%', '0%', '100%')
    """
    if share is None or math.isnan(share):
        return "—"
    if share in (0, 1):
        return f"{share * 100:.0f}%"
    return f"{share * 100:.1f}%" if abs(share) >= 0.001 else f"{share * 100:.2g}%"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "row"), plural(0, "row"), plural(12345, "row")
    ('1 row', '0 rows', '12,345 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def capital(text: str) -> str:
    """Begin with a capital.

    >>> capital("rows of EWR"), capital("")
    ('Rows of EWR', '')
    """
    return text[:1].upper() + text[1:]


def amount(value: float | None, scale: str = "location") -> str:
    """Write a metric's value as its scale asks: a share as a percentage, a count whole, anything else as a number.

    >>> amount(0.31764, "share"), amount(981, "count"), amount(0.31764), amount(None)
    ('31.8%', '981', '0.318', '—')
    """
    if scale == "share":
        return percent(value)
    if scale == "count" and value is not None and value == round(value):
        return f"{value:,.0f}"
    return number(value)


def expectation(
    lower: float | None, upper: float | None, expected: float | None, scale: str = "location"
) -> str:
    """Write what was expected: the range where there is one, else the value.

    >>> expectation(0.0, 0.012, 0.004, "share"), expectation(None, 0.1, 0.02), expectation(900, None, None, "count")
    ('0–1.2%', 'at most 0.1', 'at least 900')
    >>> expectation(None, None, 0.004, "share"), expectation(-3.0, -1.0, None), expectation(None, None, None)
    ('0.4%', '-3 to -1', '—')
    """
    if lower is not None and upper is not None:
        low, high = amount(lower, scale), amount(upper, scale)
        if low == high:
            return low
        return f"{low} to {high}" if lower < 0 else f"{low.removesuffix('%')}–{high}"
    if upper is not None:
        return f"at most {amount(upper, scale)}"
    if lower is not None:
        return f"at least {amount(lower, scale)}"
    return amount(expected, scale)
