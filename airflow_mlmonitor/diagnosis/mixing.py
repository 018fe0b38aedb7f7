"""Causes that keep the values and lose where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.missing import gaps
from airflow_mlmonitor.diagnosis.mixture import Mixture, fitted, mixture, noise
from airflow_mlmonitor.diagnosis.wording import listed
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.words import percent

RULES = ("pair", "identity", "ordered", "order", "consistency")
"""Families of metrics that tell whether values of a row belong together."""

KEEPING = (*RULES, "segment_rows", "nulls_by_segment", "null_pattern", "missing", "rows", "triples")
"""Families whose findings leave the values of a column what they are."""

HARDLY = 0.3
"""Part of the severity of broken rules below which other findings of a column do not count."""

ACQUITTED = 0.5
"""How much a rule that is kept speaks for its columns."""

ROOM = 0.25
"""By how much of its width a column's range may be wider today."""

INSIDE = 0.98
"""Part of the values that left a column's range that must lie in the other column's."""

MOST = 6
"""Suspects that are compared with all other columns."""


class ColumnsSwapped(Cause):
    """Two columns hold each other's values."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Fit each of two suspects as a part of the other's baseline."""
        for one, other in _couples(circumstances):
            here, there = _as(circumstances, one, other), _as(circumstances, other, one)
            if here is None or there is None or min(here.explained, there.explained) < 0.75:
                continue
            share = (here.share + there.share) / 2
            if share < 0.03 or abs(here.share - there.share) > 0.35 * share + 0.03:
                continue
            rows = circumstances.now.rows
            part = "every row" if share > 0.9 else f"about {percent(share)} of the rows"
            yield Diagnosis(
                cause=self.name,
                likely=f"{one} and {other} changed places in {part}",
                evidence=(
                    f"the usual values of {other} explain {percent(here.explained)} of how {one} changed",
                    f"the usual values of {one} explain {percent(there.explained)} of how {other} changed",
                ),
                next=f"check the order of columns in the step that writes {one} and {other}",
                confidence=0.55 + 0.43 * min(here.explained, there.explained),
                columns=(one, other),
                rows=round(share * rows),
            )


class RowsMixed(Cause):
    """A column has its usual values, and they no longer belong to the rows they stand in."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Ask which column the broken rules share, and whether its values are the usual ones."""
        broken = circumstances.of_family(*RULES)
        if not broken:
            return
        counts = _blamed(circumstances, broken)
        most = max(counts.values(), default=0.0)
        accused = [name for name in counts if name in circumstances.now and counts[name] >= 0.9 * most]
        lost = {gap.column for gap in gaps(circumstances)}
        if not accused or any(name in lost or not _unchanged(circumstances, name) for name in accused):
            return
        column = max(accused, key=lambda name: counts[name])
        mine = [verdict for verdict in broken if column in circumstances.named(verdict)]
        rows = [
            round((verdict.metric.value or 0) * verdict.metric.n)
            for verdict in mine
            if verdict.metric.scale == "share"
        ]
        yield Diagnosis(
            cause=self.name,
            likely=f"values of {column} stand in other rows than their own",
            evidence=(
                *(_said(verdict) for verdict in mine[:3]),
                "its values by themselves are the usual ones",
            ),
            next=f"check the join and the sorting in the step that writes {column}",
            confidence=0.8 if len(mine) > 1 else 0.7,
            columns=(column,),
            rows=max(rows, default=None),
        )


class UpstreamFrozen(Cause):
    """What was joined is that of the run before."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for the last run's values, one after the other, in this run."""
        repeated = [v for v in circumstances.of_family("triples") if v.metric.value and v.metric.column]
        columns = tuple(dict.fromkeys(name for v in repeated for name in circumstances.named(v)))
        evidence = [_said(verdict) for verdict in repeated[:3]]
        if not repeated:
            columns = _same_as_last(circumstances)
            evidence = ["their values are, in mean, spread and extremes, exactly those of the run before"]
        if not columns:
            return
        yield Diagnosis(
            cause=self.name,
            likely=f"{listed(columns, 3)} {'is' if len(columns) == 1 else 'are'} still that of the run before",
            evidence=tuple(evidence),
            next=f"check that what feeds {columns[0]} was refreshed before this run, then rerun",
            confidence=0.94,
            columns=columns,
        )


