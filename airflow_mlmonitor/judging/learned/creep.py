"""The slow channel: changes too small to show in one run, from the evidence of the last weeks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from airflow_mlmonitor.judging.learned.change import Shapes, Ways, began, evidence
from airflow_mlmonitor.judging.learned.level import Array, Labels, Level
from airflow_mlmonitor.judging.learned.sample import Bundles, Places
from airflow_mlmonitor.judging.learned.weeks import Weeks

SHAPES = Shapes(steps=(0.08, 0.16, 0.4, 0.8), ramps=(0.006, 0.02, 0.06), begins=(5, 8, 11, 14, 18, 24))
"""What a change may look like on the metrics' transformed scales."""

RECENT, BASELINE = 28, 152
"""Newest runs, which are never in the baseline, and the runs before them that are."""

FARTHEST = 3.0
"""Spreads from the usual beyond which one run weighs no more: weeks are compared, and a single outlier is no week."""

LEAST = 50
"""Runs of a baseline from which on changes are looked for."""

CALIBRATION, QUARANTINE = 150, 14
"""Runs whose statistics say how unusual a group's is, and the newer ones that do not."""

STARTS, TAILS = (4.0, 1.7), (0.35, 0.25)
"""Where the tails of evidence and of weeks begin at least, and how heavy they are believed to be."""

BELIEF = 30
"""How many excesses that belief is worth."""

POOLS = 5
"""Rows; quality, predictions and labels; missing values; categories; everything else."""

BLOCKS, BLOCK = 365, 7
"""Runs whose weekly maxima draw a pool's line, and the runs of one block, the newest of which is left out."""

SPREAD, WEIGHT = 0.45, 10
"""Mean excess that is believed of weekly maxima, and how many of them that belief is worth."""

SLOW_SHARE = 0.2
"""What the slow channel may spend beside the fast one, as a share of the false alerts asked for."""


@dataclass(frozen=True, kw_only=True)
class CreepPast:
    """What the slow channel knows of earlier runs; alerting ones included, those marked bad left out.

    Parameters
    ----------
    values
        Transformed metrics, one row a metric, one column a run, the run under test last; NaN where undefined.
    classes
        The calendar class of each of these runs.
    floors
        Smallest spread of interest of each metric.
    ways
        Which way a change of each metric is bad: 1 up, -1 down, 0 both.
    groups
        The metrics, bundled by group.
    pools
        The pool of each group, 0 to 4.
    statistics
        Evidence and weeks of each group as earlier runs had them: 2 x groups x runs, NaN where they had none.
    scores
        Score of each pool as earlier runs had it: 5 x runs.
    """

    values: Array
    classes: Labels
    floors: Array
    ways: Ways
    groups: Bundles
    pools: Places
    statistics: Array
    scores: Array


@dataclass(frozen=True, kw_only=True)
class Creep:
    """What the slow channel finds in a run.

    Parameters
    ----------
    statistics
        Evidence and weeks of each group, for later runs to know.
    metrics
        How much either statistic of each metric is above where its group's tail begins, for ranking them in a group.
    groups
        How unusual that is for each group, in powers of ten.
    scores, lines
        Highest of each pool, and the line that it must exceed.
    """

    statistics: Array
    metrics: Array
    groups: Array
    scores: Array
    lines: Array

    def over(self, pools: Places) -> Places:
        """The groups that are over the line of their pool, farthest first."""
        margin = self.groups - self.lines[pools]
        order: Places = np.argsort(-margin, kind="stable")
        return order[margin[order] > 0]


def creeping(past: CreepPast, share: float) -> Creep | None:
    """Look for slow changes; None while there are too few runs.

    Two statistics of every metric, the evidence of :func:`evidence` and the newest week against the three before, are
    held against the group's own past by a Pareto tail. The newest 14 runs teach neither: a creep that is not confirmed
    must not become normal.

    Parameters
    ----------
    past
        Everything known.
    share
        Of the runs, how many may alert though nothing creeps.
    """
    y = carried(past.values[:, -BASELINE - RECENT :].T)
    if len(y) < LEAST + RECENT or not y.shape[1]:
        return None
    level, residual = _level(y, past.classes, past.floors)
    far = FARTHEST * level.scale
    week = np.clip(level.residuals(y, past.classes[-len(y) :]), -far, far)
    found = evidence(residual, level, SHAPES, past.ways), _weeks(week, past)
    statistics = np.stack([past.groups.highest(one) for one in found])
    earlier = past.statistics[:, :, -CALIBRATION - QUARANTINE : -QUARANTINE]
    tails = _Tails.of(earlier)
    groups = tails.score(statistics)
    scores = np.zeros(POOLS)
    np.maximum.at(scores, past.pools, groups)
    member = np.empty(len(past.values), dtype=np.intp)
    member[past.groups.order] = np.repeat(
        np.arange(len(past.pools)), np.diff([*past.groups.starts, len(member)])
    )
    metrics = tails.within(np.stack(found), member)
    return Creep(
        statistics=statistics,
        metrics=metrics,
        groups=groups,
        scores=scores,
        lines=_lines(past.scores[:, :-BLOCK], share / POOLS),
    )


