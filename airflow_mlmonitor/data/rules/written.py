"""How texts are written: their character patterns, and stray blanks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes, HashSample, hash_strings, hash_texts
from airflow_mlmonitor.data.rules.fresh import counted, share_of_new
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.unfolding import Numbers, Unfolding
from airflow_mlmonitor.data.rules.view import BatchView

NATURAL = 0.03
"""Share of rows with a pattern, or a text with stray blanks, never seen that a column may have by nature."""

BLANK = ord(" ")


def _kinds() -> NDArray[np.uint8]:
    kinds = np.arange(256, dtype=np.uint8)
    kinds[ord("0") : ord("9") + 1] = ord("9")
    kinds[ord("A") : ord("Z") + 1] = ord("A")
    kinds[ord("a") : ord("z") + 1] = ord("a")
    kinds[128:] = ord("u")
    kinds[[ord(blank) for blank in "\t\n\v\f\r"]] = BLANK
    return kinds


KINDS = _kinds()
"""What stands for each byte of a text: 9 for digits, A and a for letters, u for what is beyond ASCII."""


@dataclass(frozen=True, kw_only=True)
class Format(Rule):
    """The texts of a column are written in ways that were seen before.

    Parameters
    ----------
    column
        The column.
    patterns
        Whether its patterns repeat: digits as 9, letters as A or a, the same several times in a row as one.
    """

    kind: ClassVar[str] = "format"

    column: str
    patterns: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def words(self) -> str:
        """Say it as a sentence."""
        if self.patterns:
            return f"{self.column} is written in patterns that were seen before, without stray blanks"
        return f"{self.column} is written without stray blanks"

    def tally(self, view: BatchView) -> FormatTally:
        """Count the patterns of a batch, and the texts with stray blanks."""
        written = _written(view, self.column)
        patterns, strays = written.patterns[written.positions], written.strays[written.positions]
        return FormatTally(self, counted(patterns), counted(strays))

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {"column": self.column, "patterns": self.patterns}


@dataclass(frozen=True, eq=False)
class FormatTally(Tally):
    """The patterns of some rows, and their texts with stray blanks (one item for all without), with their rows."""

    rule: Format
    patterns: HashSample
    strays: HashSample

    def __add__(self, other: Self) -> FormatTally:
        return FormatTally(self.rule, self.patterns + other.patterns, self.strays + other.strays)

    @property
    def _keys(self) -> tuple[str, str]:
        return f"pattern:{self.rule.column}", f"stray:{self.rule.column}"

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say how many rows are written as none was before."""
        pattern, stray = self._keys
        blank = Measure("new_pattern_share", None, self.rule.column, family="format", worse="up")
        if self.rule.patterns:
            yield share_of_new(memory, pattern, self.patterns, blank)
        yield share_of_new(memory, stray, self.strays, blank._replace(name="stray_blank_share"))

    def novelty(self, memory: Memory) -> Novelty:
        """Return the patterns, and the texts with stray blanks, that are new."""
        pattern, stray = self._keys
        items = {stray: self.strays.hashes}
        return memory.novelty_of({pattern: self.patterns.hashes, **items} if self.rule.patterns else items)


class _Written(NamedTuple):
    """How a column's texts are written: the hash of each one's pattern, and of itself if blanks stray."""

    positions: Numbers
    patterns: Hashes
    strays: Hashes


def learn(view: BatchView, days: Numbers) -> list[Format]:
    """Find the text columns whose ways of writing repeat: on less than 3 % of the rows of a later day one was new.

    Of no rows, every text column is taken: its history will tell how often a new way of writing is natural.
    """
    columns = [name for name in view.columns if view.is_name(name)]
    if not view.rows:
        return [Format(column=name) for name in columns]
    unfolding = Unfolding(days)
    return [rule for name in columns if (rule := _learned(view, name, unfolding)) is not None]


def _learned(view: BatchView, name: str, unfolding: Unfolding) -> Format | None:
    positions, written = view.codes(name)[0], _written(view, name)
    if not written.positions.size:
        return None
    natural = [
        unfolding.share_of_new(hashes[positions], positions >= 0)
        for hashes in (written.patterns, written.strays)
    ]
    pattern, stray = (share is not None and share < NATURAL for share in natural)
    return Format(column=name, patterns=pattern) if stray else None


def _written(view: BatchView, column: str) -> _Written:
    positions, texts = view.codes(column)
    filled = [text or "" for text in texts]
    patterns, stray = _patterns(filled)
    strays = np.zeros(len(filled), dtype=np.uint64)
    if stray.any():
        strays[stray] = hash_strings([filled[place] for place in np.flatnonzero(stray)])
    return _Written(positions[positions >= 0], patterns, strays)


def _patterns(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.bool_]]:
    """The hash of each text's pattern, and whether it begins or ends with a blank or has two in a row."""
    joined = "".join(texts)
    pieces: Sequence[str | bytes] = texts if joined.isascii() else [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
    kinds = KINDS[np.frombuffer(joined.encode(), dtype=np.uint8)]
    begins = np.zeros(kinds.size + 1, dtype=np.bool_)
    begins[ends] = True
    changes = np.append(True, kinds[1:] != kinds[:-1])[: kinds.size] | begins[:-1]
    shortened = np.concatenate(([0], np.cumsum(changes)))[ends]
    blank = kinds == BLANK
    stray = blank & (begins[:-1] | begins[1:] | ~changes)
    strays = np.concatenate(([0], np.cumsum(stray)))[ends]
    return hash_texts(kinds[changes], shortened), np.diff(strays) > 0