def _couples(circumstances: Circumstances) -> list[tuple[str, str]]:
    """Each of the foremost suspects with every other column, each couple once."""
    couples = {
        frozenset((one, other)): (one, other)
        for one in circumstances.suspects[:MOST]
        for other in circumstances.now.columns
        if one != other
    }
    return list(couples.values())


def _blamed(circumstances: Circumstances, broken: Sequence[Verdict]) -> dict[str, float]:
    """How much the broken rules speak against each of their columns, less for those that other rules acquit."""
    counts: dict[str, float] = {}
    for verdict in broken:
        for name in circumstances.named(verdict):
            counts[name] = counts.get(name, 0.0) + min(verdict.severity, 6.0) + 1
    for verdict in circumstances.verdicts:
        if (
            verdict.metric.family in RULES
            and not verdict.status.is_finding
            and verdict.metric.value is not None
        ):
            for name in counts.keys() & set(circumstances.named(verdict)):
                counts[name] -= ACQUITTED
    return counts


def _as(circumstances: Circumstances, column: str, other: str) -> Mixture | None:
    """Fit a column as a part of another's baseline."""
    new, old = circumstances.pair(column)
    _, changed = circumstances.pair(other)
    if isinstance(new, NumberColumn) and isinstance(old, NumberColumn) and isinstance(changed, NumberColumn):
        if (gone := _gone_over(new, old, changed)) > 0.5:
            return Mixture(gone, 1.0, gone)
        fit = mixture(new.sketch, old.sketch, changed.sketch)
        return (
            fit
            if fit.size > max(3 * noise(new.count, old.count), 1.5 * circumstances.usual_move(column))
            else None
        )
    if all(isinstance(side, CategoryColumn) for side in (new, old, changed)):
        shares = [_shares(side) for side in (new, old, changed)]
        names = sorted(set().union(*shares))
        now, usual, wanted = (np.array([side.get(name, 0.0) for name in names]) for side in shares)
        return fitted(now - usual, wanted - usual)
    return None


def _gone_over(new: NumberColumn, old: NumberColumn, other: NumberColumn) -> float:
    """The share of values that left a column's range, where all of them lie in another column's; else 0."""
    x, w = new.sketch.x, new.sketch.w
    out = (x < old.sketch.x[0]) | (x > old.sketch.x[-1])
    low, high = float(other.sketch.x[0]), float(other.sketch.x[-1])
    room = ROOM * (high - low)
    there = (x >= low - room) & (x <= high + room)
    left = float(w[out].sum())
    return (
        left / new.count if left >= 0.05 * new.count and float(w[out & there].sum()) >= INSIDE * left else 0.0
    )


def _shares(column: Column | None) -> Mapping[str, float]:
    assert isinstance(column, CategoryColumn)  # noqa: S101 - tested by the caller
    return {value: count / column.count for value, count in column.counts.items()}


def _unchanged(circumstances: Circumstances, name: str) -> bool:
    """Whether a column has its usual values: hardly anything but rules speaks of it."""
    about = [verdict for verdict in circumstances.findings if name in circumstances.named(verdict)]
    rules = [verdict.severity for verdict in about if verdict.metric.family in RULES]
    others = [verdict.severity for verdict in about if verdict.metric.family not in KEEPING]
    return max(others, default=0.0) < HARDLY * max(rules, default=0.0)


def _said(verdict: Verdict) -> str:
    first = verdict.why.partition("; ")[0]
    return first or f"{verdict.metric.name} of {verdict.metric.column} is {percent(verdict.metric.value)}"


def _same_as_last(circumstances: Circumstances) -> tuple[str, ...]:
    """Suspects that agree with the last run in mean, spread and extremes, to the last digit."""
    if circumstances.previous is None:
        return ()
    found = []
    for name, new, _ in circumstances.numbers():
        last = circumstances.previous.columns.get(name)
        if isinstance(last, NumberColumn) and len(new.sketch) > 5 and not new.is_time:
            marks = [(c.count, c.mean, c.m2, c.min, c.max) for c in (new, last)]
            if marks[0] == marks[1]:
                found.append(name)
    return tuple(found)
