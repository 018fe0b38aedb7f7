"""What is done to which day."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.creeps import CREEPS, LENGTH
from benchmarks.detection.failures import EXTRAS, FAILURES
from benchmarks.detection.failures.failure import Damage, Place
from benchmarks.detection.partition import Days

SEED = 2013
SHARES = (1.0, 0.25, 0.05, 0.01)
BUDGETS = (0.25, 0.5, 1.0, 2.0, 4.0)

EARLIER = {"labels 3 days late": 3}
"""Days before, of what comes from another day than the one before."""

Variant = tuple[int, str, float]
"""Position of the day, failure, share."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is done to which day.

    Parameters
    ----------
    positions
        Days on which every failure happens, one at a time.
    kinds
        The failures.
    shares
        Of the rows each failure could touch.
    creeps
        Kinds of creeps.
    starts
        Days on which a creep begins.
    length
        Days that it is followed.
    budgets
        False alerts a month that are asked of our judge; the figures are those of 1.
    """

    positions: tuple[int, ...]
    kinds: tuple[str, ...] = tuple(FAILURES)
    shares: tuple[float, ...] = SHARES
    creeps: tuple[str, ...] = tuple(CREEPS)
    starts: tuple[int, ...] = ()
    length: int = LENGTH
    budgets: tuple[float, ...] = BUDGETS


def full(days: Days) -> Plan:
    """Sixteen days, all failures and shares, six starts of each creep."""
    length = min(LENGTH, max(len(days.tested) // 3, 1))
    return Plan(
        positions=_drawn(days.tested, 16, 1),
        starts=_drawn(days.tested[: -length or None], 6, 2),
        length=length,
    )


def quick(days: Days) -> Plan:
    """Five days, two shares, one start of each creep: minutes."""
    whole = full(days)
    return Plan(
        positions=_drawn(whole.positions, 5, 3),
        shares=(1.0, 0.05),
        starts=_drawn(whole.starts, 1, 4),
        length=whole.length,
        budgets=(1.0,),
    )


def damaged(days: Days, variant: Variant) -> Damage | None:
    """Let something fail on a day; None where it cannot."""
    position, kind, share = variant
    before = max(position - EARLIER.get(kind, 1), 0)
    return {**FAILURES, **EXTRAS}[kind](place(days, position, before, kind, share))


def crept(days: Days, kind: str, start: int, position: int) -> Damage | None:
    """A day of a creep that began at ``start``."""
    return CREEPS[kind](place(days, position, start - 1, kind, 1.0, start), position - start + 1)


def place(days: Days, position: int, before: int, kind: str, share: float, at: int | None = None) -> Place:
    """What happens there, seeded by the day and by what fails."""
    return Place(
        subject=days.subject,
        rows=days.frames[position],
        before=days.frames[before],
        second=days.seconds[position],
        spread=days.spread,
        share=share,
        seed=(SEED, position if at is None else at, zlib.crc32(kind.encode())),
    )


def _drawn(among: Sequence[int], count: int, seed: int) -> tuple[int, ...]:
    rng = np.random.default_rng((SEED, seed))
    chosen = rng.choice(np.array(among), min(count, len(among)), replace=False)
    return tuple(sorted(int(position) for position in chosen))
