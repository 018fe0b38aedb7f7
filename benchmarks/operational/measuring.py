"""False alarms and delays, measured run by run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.change import evidence
from airflow_mlmonitor.judging.learned.level import Array
from airflow_mlmonitor.judging.learned.operational import SHAPES, drawn, recently
from benchmarks.operational.series import NOISES, Batch, Change

YEAR, START, BEGIN = 365, 60, 200
UP = np.array([1])
NEVER = 10**6


def scores(batch: Batch, first: int) -> Iterator[Array]:
    """The evidence of each series as of each run from one on."""
    for count in range(first + 1, len(batch.y) + 1):
        looked = recently(*batch.until(count))
        assert looked is not None  # noqa: S101 - the series are long enough
        level, residual = looked
        yield evidence(residual, level, SHAPES, np.repeat(UP, batch.y.shape[1]))


def quiet(noise: float, budget: float, many: int, memory: float, seed: int) -> tuple[int, float]:
    """Incidents among quiet series in a year, and how many months of one series that was."""
    batch = Batch.made(np.random.default_rng([seed, round(100 * noise)]), noise, YEAR, many, memory=memory)
    found = np.array(list(scores(batch, START)))
    return incidents(alerts(found, budget, 0)), found.size / 30


def alerts(found: Array, budget: float, first: int) -> NDArray[np.bool_]:
    """Whether each series, one a column, is over the line that its own earlier scores draw, from a row on."""
    lines = [[drawn(budget / 30, earlier) for earlier in found[:run].T] for run in range(first, len(found))]
    over: NDArray[np.bool_] = found[first:] > np.array(lines)
    return over


def incidents(over: NDArray[np.bool_]) -> int:
    """How many incidents the alerts of some series, one a column, make: two clean runs end one."""
    before = np.zeros_like(over)
    before[1:] |= over[:-1]
    before[2:] |= over[:-2]
    return int((over & ~before).sum())


def delays(change: Change, many: int, seed: int) -> Array:
    """After how many days each of some series was found changed; those that had alerted just before are left out."""
    found = []
    for noise in NOISES:
        rng = np.random.default_rng([seed, round(100 * noise), round(1000 * change.ramp * change.step)])
        days = BEGIN + max(change.within)
        batch = Batch.made(rng, noise, days, many).changed(change, BEGIN)
        first = int(np.searchsorted(batch.days, BEGIN))
        over = alerts(np.array(list(scores(batch, START))), change.budget, first - 1 - START)
        after = batch.days[first:] - BEGIN + 1
        delay = np.where(over[1:].any(axis=0), after[over[1:].argmax(axis=0)], NEVER)
        found.append(delay[~over[0]])
    return np.concatenate(found).astype(float)
