"""The slow channel: silent while nothing creeps, and each kind of creep found while it is small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from airflow_mlmonitor.judging.learned.creep import POOLS, Creep, CreepPast, begun, carried, creeping
from airflow_mlmonitor.judging.learned.sample import Bundles

RUNS, GROUPS, METRICS = 150, 10, 3
SHARE = 0.15 / 30
FIRST = 63
BEGIN = RUNS - 21


def monitor(seed: int, runs: int = RUNS) -> CreepPast:
    """A made monitor: metrics of ten groups with a rhythm of the week."""
    rng = np.random.default_rng(seed)
    many = GROUPS * METRICS
    weekdays = np.arange(runs) % 7
    values = 0.08 * (rng.standard_normal((many, runs)) + rng.standard_normal((many, 7))[:, weekdays])
    return CreepPast(
        values=values,
        classes=weekdays,
        floors=np.full(many, 0.03),
        ways=np.zeros(many, dtype=int),
        groups=Bundles.of(np.repeat(np.arange(GROUPS), METRICS), GROUPS),
        pools=np.arange(GROUPS) % POOLS,
        statistics=np.full((2, GROUPS, 0), np.nan),
        scores=np.full((POOLS, 0), np.nan),
    )


def followed(whole: CreepPast, until: int = RUNS) -> Iterator[tuple[int, CreepPast, Creep]]:
    """Every run from the first that can be judged on, each knowing what those before it left."""
    past = whole
    for run in range(FIRST - 1 + whole.scores.shape[1], until):
        past = replace(past, values=whole.values[:, : run + 1], classes=whole.classes[: run + 1])
        found = creeping(past, SHARE)
        if found is None:
            continue
        yield run, past, found
        past = replace(
            past,
            statistics=np.concatenate((past.statistics, found.statistics[..., None]), axis=2),
            scores=np.column_stack((past.scores, found.scores)),
        )


@cache
def lived(seed: int) -> CreepPast:
    """A made monitor, all but its last three weeks lived through."""
    whole = monitor(seed)
    for _, past, found in followed(whole, BEGIN):  # noqa: B007 - the last is wanted
        pass
    return replace(
        whole,
        statistics=np.concatenate((past.statistics, found.statistics[..., None]), axis=2),
        scores=np.column_stack((past.scores, found.scores)),
    )


def alerts(whole: CreepPast) -> dict[int, list[int]]:
    """Run to the groups over their line."""
    found = {run: creep.over(past.pools).tolist() for run, past, creep in followed(whole)}
    return {run: groups for run, groups in found.items() if groups}


def test_quiet_monitors_are_left_alone() -> None:
    assert sum(len(alerts(monitor(seed))) for seed in range(4)) <= 4


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("a ramp", lambda ago: 0.02 * ago),
        ("a ramp down", lambda ago: -0.02 * ago),
        ("a step", lambda ago: np.where(ago > 0, 0.25, 0.0)),
        ("a ramp that levels off", lambda ago: np.minimum(0.03 * ago, 0.3)),
    ],
)
def test_a_creep_is_found_within_three_weeks(name: str, size: Callable[[np.ndarray], np.ndarray]) -> None:
    caught = 0
    for seed in range(4):
        whole = lived(10 + seed)
        ago = np.maximum(np.arange(RUNS) - BEGIN + 1, 0)
        values = whole.values.copy()
        values[METRICS : 2 * METRICS] += size(ago)
        caught += any(1 in groups for groups in alerts(replace(whole, values=values)).values())
    assert caught >= 3, name


def test_a_metric_for_which_only_up_is_bad_may_fall() -> None:
    whole = replace(monitor(3), ways=np.ones(GROUPS * METRICS, dtype=int))
    ago = np.maximum(np.arange(RUNS) - RUNS + 22, 0)
    fallen, risen = whole.values.copy(), whole.values.copy()
    fallen[0] -= 0.03 * ago
    risen[0] += 0.03 * ago
    assert not any(0 in groups for groups in alerts(replace(whole, values=fallen)).values())
    assert any(0 in groups for groups in alerts(replace(whole, values=risen)).values())


def test_the_quarantine_keeps_a_creep_from_teaching_itself() -> None:
    whole = lived(4)
    values = whole.values.copy()
    values[:METRICS] += 0.03 * np.maximum(np.arange(RUNS) - RUNS + 22, 0)
    found = alerts(replace(whole, values=values))
    first = min(run for run, groups in found.items() if 0 in groups)
    assert all(0 in found.get(run, []) for run in range(first + 1, RUNS))


def test_tells_when_it_began() -> None:
    whole = monitor(5)
    values = whole.values.copy()
    values[4] += 0.04 * np.maximum(np.arange(RUNS) - RUNS + 12, 0)
    assert 7 <= begun(replace(whole, values=values), 4) <= 15


def test_too_few_runs_and_no_metrics_say_nothing() -> None:
    assert creeping(monitor(6, runs=77), SHARE) is None
    assert creeping(monitor(6, runs=78), SHARE) is not None
    empty = replace(
        monitor(6),
        values=np.empty((0, RUNS)),
        floors=np.empty(0),
        ways=np.empty(0, dtype=int),
        groups=Bundles.of(np.empty(0, dtype=np.intp), 0),
        pools=np.empty(0, dtype=np.intp),
    )
    assert creeping(empty, SHARE) is None


def test_constant_missing_and_unknown_metrics_stay_quiet() -> None:
    whole = monitor(7)
    values = whole.values.copy()
    values[0] = 3.0
    values[1] = np.nan
    values[2, ::3] = np.nan
    values[3, -1] = np.nan
    found = alerts(replace(whole, values=values))
    assert len(found) <= 2
    assert all(np.isfinite(creep.groups).all() for _, _, creep in followed(replace(whole, values=values)))


def test_the_same_past_gives_the_same_answer() -> None:
    (*_, (_, _, once)), (*_, (_, _, again)) = followed(monitor(8)), followed(monitor(8))
    assert once.scores.tolist() == again.scores.tolist()
    assert once.lines.tolist() == again.lines.tolist()


def test_gaps_are_bridged_with_what_was_last_known() -> None:
    gaps = np.array([[np.nan, np.nan, 5.0], [1.0, np.nan, np.nan], [np.nan, np.nan, 6.0]])
    assert carried(gaps).tolist() == [[1.0, 0.0, 5.0], [1.0, 0.0, 5.0], [1.0, 0.0, 6.0]]
