"""What a suite that was only suggested catches of the failures of the detection benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd

from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.invariants import Invariant, read_suite
from airflow_mlmonitor.data.invariants.answering import held_against
from airflow_mlmonitor.data.invariants.suggesting import suggest_invariants
from benchmarks.detection.partition import Days
from benchmarks.detection.plan import Plan, damaged

NOWHERE = NamedConnections({})
MOMENT = "moment of the row"


@dataclass
class Caught:
    """What the suite said.

    Parameters
    ----------
    expectations
        How many it has.
    false
        For each clean day on which it is broken the expectations that are.
    clean
        Number of clean days.
    hits
        Failure and share to whether each tested day alerted; days that alert anyway are left out.
    by
        How often each type of expectation was among those broken by a failure.
    """

    expectations: int
    false: dict[int, list[str]] = field(default_factory=dict)
    clean: int = 0
    hits: dict[tuple[str, float], list[bool]] = field(default_factory=dict)
    by: Counter[str] = field(default_factory=Counter)

    def recall(self, share: float | None = None) -> float:
        """Mean over the kinds of failure, of one share or of all."""
        means = [
            sum(hits) / len(hits) for (_, known), hits in self.hits.items() if hits and share in (None, known)
        ]
        return sum(means) / len(means) if means else 0.0


def caught(days: Days, plan: Plan, advance: Callable[[int], object] = lambda _: None) -> Caught:
    """Suggest a suite from the training window, and hold every tested day against it, clean and broken."""
    invariants = read_suite(suggested(days))
    found = Caught(len(invariants))
    for position in days.tested:
        broken = broken_by(invariants, days.frames[position])
        found.clean += 1
        if broken:
            found.false[position] = [f"{one.column}: {one.type}" for one in broken]
        advance(1)
    for position in plan.positions:
        if position not in found.false:
            _fail(found, invariants, days, plan, position)
            advance(1)
    return found


def _fail(found: Caught, invariants: tuple[Invariant, ...], days: Days, plan: Plan, position: int) -> None:
    for kind in plan.kinds:
        for share in plan.shares:
            damage = damaged(days, (position, kind, share))
            if damage is not None:
                broken = broken_by(invariants, damage.rows)
                found.hits.setdefault((kind, share), []).append(bool(broken))
                found.by.update({one.type for one in broken})


def suggested(days: Days) -> dict[str, object]:
    """The suite that the training window suggests."""
    dated = zip(days.frames[: days.reference], days.dates, strict=False)
    rows = pd.concat([frame.assign(**{MOMENT: date}) for frame, date in dated], ignore_index=True)
    suite = suggest_invariants(
        Frame(rows, timestamp=MOMENT), span=timedelta(days=days.step), connections=NOWHERE
    )
    told = [one for one in suite["expectations"] if MOMENT not in one["kwargs"].values()]
    return {**suite, "expectations": told}


def broken_by(invariants: tuple[Invariant, ...], rows: pd.DataFrame) -> list[Invariant]:
    """The invariants that some rows do not keep."""
    kept = held_against(invariants, Frame(rows), connections=NOWHERE)
    return [one.invariant for one in kept if not one.success]
