"""What all joined rows tell, and one row that differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What all rows together tell.

    Parameters
    ----------
    joined
        Keys that both sides have once: these are compared.
    training, serving
        Keys on each side.
    only_training, only_serving
        Keys that the other side does not have.
    repeated_training, repeated_serving
        Keys that a side has more than once; they are not compared.
    keyless_training, keyless_serving
        Rows with null in a column of the key.
    mismatches
        Of each feature, in their order, the joined rows on which it differs.
    """

    joined: int
    training: int
    serving: int
    only_training: int
    only_serving: int
    repeated_training: int
    repeated_serving: int
    keyless_training: int
    keyless_serving: int
    mismatches: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """One joined row of one feature that differs.

    Parameters
    ----------
    key
        The values of the key's columns.
    training, serving
        The feature's values.
    before
        What training has in the row before of the same entity, and when that was; None where nobody asked.
    others
        What training has in the other features that were looked at, by position.
    """

    key: tuple[Any, ...]
    training: Any
    serving: Any
    before: tuple[Any, Any] | None
    others: dict[int, Any]
