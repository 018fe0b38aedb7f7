"""From answers to figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from benchmarks.detection.measured import Measured
from benchmarks.detection.peers import Answer
from benchmarks.detection.plan import Variant
from benchmarks.detection.trial import Trial

MONTH = 30.0
APART = 2
"""Quiet runs after which an incident is over; an alert after fewer belongs to it."""


def figures(trial: Trial, measured: Measured) -> dict[str, Any]:
    """All figures of one method; shares and kinds that were not tried are left out.

    Net recall asks only of days that stay quiet when nothing fails: on the others an alert tells nothing.
    """
    alerts = [answer.alert for _, answer in sorted(trial.clean.items())]
    caught = net(trial)
    return {
        "false_alerts_per_30d": rates(alerts, measured.step),
        "false_incidents_per_30d": per_month(incidents(alerts), len(alerts), measured.step),
        "net_recall": mean(caught.values()),
        "recall_by_share": {f"{share:g}": value for share, value in by(caught, 2).items()},
        "recall_by_failure": by(caught, 1),
        "recall_by_failure_and_share": {
            kind: {
                f"{share:g}": value
                for share, value in by({key: hit for key, hit in caught.items() if key[1] == kind}, 2).items()
            }
            for kind in dict.fromkeys(key[1] for key in caught)
        },
        "root_cause_top1": named(trial, measured, 1),
        "root_cause_top3": named(trial, measured, 3),
        "creeps": creeps(trial, measured),
        "judge_cpu_ms": 1000 * trial.seconds,
    }


def net(trial: Trial) -> dict[Variant, bool]:
    """Which failures were caught, on days whose clean version stays quiet."""
    return {key: answer.alert for key, answer in trial.variants.items() if not trial.clean[key[0]].alert}


def tuned(trial: Trial, step: int) -> Trial:
    """The same answers with a line drawn afterwards, at one false alert in 30 days."""
    scores = sorted((answer.score for answer in trial.clean.values()), reverse=True)
    allowed = round(len(scores) * step / MONTH)
    line = scores[min(allowed, len(scores) - 1)] if scores else math.inf

    def redrawn(answer: Answer) -> Answer:
        return replace(answer, alert=answer.score > line)

    return Trial(
        name=f"{trial.name}, tuned",
        clean={key: redrawn(answer) for key, answer in trial.clean.items()},
        variants={key: redrawn(answer) for key, answer in trial.variants.items()},
        creeps={key: [redrawn(answer) for answer in answers] for key, answers in trial.creeps.items()},
        seconds=trial.seconds,
    )


def rates(alerts: Sequence[bool], step: int) -> dict[str, float | None]:
    """False alert days in 30 days: over all of them, in both halves, in the worst 30 and 90 days."""
    half = len(alerts) // 2
    return {
        "whole": per_month(sum(alerts), len(alerts), step),
        "first_half": per_month(sum(alerts[:half]), half, step),
        "second_half": per_month(sum(alerts[half:]), len(alerts) - half, step),
        "worst_30_days": worst(alerts, max(round(30 / step), 1), step),
        "worst_90_days": worst(alerts, max(round(90 / step), 1), step),
    }


def per_month(count: int, runs: int, step: int) -> float | None:
    """A count as a rate in 30 days."""
    return MONTH * count / (runs * step) if runs else None


def worst(alerts: Sequence[bool], length: int, step: int) -> float | None:
    """The highest rate in so many consecutive runs; in all of them where there are fewer."""
    length = min(length, len(alerts))
    counts = (sum(alerts[first : first + length]) for first in range(len(alerts) - length + 1))
    return per_month(max(counts, default=0), length, step)


def incidents(alerts: Iterable[bool]) -> int:
    """Number of problems that consecutive alerts are: one that comes within two quiet runs is still the same.

    Examples
    --------
    >>> incidents([True, True, False, True, False, False, False, True])
    2
    """
    count, quiet = 0, APART + 1
    for alert in alerts:
        count += alert and quiet > APART
        quiet = 0 if alert else quiet + 1
    return count


def named(trial: Trial, measured: Measured, among: int) -> float | None:
    """How often one of the guilty columns is among the first that are blamed, of the failures caught net."""
    caught = [key for key, hit in net(trial).items() if hit]
    return mean(bool(measured.guilty[key] & set(trial.variants[key].blamed[:among])) for key in caught)


def creeps(trial: Trial, measured: Measured) -> dict[str, Any]:
    """Share of creeps that are caught while they are followed, and the median day on which that was.

    A day on which the method alerts although nothing creeps does not count.
    """
    delays: dict[str, list[int | None]] = {}
    for (kind, start), answers in trial.creeps.items():
        found = (
            day
            for day, answer in enumerate(answers, 1)
            if answer.alert and not trial.clean[start + day - 1].alert
        )
        delays.setdefault(kind, []).append(next(found, None))
    every = [delay for known in delays.values() for delay in known]
    return {
        "share": mean(delay is not None for delay in every),
        "median_delay_days": _days(every, measured.step),
        "by_kind": {kind: mean(delay is not None for delay in known) for kind, known in delays.items()},
    }


def _days(delays: Iterable[int | None], step: int) -> float | None:
    caught = [delay for delay in delays if delay is not None]
    return float(median(caught)) * step if caught else None


def by(caught: Mapping[Variant, bool], place: int) -> dict[Any, float]:
    """Recall for each value at one place of the key."""
    groups: dict[Any, list[bool]] = {}
    for key, hit in caught.items():
        groups.setdefault(key[place], []).append(hit)
    return {value: sum(hits) / len(hits) for value, hits in groups.items()}


def mean(values: Iterable[float]) -> float | None:
    """The mean; None of nothing."""
    known = list(values)
    return sum(known) / len(known) if known else None


def counted(found: Mapping[str, float], test: Callable[[float], bool]) -> int:
    """How many values pass."""
    return sum(test(value) for value in found.values())
