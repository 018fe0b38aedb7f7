"""One part of a dependency that is not what it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

SHOWN = 60
"""Characters of a value that are shown."""


DIGEST = re.compile(r"\b[0-9a-f]{40,}\b")
"""What nobody reads to its end."""


@dataclass(frozen=True)
class Difference:
    """One part of a dependency that is not what it was.

    Parameters
    ----------
    part
        Its name.
    was, now
        Its values; None where the part was not there, or is not any more.
    certain
        Whether ``was`` and ``now`` are known; of a very large dependency only hashes are.

    Examples
    --------
    >>> Difference("column fare", "REAL", "TEXT").words
    'column fare was REAL, is TEXT'
    >>> Difference("column tip", None, "REAL").words, Difference("column tip", "REAL", None).words
    ('column tip is new (REAL)', 'column tip is gone (was REAL)')
    """

    part: str
    was: str | None = None
    now: str | None = None
    certain: bool = True

    @property
    def words(self) -> str:
        """What changed, as a sentence."""
        if not self.certain:
            return self.part if self.now is None else f"{self.part} is not what it was, is {_short(self.now)}"
        if self.was is None:
            return f"{self.part} is new ({_short(self.now or '')})"
        if self.now is None:
            return f"{self.part} is gone (was {_short(self.was)})"
        was, now = _around(self.was, self.now)
        return f"{self.part} was {was}, is {now}"


def _short(text: str) -> str:
    text = DIGEST.sub(lambda digest: f"{digest[0][:12]}…", " ".join(text.split())) or "empty"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _around(was: str, now: str) -> tuple[str, str]:
    """Two values; of long ones the stretch in which they begin to differ."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False)))
    start = max(alike - SHOWN // 3, 0)
    if max(len(was), len(now)) <= SHOWN or not start:
        return _short(was), _short(now)
    return f"…{_short(was[start:])}", f"…{_short(now[start:])}"
