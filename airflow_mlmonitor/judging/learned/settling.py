"""Which alerts were short and are over: natural outliers, from which later runs learn."""

from __future__ import annotations

from collections.abc import Sequence

QUIET = 2
"""Quiet runs in a row after which what was alerted for is over, as incidents have it."""

LASTING = 3
"""Alerts of one problem from which on it is no outlier but an incident."""


def settled(alerted: Sequence[bool]) -> list[bool]:
    """Which alerts belong to a problem of one or two alerts that is over.

    >>> settled([True, False, True, False, False, True])
    [True, False, True, False, False, False]
    >>> settled([True, True, True, False, False])
    [False, False, False, False, False]
    """
    over = [False] * len(alerted)
    problem: list[int] = []
    quiet = 0
    for place, alert in enumerate(alerted):
        quiet = 0 if alert else quiet + 1
        if alert:
            problem.append(place)
        elif quiet == QUIET:
            for one in problem if len(problem) < LASTING else []:
                over[one] = True
            problem = []
    return over
