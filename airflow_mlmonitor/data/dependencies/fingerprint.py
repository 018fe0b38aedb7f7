"""What one look at a dependency showed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.rule import Measure

LONGEST = 2_000
"""Characters of a value that are kept as they are; a longer one is kept as its beginning and a hash."""


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """What one look at a dependency showed, part by part, so that a difference can be named.

    Parameters
    ----------
    parts
        Name of a part, such as ``column fare``, to its value as text.
    measures
        Numbers that vary by themselves and are judged by their own past.
    wrong
        What is not as it was promised, in words; empty where all is; None where nothing was promised.

    Examples
    --------
    >>> Fingerprint(parts={"column fare": "REAL"}).parts["column fare"]
    'REAL'
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    wrong: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", {part: kept(value) for part, value in sorted(self.parts.items())})

    @property
    def identity(self) -> str:
        """A hash of everything but the version somebody wrote down: the same content under two versions has one."""
        content = {part: value for part, value in self.parts.items() if part != "version"}
        return short_hash(json.dumps(content))


def kept(value: str) -> str:
    """A value as it is kept: a long one as its beginning and a hash of all of it.

    >>> kept("REAL"), len(kept("a" * 10_000)), kept("a" * 5000) == kept("a" * 5001)
    ('REAL', 2000, False)
    """
    if len(value) <= LONGEST:
        return value
    told = f"… [{len(value):,} characters, {short_hash(value)}]"
    return value[: LONGEST - len(told)] + told


def short_hash(text: str) -> str:
    """Twelve hexadecimal digits that tell texts apart.

    >>> short_hash("fare") == short_hash("fare "), len(short_hash(""))
    (False, 12)
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
