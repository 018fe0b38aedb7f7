"""What a cause may look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.diagnosis.mixture import mixture
from airflow_mlmonitor.judging.verdict import Verdict, ranked

PREDICTION = re.compile(
    r"(pred(icted|ictions?)?|prob(a|ability)?|score|y_?hat|forecast)(_|\b|$)", re.IGNORECASE
)
"""What columns of predictions are usually called."""

LEAST = 20
"""Values that a column needs on both sides for its distribution to tell anything."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a cause may look at: the verdicts of a run, its rows and the rows before it.

    Parameters
    ----------
    verdicts
        All verdicts of the run.
    now
        The profile of the run's rows.
    before
        What the run was compared with, the most recent of its baselines; None where there is none.
    runs
        Number of earlier runs that ``before`` was merged from; 0 for one that is pinned.
    previous
        The last run's profile; None where there is none.
    window
        The span of data time of the run.
    model_version
        The version that was serving, where it is known.
    versions
        Those that served in the earlier runs, oldest first.
    outcomes
        Column of predictions and column of labels, as the checks name them.
    """

    verdicts: Sequence[Verdict]
    now: Profile
    before: Profile | None = None
    runs: int = 0
    previous: Profile | None = None
    window: Window | None = None
    model_version: str | None = None
    versions: Sequence[str | None] = ()
    outcomes: Sequence[tuple[str, str]] = ()

    @cached_property
    def findings(self) -> list[Verdict]:
        """The verdicts that somebody should read, gravest first; those that could not be measured are left out."""
        return [verdict for verdict in ranked(self.verdicts) if verdict.metric.family != "check"]

    @cached_property
    def suspects(self) -> tuple[str, ...]:
        """The columns that findings speak of, the gravest first."""
        named = dict.fromkeys(
            name for verdict in self.findings for name in self.named(verdict) if name in self.now
        )
        return tuple(named)

    def named(self, verdict: Verdict) -> list[str]:
        """The columns that a verdict is about: one, or all those of a rule, whose names are joined by ``+``."""
        column = verdict.metric.column
        if column is None:
            return []
        return [column] if column in self.now else column.split("+")

    def of_family(self, *families: str) -> list[Verdict]:
        """The findings of some families, gravest first."""
        return [verdict for verdict in self.findings if verdict.metric.family in families]

    def metric(self, name: str, column: str | None = None, slice: str = "") -> Verdict | None:  # noqa: A002
        """The verdict on a metric by its name, whatever prefix its check has; None where it was not measured."""
        return self._by_key.get((name, column or "", slice))

    def numbers(self) -> Iterator[tuple[str, NumberColumn, NumberColumn]]:
        """The suspects that hold numbers on both sides: name, this run's, the baseline's."""
        for name in self.suspects:
            new, old = self.pair(name)
            if isinstance(new, NumberColumn) and isinstance(old, NumberColumn):
                yield name, new, old

    def names(self) -> Iterator[tuple[str, CategoryColumn, CategoryColumn]]:
        """The suspects that hold names on both sides: name, this run's, the baseline's."""
        for name in self.suspects:
            new, old = self.pair(name)
            if isinstance(new, CategoryColumn) and isinstance(old, CategoryColumn):
                yield name, new, old

    def pair(self, column: str) -> tuple[Column | None, Column | None]:
        """A column on both sides; None where it is not, or has hardly any values."""
        new = self.now.columns.get(column)
        old = self.before.columns.get(column) if self.before else None
        return tuple(side if side is not None and side.count >= LEAST else None for side in (new, old))  # type: ignore[return-value]

    def usual_move(self, column: str) -> float:
        """How far the last run's numbers were from the baseline's: so far, a day may be by itself."""
        last = self.previous.columns.get(column) if self.previous else None
        _, old = self.pair(column)
        if not isinstance(last, NumberColumn) or not isinstance(old, NumberColumn) or not last.count:
            return 0.0
        return mixture(last.sketch, old.sketch, old.sketch).size

    @cached_property
    def usual_rows(self) -> float | None:
        """How many rows a run usually has; None where nothing tells."""
        verdict = self.metric("rows")
        if verdict and verdict.expected:
            return verdict.expected
        if self.before and self.runs:
            return self.before.rows / self.runs
        if verdict and verdict.lower and verdict.upper:
            return (verdict.lower + verdict.upper) / 2
        return None

    @cached_property
    def predictions(self) -> tuple[str, ...]:
        """The columns of predictions: those that a check names, and those called so."""
        called = [name for name in self.now.columns if PREDICTION.match(name)]
        return tuple(dict.fromkeys([*(prediction for prediction, _ in self.outcomes), *called]))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The columns of labels, as checks name them."""
        return tuple(dict.fromkeys(label for _, label in self.outcomes))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], Verdict]:
        found: dict[tuple[str, str, str], Verdict] = {}
        for verdict in self.verdicts:
            name, column, part = verdict.metric.key
            found.setdefault((name.rpartition(".")[2], column, part), verdict)
        return found

    def where(self, label: str) -> str:
        """A slice's label for people, ``origin = EWR``; of a private column the name alone."""
        name, _, value = label.partition("=")
        column = self.now.columns.get(name) or (self.before.columns.get(name) if self.before else None)
        return f"one value of {name}" if getattr(column, "private", False) else f"{name} = {value}"
