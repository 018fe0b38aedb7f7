"""Methods that follow statistics of the days over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection.peers.peer import Answer, Peer, worst_first
from benchmarks.detection.peers.summary import Summary

Floats = NDArray[np.float64]

FLOOR = 1e-10
"""Added to a standard deviation of zero; three of them are the smallest change that counts."""


class Following(Peer):
    """A method that keeps a vector of statistics of every day."""

    statistics: Sequence[str]
    """Of each column, where they are defined."""

    def __init__(self) -> None:
        self._fields: list[tuple[str, str]] = []
        self._past: list[Floats] = []

    def train(self, days: Sequence[Summary]) -> None:
        """Settle which statistics there are."""
        known = {
            (column, name): None
            for day in days
            for column, stats in day.columns.items()
            for name in self.statistics
            if name in stats
        }
        self._fields = sorted(known)

    def learn(self, day: Summary) -> None:
        self._past.append(self.vector(day))

    def vector(self, day: Summary) -> Floats:
        """The statistics of a day, in order; NaN where one is not defined."""
        none: dict[str, float] = {}
        return np.array([day.columns.get(column, none).get(name, np.nan) for column, name in self._fields])

    def by_column(self, sizes: Floats) -> tuple[str, ...]:
        """Columns by their largest number."""
        found: dict[str, float] = {}
        for (column, _), size in zip(self._fields, np.nan_to_num(sizes), strict=True):
            found[column] = max(found.get(column, 0.0), float(size))
        return worst_first(found)


class Deequ(Following):
    """Deequ's OnlineNormalStrategy on every statistic: three standard deviations of the running mean.

    As there, the value under test is part of the mean and deviation that it is held against.
    """

    name = "Deequ OnlineNormal"
    statistics = ("coverage", "mean", "sd", "min", "max", "distinct")

    def train(self, days: Sequence[Summary]) -> None:
        super().train(days)
        self._fields.append(("", "rows"))

    def vector(self, day: Summary) -> Floats:
        found = super().vector(day)
        found[-1] = day.rows
        return found

    def judge(self, day: Summary) -> Answer:
        table = np.vstack([*self._past, self.vector(day)])
        with np.errstate(all="ignore"):
            here = ~np.isnan(table)
            mean = np.where(here, table, 0).sum(0) / here.sum(0)
            spread = np.sqrt(np.where(here, (table - mean) ** 2, 0).sum(0) / here.sum(0))
            sizes = np.abs(table[-1] - mean) / np.maximum(spread, FLOOR)
        sizes = np.nan_to_num(sizes)
        score = float(sizes.max(initial=0.0))
        return Answer(score > 3, score, self.by_column(sizes))


class Redyuk(Following):
    """Novelty by the five nearest of all earlier days (Redyuk and others, EDBT 2021).

    Statistics scaled to [0, 1] by the earlier days, mean Euclidean distance, and a line that 1 % of the earlier days
    would cross.
    """

    name = "Redyuk kNN"
    statistics = ("coverage", "distinct", "top", "mean", "sd", "min", "max")

    def judge(self, day: Summary) -> Answer:
        past = np.nan_to_num(np.vstack(self._past))
        low, high = past.min(0), past.max(0)
        width = np.where(high > low, high - low, 1.0)
        scaled = (past - low) / width
        now = (np.nan_to_num(self.vector(day)) - low) / width
        neighbours = min(5, len(scaled) - 1)
        among = np.sort(_distances(scaled, scaled), axis=1)[:, 1 : neighbours + 1].mean(1)
        nearest = _distances(now[None, :], scaled)[0]
        order = np.argsort(nearest)[:neighbours]
        line = max(float(np.percentile(among, 99)), FLOOR)
        score = float(nearest[order].mean()) / line
        return Answer(score > 1, score, self.by_column(np.abs(now - scaled[order].mean(0))))


def _distances(left: Floats, right: Floats) -> Floats:
    squares = (left**2).sum(1)[:, None] + (right**2).sum(1)[None, :] - 2 * left @ right.T
    distances: Floats = np.sqrt(np.maximum(squares, 0.0))
    return distances


class Gate(Following):
    """GATE: summaries of partitions, and the distance to the three nearest earlier days (Shankar and others 2023).

    Drifted at the 95th percentile of all distances. Its clusters of columns need a language model and are left out;
    it finds more without them here.
    """

    name = "GATE"
    statistics = ("coverage", "mean", "p50", "p95", "distinct", "top")

    def judge(self, day: Summary) -> Answer:
        table = np.vstack([*self._past, self.vector(day)])
        here = ~np.isnan(table)
        mean = np.where(here, table, 0).sum(0) / np.maximum(here.sum(0), 1)
        deviations = np.where(here, table - mean, 0)
        spread = np.sqrt((deviations**2).sum(0) / np.maximum(here.sum(0) - 1, 1))
        z = deviations / (spread + FLOOR)
        distances = np.sort(_distances(z, z), axis=1)[:, 1:4].mean(1)
        line = max(float(np.quantile(distances[:-1], 0.95)), FLOOR)
        share = float((distances[:-1] <= distances[-1]).mean())
        return Answer(share >= 0.95, float(distances[-1]) / line, self.by_column(np.abs(z[-1])))
