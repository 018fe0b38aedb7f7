"""Every method on one measured data set, as plain figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.judging.learned.learned import Learned
from benchmarks.detection import ours, trial
from benchmarks.detection.measured import Advance, Measured
from benchmarks.detection.partition import Days
from benchmarks.detection.peers import PEERS
from benchmarks.detection.peers.summary import Reference
from benchmarks.detection.scoring import figures, incidents, per_month, tuned
from benchmarks.detection.trial import Trial

TIMED = 12
"""Days whose cost is measured."""

Watching = Callable[[str, int], AbstractContextManager[Advance]]


def contest(
    measured: Measured, days: Days, *, peers: bool, watching: Watching, thrifty: bool = False
) -> dict[str, Any]:
    """Figures of ours at the top, and of each peer by its name.

    Parameters
    ----------
    measured, days
        The data set, measured, and as it was.
    peers
        Whether they take part.
    watching
        Makes a progress bar.
    thrifty
        One budget, no young monitors, no cost: for what is reported apart.
    """
    with watching("ours", len(measured.clean) - measured.test + len(measured.creeps)) as advance:
        main = trial.of_judge(Learned(false_alerts_per_month=1.0), measured, advance=advance)
    found = {"data": measured.name, "notes": list(measured.notes)} | _both(main, measured)
    if not thrifty:
        found |= _asked(main, measured, watching)
        found["first_runs"] = trial.first_runs(Learned(), measured)
        found["rules"] = measured.rules
        found |= cost(days, measured, main)
    if peers:
        found["peers"] = _peers(measured, days, watching)
    return found


def _both(one: Trial, measured: Measured) -> dict[str, Any]:
    """The figures with the method's own line, and those with a line drawn afterwards."""
    afterwards = figures(tuned(one, measured.step), measured)
    names = ("net_recall", "recall_by_share", "recall_by_failure", "root_cause_top1")
    return figures(one, measured) | {"tuned_to_1_per_30d": {name: afterwards[name] for name in names}}


def _asked(main: Trial, measured: Measured, watching: Watching) -> dict[str, Any]:
    """False alerts measured for each budget asked for: incidents, and days."""
    total = len(measured.plan.budgets) * (len(measured.clean) - measured.test)
    by_incident, by_day = {}, {}
    with watching("ours, other budgets", total) as advance:
        for budget in measured.plan.budgets:
            judge = Learned(false_alerts_per_month=budget)
            one = main if budget == 1 else trial.of_judge(judge, measured, clean_only=True, advance=advance)
            alerts = [answer.alert for _, answer in sorted(one.clean.items())]
            by_incident[f"{budget:g}"] = per_month(incidents(alerts), len(alerts), measured.step)
            by_day[f"{budget:g}"] = per_month(sum(alerts), len(alerts), measured.step)
    return {"asked_vs_measured": by_incident, "asked_vs_measured_days": by_day}


def _peers(measured: Measured, days: Days, watching: Watching) -> dict[str, Any]:
    reference = Reference.of(days.training)
    clock = time.process_time()
    for frame in days.frames[-TIMED:]:
        reference.summarise(frame)
    summary = 1000 * (time.process_time() - clock) / len(days.frames[-TIMED:])
    found = {}
    with watching("peers", len(PEERS) * (len(measured.clean) - measured.test)) as advance:
        for kind in PEERS:
            one = trial.of_peer(kind, measured, advance)
            found[kind.name] = _both(one, measured)
            found[kind.name]["cpu_ms_per_run"] = summary + found[kind.name]["judge_cpu_ms"]
    return found


def cost(days: Days, measured: Measured, main: Trial) -> dict[str, Any]:
    """CPU of a run in milliseconds: reading and measuring some of the last days, and the judge's average."""
    watch = ours.Watch.of(days)
    memory, before = Memory(), None
    reading = measuring = 0.0
    last = range(len(days) - min(TIMED, len(days)), len(days))
    for position in last:
        clock = time.process_time()
        profile = watch.read(days.frames[position], days.dates[position])
        reading += time.process_time() - clock
        clock = time.process_time()
        _, settled = watch.measure(profile, memory, days.window(position), before)
        measuring += time.process_time() - clock
        memory = ours.grown(memory, settled.novelty)
        before = days.window(position), settled.compact()
    parts = {
        "read": 1000 * reading / len(last),
        "measure": 1000 * measuring / len(last),
        "judge": 1000 * main.seconds,
    }
    return {"cpu_ms_per_run": sum(parts.values()), "cpu_ms": parts, "metrics": len(measured.clean[-1].schema)}