def carried(y: Array) -> Array:
    """Runs x series without gaps: what is missing is carried forward, before the first value backward.

    >>> carried(np.array([[np.nan], [1.0], [np.nan], [3.0]])).ravel().tolist()
    [1.0, 1.0, 1.0, 3.0]
    """
    there = ~np.isnan(y)
    y = np.ascontiguousarray(y, dtype=np.float32)
    gaps = np.flatnonzero(~there.all(axis=0))
    if not gaps.size:
        return y
    known, some = there[:, gaps], y[:, gaps]
    place = np.where(known, np.arange(len(y))[:, None], -1)
    np.maximum.accumulate(place, axis=0, out=place)
    place = np.where(place < 0, known.argmax(axis=0), place)
    y[:, gaps] = np.nan_to_num(np.take_along_axis(some, place, axis=0))
    return y


def _level(y: Array, classes: Labels, floors: Array) -> tuple[Level, Array]:
    classes = classes[-len(y) :]
    level = Level.of(y[:-RECENT], classes[:-RECENT], (floors / 2).astype(y.dtype))
    return level, level.residuals(y[-RECENT - 1 :], classes[-RECENT - 1 :])


def _weeks(y: Array, past: CreepPast) -> Array:
    weeks = Weeks.of(y, past.floors)
    if weeks is None:
        return np.zeros(y.shape[1])
    deviation = weeks.deviation()
    return np.where(past.ways == 0, np.abs(deviation), past.ways * deviation)


def begun(past: CreepPast, metric: int) -> int:
    """How many runs ago, the last one included, the creep of a metric most likely began."""
    y = carried(past.values[metric : metric + 1, -BASELINE - RECENT :].T)
    level, residual = _level(y, past.classes, past.floors[metric : metric + 1])
    return began(residual, level, SHAPES, int(past.ways[metric]))


@dataclass(frozen=True)
class _Tails:
    """Pareto tails of both statistics of each group: 2 x groups."""

    start: Array
    weight: Array

    @classmethod
    def of(cls, earlier: Array) -> Self:
        starts, tails = np.array(STARTS)[:, None], np.array(TAILS)[:, None]
        there = ~np.isnan(earlier)
        start = np.broadcast_to(starts, earlier.shape[:2])
        if earlier.shape[2]:
            start = np.fmax(_ninth(earlier, there), starts)
        excess = np.log(np.fmax(np.where(there, earlier, 0), start[..., None]) / start[..., None])
        count = (excess > 0).sum(axis=-1)
        return cls(start, (excess.sum(axis=-1) + BELIEF * tails) / (count + BELIEF))

    def score(self, statistics: Array) -> Array:
        """How unusual each group is; the half is the mean of both statistics, the other half the higher."""
        out = np.log(np.maximum(statistics, 1e-3) / self.start) / self.weight
        score: Array = 0.699 + 0.4343 * (out.mean(axis=0) + out.max(axis=0)) / 2
        return score

    def within(self, found: Array, member: Places) -> Array:
        out = np.log(np.maximum(found, 1e-3) / self.start[:, member]) / self.weight[:, member]
        rank: Array = out.mean(axis=0) + out.max(axis=0)
        return rank


def _ninth(earlier: Array, there: Array) -> Array:
    """The upper tenth of what there is, NaN where there is nothing."""
    ordered = np.sort(earlier, axis=-1)
    place = np.maximum(np.ceil(0.9 * there.sum(axis=-1)).astype(np.intp) - 1, 0)
    ninth: Array = np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0]
    return ninth


def _lines(scores: Array, share: float) -> Array:
    """The line of each pool, from the maxima of its weeks: within a week scores hang together.

    How far they spread is learned from all pools first, and that is believed of each until it has shown its own.
    """
    scores = scores[:, ~np.isnan(scores).all(axis=0)][:, -BLOCKS:]
    count = scores.shape[1] // BLOCK
    reach = math.log(0.25 / min(BLOCK * share, 0.2))
    if count < 3:
        return np.full(len(scores), 3.0)
    maxima = scores[:, scores.shape[1] - BLOCK * count :].reshape(len(scores), count, BLOCK).max(axis=-1)
    start = np.quantile(maxima, 0.75, axis=1)
    excess = np.maximum(maxima - start[:, None], 0)
    total, over = excess.sum(axis=1), (excess > 0).sum(axis=1)
    together = (total.sum() + WEIGHT * SPREAD) / (over.sum() + WEIGHT)
    spread = (total + WEIGHT * together) / (over + WEIGHT)
    lines: Array = start + reach * spread
    return lines
