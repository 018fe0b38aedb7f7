"""How the rows of one read kept the rules, while they are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.rules.view import BatchView, Kind

CLUSTERED = frozenset({"beyond", "consistency", "digits", "domain"})
"""Families of numbers that are as good as the independent values they rest on; whether one is missing is another."""


class Settled(NamedTuple):
    """What the tallies of a read come to, given what was seen before: numbers, news, and rules that broke."""

    measures: tuple[Measure, ...]
    novelty: Novelty
    notes: Mapping[str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tallies:
    """How often the rows of a read kept each rule; two of them add up, the left one's rows being the earlier ones.

    Parameters
    ----------
    rules
        Those that the rows were read with.
    kept
        A rule's key to its tally; empty before the first row.
    broken
        A rule's key to what went wrong with it: it is not measured, and takes no other down.
    """

    rules: Rules
    kept: Mapping[str, Tally] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Tallies) -> Tallies:
        total, broken = dict(self.kept), {**self.broken, **other.broken}
        for key, tally in other.kept.items():
            try:
                total[key] = total[key] + tally if key in total else tally
            except Exception as reason:  # noqa: BLE001 - one rule must not take the others down
                broken[key] = _said(reason)
        return Tallies(
            rules=self.rules, kept={key: total[key] for key in total if key not in broken}, broken=broken
        )

    def settled(self, memory: Memory) -> Settled:
        """Return what they come to, given what was seen before these rows."""
        measures: list[Measure] = []
        novelty, broken = Novelty(), dict(self.broken)
        for key, tally in self.kept.items():
            try:
                found, news = list(tally.measures(memory)), tally.novelty(memory)
            except Exception as reason:  # noqa: BLE001 - one rule must not take the others down
                broken[key] = _said(reason)
                continue
            measures += [self._tidy(measure) for measure in found]
            novelty = novelty + news if news else novelty
        notes = {"": f"rules that broke: {'; '.join(map(': '.join, broken.items()))}"} if broken else {}
        return Settled(tuple(measures), novelty, notes)

    def _tidy(self, measure: Measure) -> Measure:
        n = measure.n
        if measure.family in CLUSTERED:
            names = (measure.column or "").split("+")
            n = min([n, *(self.rules.usual_n[name] for name in names if name in self.rules.usual_n)])
        finite = measure.value is not None and math.isfinite(measure.value)
        return measure._replace(n=int(n), value=float(measure.value) if finite else None)  # type: ignore[arg-type]


class TallyBuilder:
    """Tallies batch after batch.

    Parameters
    ----------
    rules
        What the rows are to keep.
    kinds
        Column to what its values are; rules of columns that are not there, or are something else, are not measured.
    """

    def __init__(self, rules: Rules, kinds: Mapping[str, Kind]) -> None:
        self._rules = rules
        self._measurable: tuple[Rule, ...] = rules.measurable(kinds)
        self._total = Tallies(rules=rules)

    def add(self, view: BatchView) -> None:
        """Take some rows."""
        kept: dict[str, Tally] = {}
        broken: dict[str, str] = {}
        for rule in self._measurable:
            if rule.key in self._total.broken:
                continue
            try:
                kept[rule.key] = rule.tally(view)
            except Exception as reason:  # noqa: BLE001 - one rule must not take the others down
                broken[rule.key] = _said(reason)
        self._total += Tallies(rules=self._rules, kept=kept, broken=broken)

    def finish(self) -> Tallies:
        """Return the tallies of everything taken so far."""
        return self._total


def _said(reason: Exception) -> str:
    return type(reason).__name__  # what it says may name a private value
