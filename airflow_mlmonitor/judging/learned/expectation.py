"""What a metric is expected to be: four simple predictors, each metric using the one that served it best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.ranking import Array, mean, median, quantile

PREDICTORS = 4
RECENT, LAST, CYCLES = 28, 3, 5
SERVED = 120
"""Runs over which predictors are compared."""

HANDICAP = 1.02
"""What the moving predictors must be better than the plain one by."""


def predictions(x: Array, classes: Sequence[int], now: int, season: int) -> Array:
    """Return what four predictors expect of the next run, one row each, NaN where one has nothing to go by.

    The median of the last 28 runs; the median of the last five runs of the same calendar class; the mean of the last
    three; the mean of the last season (of a week, mostly) plus what the class adds, shrunk.

    Parameters
    ----------
    x
        Transformed values of the earlier runs, oldest first; one row a metric.
    classes, now
        Calendar class of each of these runs, and of the next one.
    season
        Runs that make one season; 1 without one.

    Examples
    --------
    >>> x = np.array([[1.0, 1, 1, 1, 1, 9, 9] * 3])
    >>> predictions(x, [0, 1, 2, 3, 4, 5, 6] * 3, now=5, season=7).round(2).tolist()
    [[1.0], [9.0], [6.33], [8.14]]
    """
    runs = x.shape[1]
    first = max(0, runs - CYCLES * max(season, 7))
    alike = [place for place in range(first, runs) if classes[place] == now][-CYCLES * max(1, season // 24) :]
    plain = median(x[:, max(runs - RECENT, 0) :])
    cycle = season if season > 1 else 7
    same, level = plain, mean(x[:, max(runs - cycle, 0) :])
    if season > 1 and alike:
        same = median(x[:, alike])
        same = np.where(np.isnan(same), plain, same)
        level = level + _effect(x, alike, cycle)
    return np.stack([plain, same, mean(x[:, max(runs - LAST, 0) :]), level])


def _effect(x: Array, alike: list[int], cycle: int) -> Array:
    """What runs of one class have been above the season before them, shrunk by k / (k + 1)."""
    known = [place for place in alike if place > 0]
    if not known:
        return np.zeros(len(x))
    above = np.stack([x[:, place] - mean(x[:, max(place - cycle, 0) : place]) for place in known], axis=-1)
    count = np.sum(~np.isnan(above), axis=-1)
    effect: Array = np.nan_to_num(mean(above)) * count / (count + 1)
    return effect


def choice(residuals: Array) -> NDArray[np.intp]:
    """Return which predictor served each metric best, by its mean absolute residual with the worst tenth capped.

    Parameters
    ----------
    residuals
        Predictors x metrics x runs.
    """
    if not residuals.shape[-1]:
        return np.zeros(residuals.shape[1], np.intp)
    sizes = [
        np.abs(one[:, -SERVED:]) for one in residuals
    ]  # one by one: that much fits the processor's cache
    cap = quantile(sizes[0], 0.9)[:, None]
    cost = np.stack([mean(np.minimum(size, cap)) for size in sizes])
    cost[1:] *= HANDICAP
    best: NDArray[np.intp] = np.argmin(np.where(np.isnan(cost), np.inf, cost), axis=0)
    return best
