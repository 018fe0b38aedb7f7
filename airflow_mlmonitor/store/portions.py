"""What one statement names at once: no database takes a statement of any length, and none plans a long one well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

MOST = 100
"""Runs or monitors that one statement names, as a rule."""


def portions(items: Sequence[T], most: int = MOST) -> Iterator[Sequence[T]]:
    """Split what one statement cannot name at once.

    >>> list(portions([1, 2, 3], most=2))
    [[1, 2], [3]]
    """
    for first in range(0, len(items), most):
        yield items[first : first + most]
