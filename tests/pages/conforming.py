"""Whether a document is what its TypedDict says: every key, every type, finite numbers, plain JSON."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Iterator
from datetime import datetime
from typing import (
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)


def conforms(document: Any, kind: Any) -> None:
    """Refuse a document that is not of a kind, and say where."""
    assert list(faults(document, kind)) == []
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def faults(value: Any, kind: Any, place: str = "$") -> Iterator[str]:
    """Say where a value is not what a type says."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        yield from _of_keys(value, kind, place)
    elif origin in (Required, NotRequired):
        yield from faults(value, parts[0], place)
    elif origin is list:
        yield from _of_items(value, parts[0], place)
    elif origin is dict:
        yield from _of_values(value, parts[1], place)
    elif origin is not None:
        yield from _of_several(value, kind, place)
    elif kind is not Any:
        yield from _of_one(value, kind, place)


def _of_several(value: Any, kind: Any, place: str) -> Iterator[str]:
    parts = get_args(kind)
    if get_origin(kind) is Literal:
        if value not in parts:
            yield f"{place} is {value!r}, none of {parts}"
        return
    assert get_origin(kind) in (Union, types.UnionType)
    found = [list(faults(value, part, place)) for part in parts]
    if all(found):
        yield min(found, key=len)[0]


def _of_values(value: Any, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is {type(value).__name__}, not a dict"
        return
    for name, one in value.items():
        yield from faults(one, kind, f"{place}.{name}")


def _of_keys(value: Any, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is {type(value).__name__}, not a document"
        return
    hints = get_type_hints(kind, include_extras=True)
    needed = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    for name in sorted(needed - value.keys()):
        yield f"{place}.{name} is not there"
    for name, one in value.items():
        if name not in hints:
            yield f"{place}.{name} is unknown"
            continue
        yield from faults(one, hints[name], f"{place}.{name}")
        is_moment = name == "at" or name.endswith(("_at", "_start", "_end", "_until"))
        if is_moment and isinstance(one, str) and one:
            yield from _of_moment(one, f"{place}.{name}")


def _of_items(value: Any, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is {type(value).__name__}, not a list"
        return
    for number, one in enumerate(value):
        yield from faults(one, kind, f"{place}[{number}]")


def _of_one(value: Any, kind: Any, place: str) -> Iterator[str]:
    if kind in (None, type(None)):
        if value is not None:
            yield f"{place} is {value!r}, not None"
    elif kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield f"{place} is {value!r}, not a finite number"
    elif type(value) is not kind:
        yield f"{place} is {value!r}, not {kind.__name__}"
    elif kind is str and not value.isprintable():
        yield from _of_text(value, place)


def _of_text(value: str, place: str) -> Iterator[str]:
    """Words for people are on one line and hold no commands for a terminal; names and ids are what they are."""
    if place.rpartition(".")[2].startswith(
        ("headline", "title", "sentence", "top", "detail", "words", "label")
    ):
        yield f"{place} is {value!r}, which cannot be printed"


def _of_moment(value: str, place: str) -> Iterator[str]:
    moment = datetime.fromisoformat(value)
    if moment.utcoffset() is None or moment.utcoffset().total_seconds() != 0:  # type: ignore[union-attr]
        yield f"{place} is {value!r}, not a moment in UTC"
