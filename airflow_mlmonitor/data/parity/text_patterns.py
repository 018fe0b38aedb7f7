"""Ways in which texts of serving follow from those of training."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from airflow_mlmonitor.data.parity.moment_patterns import moment_patterns
from airflow_mlmonitor.data.parity.pattern import Pattern
from airflow_mlmonitor.data.window import utc

TRUTHS = {"true": True, "t": True, "yes": True, "y": True, "1": True, "1.0": True} | {
    "false": False,
    "f": False,
    "no": False,
    "n": False,
    "0": False,
    "0.0": False,
}

CODES = 0.5
"""Different values a row at most where one is a code of the other: with values that never repeat any would be."""


def text_patterns(training: Sequence[str], serving: Sequence[str]) -> Iterator[Pattern]:
    """Try what turns texts into others, the simplest first.

    Examples
    --------
    >>> next(text_patterns(["JFK", "EWR", "LGA"], ["jfk", "ewr", "lga"])).words
    'serving differs from training in upper and lower case'
    """
    pairs = list(zip(training, serving, strict=True))
    for words, holds in _WAYS.items():
        count = sum(holds(*pair) for pair in pairs)
        if count:
            yield Pattern(words=words, holds=count, rows=len(pairs))
    yield from _meanings(pairs)
    yield from _cut(pairs)
    yield from _coded(pairs)


def _folded(text: str) -> str:
    return text.casefold()


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _bare(text: str) -> str:
    """Without accents."""
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _is_misread(trained: str, served: str) -> bool:
    for wrong in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            if trained.encode().decode(wrong) == served:
                return True
    return False


def _is_quoted(trained: str, served: str) -> bool:
    return served in (json.dumps(trained), json.dumps(trained, ensure_ascii=False), repr(trained))


_WAYS: Mapping[str, Callable[[str, str], bool]] = {
    "serving differs from training in upper and lower case": lambda a, b: _folded(a) == _folded(b),
    "serving has other blanks at the ends than training": lambda a, b: a.strip() == b.strip(),
    "serving has other blanks than training": lambda a, b: _unspaced(a) == _unspaced(b),
    "serving differs from training in case and blanks": lambda a, b: (
        _folded(_unspaced(a)) == _folded(_unspaced(b))
    ),
    "serving holds training's texts written out as bytes, b'...'": lambda a, b: b == repr(a.encode()),
    "training holds serving's texts written out as bytes, b'...'": lambda a, b: a == repr(b.encode()),
    "serving holds training's texts in quotes": _is_quoted,
    "training holds serving's texts in quotes": lambda a, b: _is_quoted(b, a),
    "serving composes characters otherwise (Unicode normal forms)": lambda a, b: (
        unicodedata.normalize("NFC", a) == unicodedata.normalize("NFC", b)
    ),
    "serving is UTF-8 read as Latin-1": _is_misread,
    "training is UTF-8 read as Latin-1": lambda a, b: _is_misread(b, a),
    "serving has lost the accents of training": lambda a, b: a != b and _bare(a) == b,
}
"""What may be between two texts, and how to tell."""


def _meanings(pairs: Sequence[tuple[str, str]]) -> Iterator[Pattern]:
    """The same number, truth or moment, written otherwise; or another moment."""
    for noun, read in (("truth values", _truth), ("numbers", _number), ("moments", _moment)):
        known = [(read(trained), read(served)) for trained, served in pairs]
        known = [(one, other) for one, other in known if one is not None and other is not None]
        same = sum(one == other for one, other in known)
        if same:
            words = f"serving has the same {noun} as training, written otherwise"
            yield Pattern(words=words, holds=same, rows=len(pairs))
        if noun == "moments" and known:
            for pattern in moment_patterns(*zip(*known, strict=True)):
                yield Pattern(words=pattern.words, holds=pattern.holds, rows=len(pairs))


def _truth(text: str) -> bool | None:
    return TRUTHS.get(text.strip().casefold())


def _number(text: str) -> float | None:
    with suppress(ValueError):
        number = float(text)
        return number if number == number else None  # noqa: PLR0124 - NaN equals nothing
    return None


def _moment(text: str) -> datetime | None:
    if len(text) < len("2013-02-08"):  # short numbers are read as moments too
        return None
    with suppress(ValueError):
        return utc(datetime.fromisoformat(text)).replace(tzinfo=None)
    return None


def _cut(pairs: Sequence[tuple[str, str]]) -> Iterator[Pattern]:
    for side, longer, shorter in (("serving", 0, 1), ("training", 1, 0)):
        lengths = [
            len(pair[shorter]) for pair in pairs if pair[shorter] and pair[longer].startswith(pair[shorter])
        ]
        if lengths and max(lengths) == min(lengths):
            other = "training" if side == "serving" else "serving"
            words = f"{side} holds only the first {lengths[0]} characters of {other}"
            yield Pattern(words=words, holds=len(lengths), rows=len(pairs))


def _coded(pairs: Sequence[tuple[str, str]]) -> Iterator[Pattern]:
    if one_to_one(pairs):
        words = "serving has another code for each value of training"
        yield Pattern(words=words, holds=len(pairs), rows=len(pairs))


def one_to_one(pairs: Sequence[tuple[Any, Any]]) -> bool:
    """Whether each value goes with one other value only, both ways, and more than one does."""
    different = set(pairs)
    each = {len({pair[side] for pair in different}) for side in (0, 1)}
    return each == {len(different)} and 1 < len(different) <= CODES * len(pairs)
