"""The line that the score of a run is held against, from the scores of earlier runs and the asked false alerts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.ranking import Array

LONG, SHORT = 180, 45
"""Runs whose scores draw the line, and those that may raise it."""

CONFORMAL = 60
"""Runs from which on the line also stands above the share of their scores that was asked for."""

TAIL = 0.25
"""Share of the scores that are the tail."""

USUAL = 0.5
"""Mean excess that is believed before there are scores."""


@dataclass(frozen=True)
class Budget:
    """How many runs in how many may be over the line though nothing is wrong.

    Parameters
    ----------
    share
        Of the runs.

    Examples
    --------
    >>> round(1 / Budget.of(1, days=1).share, 1)
    30.0
    """

    share: float

    @classmethod
    def of(cls, false_alerts_per_month: float, days: float) -> Budget:
        """Make the budget of a monitor that runs every so many days."""
        return cls(min(false_alerts_per_month * days / 30, TAIL * 0.8))

    def tenth(self) -> Budget:
        """A tenth of it."""
        return Budget(self.share / 10)

    def line(self, scores: Array, lines: Array) -> float | None:
        """Return the line; None without scores to draw it from.

        Parameters
        ----------
        scores
            Of earlier runs as of their days, oldest first.
        lines
            Of those that alerted the line that they were over, NaN for the others. Nobody knows yet whether something
            was wrong, so that no more is taken from them than that they were over it.
        """
        known = ~np.isnan(scores)
        scores, lines = scores[known], lines[known]
        if not len(scores):
            return None
        line = max(self._tail(scores[-count:], lines[-count:]) for count in (LONG, SHORT))
        long = np.fmin(scores, lines)[-LONG:]
        rank = math.floor(self.share * (len(long) + 1))
        if len(long) >= CONFORMAL and rank >= 1:
            line = max(line, float(np.sort(long)[-rank]))
        return float(line)

    def _tail(self, scores: Array, lines: Array) -> float:
        """The line by an exponential tail; where scores are cut off at a line, they are counted as longer than that."""
        cut = ~np.isnan(lines)
        scores = np.fmin(scores, lines)
        u = float(np.quantile(scores, 1 - TAIL))
        excess = np.maximum(scores - u, 0.0)
        beta = (float(excess.sum()) + 6 * USUAL) / (np.count_nonzero(excess[~cut]) + 6)
        return u + beta * math.log(TAIL / self.share)


def days_between(windows: tuple[Window, ...], now: Window) -> float:
    """Return the days from one run to the next, as a rule.

    >>> day = Window.parse("2013-02-08")
    >>> days_between((), day)
    1.0
    """
    starts = [window.start.timestamp() for window in (*windows[-LONG:], now)]
    gaps = np.diff(starts) / 86_400
    return float(np.median(gaps)) if len(gaps) else now.span.total_seconds() / 86_400
