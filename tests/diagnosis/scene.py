"""What a cause gets to see of a day: judged by a plain judge that reports whatever never was like this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import pandas as pd

from airflow_mlmonitor.checks import Check, Consistency, Drift, Metric, Quality, Shape, Values
from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.diagnosis import Circumstances
from airflow_mlmonitor.judging.band import Band
from airflow_mlmonitor.judging.hard import hard
from airflow_mlmonitor.judging.phrases import phrase, range_words
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import Point, Run, State
from tests.diagnosis.flights import day, window

TAUGHT, RUNS = 20, 15
"""Days that rules are learned from, and days of runs after them."""

FLOORS = {"share": 0.02, "distance": 0.1, "log": 0.1}
"""What a change must at least be worth, by scale."""


class Past(NamedTuple):
    """What came before a day."""

    rules: Rules
    before: Profile
    previous: Profile
    points: dict[tuple[str, str, str], list[Point]]


@cache
def quality() -> Quality:
    return Quality(prediction="pred", label="late", segments=("origin",))


@cache
def past(number: int) -> Past:
    """The weeks before a day: three that teach rules, and two of runs that are held against them."""
    taught = pd.concat([day(n) for n in range(number - TAUGHT - RUNS, number - RUNS)])
    rules = learn_rules(Frame(taught, timestamp="time_hour")).joined(quality().rules)
    memory = rules.memory
    before = read(Frame(taught)).compact()
    profiles = []
    for n in range(number - RUNS, number):
        now = read(Frame(day(n)), rules=rules).settled(memory)
        memory += now.novelty
        profiles.append(now)
        before = before + now.compact()
    points: dict[tuple[str, str, str], list[Point]] = {}
    for place, profile in enumerate(profiles):
        span = window(number - RUNS + place)
        run = Run(monitor="m", model="m", window=span, status=Status.OK, state=State.CLEAN, started=span.end)
        for metric in measured(profile, before, profiles[max(place - 1, 0)]):
            points.setdefault(metric.key, []).append(Point(run, metric.value, Status.OK))
    return Past(replace(rules, memory=memory), before, profiles[-1], points)


def measured(now: Profile, before: Profile, previous: Profile) -> list[Metric]:
    """What the checks of a usual monitor measure."""
    checks: Sequence[tuple[Check, Profile | None]] = [
        (Shape(), previous),
        (Values(), before),
        (Drift(distances=("ks", "chi2")), before),
        (Consistency(), None),
        (quality(), before),
    ]
    metrics: list[Metric] = []
    for check, baseline in checks:
        try:
            metrics += check.measure(now, baseline)
        except Exception:  # noqa: BLE001, S112 - a day may lack the columns that a check needs
            continue
    return metrics


def scene(rows: pd.DataFrame, number: int, **more: object) -> Circumstances:
    """What causes see of some rows that came instead of those of a day."""
    known = past(number)
    now = read(Frame(rows), rules=known.rules).settled(known.rules.memory)
    metrics = measured(now, known.before, known.previous)
    told = {
        "verdicts": [_judged(metric, known.points.get(metric.key, [])) for metric in metrics],
        "now": now,
        "before": known.before,
        "runs": TAUGHT + RUNS,
        "previous": known.previous,
        "window": window(number),
        "outcomes": [("pred", "late")],
    }
    return Circumstances(**(told | more))  # type: ignore[arg-type]


def _judged(metric: Metric, points: list[Point]) -> Verdict:
    if found := hard(metric):
        return found
    band = Band.of(points, metric.scale)
    quiet = Verdict(metric=metric, status=Status.OK, lower=band and band.lower, upper=band and band.upper)
    if band is None or band.runs < 14 or metric.value is None or not band.beyond(metric.value, metric.worse):
        return quiet
    width = band.upper - band.lower + FLOORS.get(metric.scale, 0.05 * (abs(band.upper) + abs(band.lower)))
    out = max(metric.value - band.upper, band.lower - metric.value) / width if width else 99.0
    if out < 0.1:
        return quiet
    why = f"{phrase(metric)}; {range_words(metric, band)}"
    return replace(quiet, status=Status.WARN, severity=1 + min(out, 99.0), why=why)
