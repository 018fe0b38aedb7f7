"""A way in which the values of serving follow from those of training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 0.3
"""Share of the mismatching rows that a pattern has to explain to be worth a word."""

CLOSE = 0.02
"""Of patterns that explain about as many rows, the simplest is named."""

FEWEST = 5
"""Rows below which nothing is a pattern."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A way in which the values of serving follow from those of training.

    Parameters
    ----------
    words
        It in words, such as ``serving = training + 5 h``.
    holds, rows
        On how many rows it holds, and of how many one could tell.
    among
        What those rows have in common beyond that they differ; mostly nothing.
    """

    words: str
    holds: int
    rows: int
    among: str = ""

    @property
    def share(self) -> float:
        """Share of the rows on which it holds."""
        return self.holds / self.rows if self.rows else 0.0


def simplest(patterns: Iterable[Pattern]) -> Pattern | None:
    """Of patterns, the simplest ones first, the first that explains about as much as any; None where none does.

    >>> rounded, scaled = Pattern(words="rounded", holds=98, rows=99), Pattern(words="scaled", holds=99, rows=99)
    >>> simplest([rounded, scaled]).words
    'rounded'
    """
    known = [pattern for pattern in patterns if pattern.rows >= FEWEST and pattern.share >= LEAST]
    best = max((pattern.share for pattern in known), default=0.0)
    return next((pattern for pattern in known if pattern.share >= best - CLOSE), None)
