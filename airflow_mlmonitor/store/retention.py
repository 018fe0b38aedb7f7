"""How much of the past a store keeps, and what was let go."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 400
"""Runs of each monitor, the newest ones, of which nothing is ever removed.

A judge looks at 365; the rest is for a backfill of the last weeks, which then is judged by as many as it should be.
As many of the newest profiles are kept under each other name.
"""

PRUNED = "pruned"
"""The fact of a run whose numbers were removed: when, as :func:`stamp` writes it."""


def stamp(moment: datetime) -> str:
    """Write when numbers were removed.

    >>> from datetime import UTC
    >>> stamp(datetime(2013, 2, 8, 6, 30, tzinfo=UTC))
    '"2013-02-08T06:30:00+00:00"'
    """
    return json.dumps(moment.isoformat(timespec="seconds"))


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What was removed from a store, or would be.

    Parameters
    ----------
    runs
        Runs of which something was removed; they themselves stay.
    metrics, traces, profiles
        What was removed.

    Examples
    --------
    >>> Pruned(runs=1, metrics=500) + Pruned(runs=2, metrics=900, profiles=2)
    Pruned(runs=3, metrics=1400, traces=0, profiles=2)
    """

    runs: int = 0
    metrics: int = 0
    traces: int = 0
    profiles: int = 0

    @property
    def rows(self) -> int:
        """Rows of tables."""
        return self.metrics + self.traces + self.profiles

    def __add__(self, other: Pruned) -> Pruned:
        """Both together."""
        return Pruned(
            runs=self.runs + other.runs,
            metrics=self.metrics + other.metrics,
            traces=self.traces + other.traces,
            profiles=self.profiles + other.profiles,
        )


Tell = Callable[[Pruned], None]
"""Takes what has been removed so far."""
