"""How the texts of a column are written, as a pattern that Great Expectations takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLASSES = (("A-Z", re.compile("[A-Z]")), ("a-z", re.compile("[a-z]")), ("0-9", re.compile("[0-9]")))
_OTHERS = 6
"""Further characters that a pattern may name; texts with more are prose."""

_LONGEST = 64


def format_of(texts: Sequence[str]) -> str | None:
    r"""The pattern that all texts fit: which characters they have, and how many; None for prose.

    Examples
    --------
    >>> format_of(["N14228", "N39463", "N619AA"]), format_of(["UA", "9E", "B6"])
    ('^N[A-Z0-9]{5}$', '^[A-Z0-9]{2}$')
    >>> format_of(["Étienne"]), format_of(["a-1", "bc-20"])
    (None, '^[a-z0-9\\-]{3,5}$')
    """
    known = [text for text in texts if text]
    longest = max(map(len, known), default=0)
    if not known or len(known) < len(texts) or longest > _LONGEST or not all(map(str.isascii, known)):
        return None
    start = known[0][0] if len({text[0] for text in known}) == 1 and longest > 1 and len(known) > 1 else ""
    rest = [text[len(start) :] for text in known]
    letters = sorted(set("".join(rest)))
    classes = [name for name, kind in _CLASSES if any(map(kind.match, letters))]
    others = [letter for letter in letters if not letter.isalnum()]
    if len(others) > _OTHERS or not all(map(str.isprintable, others)):
        return None
    low, high = min(map(len, rest)), max(map(len, rest))
    count = f"{low}" if low == high else f"{low},{high}"
    allowed = "".join([*classes, *(re.escape(letter) for letter in others)])
    return f"^{re.escape(start)}[{allowed}]{{{count}}}$"
