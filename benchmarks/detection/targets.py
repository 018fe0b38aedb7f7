"""What ours is meant to reach with its defaults, on any data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Target:
    """One line of the table.

    Parameters
    ----------
    what
        What is measured.
    aim
        The target in words.
    value
        Gets it out of the figures; None where it was not measured.
    met
        Whether a value is good enough.
    """

    what: str
    aim: str
    value: Callable[[Figures], float | None]
    met: Callable[[float], bool]


def _path(*names: str) -> Callable[[Figures], float | None]:
    def value(figures: Figures) -> float | None:
        found: Any = figures
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return None if found is None else float(found)

    return value


def _at_least(what: str, limit: float, *names: str) -> Target:
    return Target(what=what, aim=f"≥ {limit:g}", value=_path(*names), met=lambda value: value >= limit)


def _at_most(what: str, limit: float, *names: str) -> Target:
    return Target(what=what, aim=f"≤ {limit:g}", value=_path(*names), met=lambda value: value <= limit)


def _kinds(figures: Figures) -> float | None:
    """How many kinds are caught at full share four times in five."""
    shares = figures.get("recall_by_failure_and_share", {})
    found = [known["1"] for known in shares.values() if "1" in known]
    return float(sum(value >= 0.8 for value in found)) if found else None


def _all_kinds(figures: Figures) -> int:
    return len(figures.get("recall_by_failure_and_share", {}))


def _times_best_peer(figures: Figures) -> float | None:
    """Net recall, against that of the best peer whose line was drawn afterwards at one false alert a month."""
    peers = [peer["tuned_to_1_per_30d"]["net_recall"] for peer in figures.get("peers", {}).values()]
    best = max((value for value in peers if value), default=None)
    own = figures.get("net_recall")
    return own / best if best and own is not None else None


def targets(figures: Figures) -> list[Target]:
    """All lines, in the order of the table."""
    kinds = _all_kinds(figures)
    return [
        Target(
            what="incidents in 30 days, asked for 1",
            aim=".5–1.2",
            value=_path("asked_vs_measured", "1"),
            met=lambda value: 0.5 <= value <= 1.2,
        ),
        _at_most("false alert days in 30 days, worst 90 days", 2.34, "false_alerts_per_30d", "worst_90_days"),
        _at_least("net recall, all shares", 0.80, "net_recall"),
        _at_least("recall at 100 %", 0.97, "recall_by_share", "1"),
        _at_least("recall at 25 %", 0.87, "recall_by_share", "0.25"),
        _at_least("recall at 5 %", 0.75, "recall_by_share", "0.05"),
        _at_least("recall at 1 %", 0.62, "recall_by_share", "0.01"),
        Target(
            what="kinds of failure ≥ .80 at 100 %",
            aim=f"{kinds} of {kinds}",
            value=_kinds,
            met=lambda value: value >= kinds,
        ),
        Target(
            what="times the best peer tuned afterwards",
            aim="≥ 2",
            value=_times_best_peer,
            met=lambda value: value >= 2,
        ),
        _at_least("root cause first", 0.96, "root_cause_top1"),
        _at_least("root cause among three", 0.99, "root_cause_top3"),
        _at_least("creeps within 21 days", 0.92, "creeps", "share"),
        _at_most("median days until a creep is seen", 5, "creeps", "median_delay_days"),
        _at_most("false alerts in the first 14 runs", 1, "first_runs", "false_alerts_in_first_14_runs"),
        _at_least("recall at 100 % from run 6", 0.80, "first_runs", "recall_at_full_share_from_run_6"),
        _at_most("CPU of the judge, ms a run", 50, "cpu_ms", "judge"),
    ]
