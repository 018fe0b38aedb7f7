"""Methods that hold a day's distributions against those of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.detection.peers.peer import Answer, Peer, worst_first
from benchmarks.detection.peers.summary import Summary

ALPHA = 0.05


def _found(day: Summary, name: str) -> dict[str, float]:
    """One number of each column that has it."""
    return {column: stats[name] for column, stats in day.columns.items() if name in stats}


def _evidence(day: Summary) -> dict[str, float]:
    """Minus the logarithm of each column's p-value."""
    return {column: -float(np.log10(max(p, 1e-300))) for column, p in _found(day, "p").items()}


class Tests(Peer):
    """KS of numbers, chi-square of names, each at 5 %."""

    name = "KS p<.05"

    def judge(self, day: Summary) -> Answer:
        found = _evidence(day)
        score = max(found.values(), default=0.0)
        return Answer(bool(score > -np.log10(ALPHA)), score, worst_first(found))


class CorrectedTests(Peer):
    """The same with a false discovery rate of 5 % (Benjamini and Hochberg 1995)."""

    name = "KS + BH"

    def judge(self, day: Summary) -> Answer:
        found = _evidence(day)
        ordered = np.sort(list(found.values()))[::-1]
        if not len(ordered):
            return Answer(alert=False, score=0.0)
        score = float((ordered - np.log10(len(ordered) / np.arange(1, len(ordered) + 1))).max())
        return Answer(bool(score > -np.log10(ALPHA)), score, worst_first(found))


class Psi(Peer):
    """The population stability index on ten quantile bins of training; .2 is said to be a large change."""

    name = "PSI > .2"

    def judge(self, day: Summary) -> Answer:
        found = _found(day, "psi")
        score = max(found.values(), default=0.0)
        return Answer(score > 0.2, score, worst_first(found))


class EvidentlyAny(Peer):
    """Evidently's defaults for a reference of more than 1,000 rows: any column at .1.

    Wasserstein distance in standard deviations of numbers, Jensen-Shannon distance of names and of numbers of at most
    five values.
    """

    name = "Evidently any column"
    limit = 0.1

    def judge(self, day: Summary) -> Answer:
        found = _found(day, "evidently")
        score = max(found.values(), default=0.0)
        return Answer(score >= self.limit, score, worst_first(found))


class EvidentlyDataset(EvidentlyAny):
    """Evidently's dataset drift: at least half of the columns."""

    name = "Evidently dataset"

    def judge(self, day: Summary) -> Answer:
        found = _found(day, "evidently")
        score = float(np.mean([distance >= self.limit for distance in found.values()])) if found else 0.0
        return Answer(score >= 0.5, score, worst_first(found))


class NannyML(Peer):
    """NannyML: Jensen-Shannon distance of each column, held against mean and three standard deviations of training."""

    name = "NannyML JS mean + 3 sd"

    def __init__(self) -> None:
        self._usual: dict[str, tuple[float, float]] = {}

    def train(self, days: Sequence[Summary]) -> None:
        for column in {column for day in days for column in day.columns}:
            seen = [day.columns[column]["js"] for day in days if "js" in day.columns[column]]
            if seen:
                self._usual[column] = float(np.mean(seen)), float(np.std(seen))

    def judge(self, day: Summary) -> Answer:
        found = {
            column: (distance - self._usual[column][0]) / max(self._usual[column][1], 1e-9)
            for column, distance in _found(day, "js").items()
            if column in self._usual
        }
        score = max(found.values(), default=0.0)
        return Answer(score > 3, score, worst_first(found))
