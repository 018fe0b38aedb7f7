"""The slow channel on simulated monitors: many metrics with a rhythm of the week, and one of them creeping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.creep import POOLS, SLOW_SHARE, Creep, CreepPast, creeping
from airflow_mlmonitor.judging.learned.sample import Bundles
from benchmarks.operational.measuring import incidents
from benchmarks.operational.series import Array

GROUPS, METRICS, RUNS = 40, 5, 300
START, TESTED, WITHIN = 63, 110, 21
NOISE, FLOOR = 0.08, 0.03
KINDS = {"+.25 sd a run": 0.25, "+.15 sd a run": 0.15, "+1 sd at once": 0.0}


@dataclass(frozen=True)
class Monitor:
    """A made monitor as the slow channel sees it, without what earlier runs left."""

    values: Array
    known: CreepPast

    @classmethod
    def made(cls, rng: np.random.Generator) -> Self:
        """Make one: metrics of a group hang together, and each remembers the run before."""
        group = np.repeat(np.arange(GROUPS), METRICS)
        shared = rng.standard_normal((GROUPS, RUNS))[group]
        fresh = 0.6 * shared + 0.8 * rng.standard_normal((len(group), RUNS))
        fresh += 3 * (rng.random(fresh.shape) < 0.01) * rng.standard_normal(fresh.shape)
        for run in range(1, RUNS):
            fresh[:, run] = 0.3 * fresh[:, run - 1] + 0.95 * fresh[:, run]
        classes = np.arange(RUNS) % 7
        values = NOISE * (fresh + rng.standard_normal((len(group), 7))[:, classes])
        none = np.full((2, GROUPS, 0), np.nan), np.full((POOLS, 0), np.nan)
        known = CreepPast(
            values=values,
            classes=classes,
            floors=np.full(len(group), FLOOR),
            ways=np.where(np.arange(len(group)) % 3 == 0, 1, 0),
            groups=Bundles.of(group, GROUPS),
            pools=np.arange(GROUPS) % POOLS,
            statistics=none[0],
            scores=none[1],
        )
        return cls(values, known)

    def followed(
        self, budget: float, past: CreepPast | None = None, until: int = RUNS
    ) -> tuple[CreepPast, list[Creep]]:
        """Run after run, each leaving its statistics to the next."""
        past = past or self.known
        found: list[Creep] = []
        for run in range(START + past.scores.shape[1], until):
            now = replace(past, values=self.values[:, : run + 1], classes=self.known.classes[: run + 1])
            creep = creeping(now, SLOW_SHARE * budget / 30)
            if creep is not None:
                found.append(creep)
                past = replace(
                    past,
                    statistics=np.concatenate((past.statistics, creep.statistics[..., None]), axis=2),
                    scores=np.column_stack((past.scores, creep.scores)),
                )
        return past, found

    def creeping(self, rng: np.random.Generator, slope: float, start: int) -> Self:
        """The same monitor, with the metrics of one group moving from a run on."""
        passed = np.maximum(np.arange(RUNS) - start + 1, 0)
        moved = np.minimum(passed, 1) if slope == 0 else slope * passed
        values = self.values.copy()
        first = METRICS * int(rng.integers(GROUPS))
        values[first : first + METRICS] += NOISE * moved
        return replace(self, values=values)


def over(found: list[Creep]) -> NDArray[np.bool_]:
    """Whether any pool was over its line, run by run."""
    return np.array([bool((creep.scores > creep.lines).any()) for creep in found])


def quiet(budget: float, monitors: int, seed: int) -> tuple[int, float]:
    """Incidents among quiet monitors, and the months that was."""
    count, months = 0, 0.0
    for number in range(monitors):
        _, found = Monitor.made(np.random.default_rng([seed, number])).followed(budget)
        tested = over(found)[TESTED - START :]
        count += incidents(tested[:, None])
        months += len(tested) / 30
    return count, months


def delays(slope: float, budget: float, creeps: int, seed: int) -> Array:
    """After how many runs each creep was found; 22 for never within 21."""
    rng = np.random.default_rng([seed, round(100 * slope)])
    start, found = RUNS - WITHIN, []
    monitor = Monitor.made(rng)
    past, _ = monitor.followed(budget, until=start)
    for _ in range(creeps):
        _, after = monitor.creeping(rng, slope, start).followed(budget, past)
        alerts = over(after)
        found.append(int(alerts.argmax()) + 1 if alerts.any() else WITHIN + 1)
    return np.array(found, dtype=float)
