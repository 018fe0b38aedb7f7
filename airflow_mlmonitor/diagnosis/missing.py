"""Causes that leave values missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.wording import listed
from airflow_mlmonitor.report.words import percent, plural

ALIKE = 0.02
"""Numbers of missing rows that differ by less than this part are called the same."""

WHOLE = 0.9
"""A part of the rows counts as without values from this share on."""


@dataclass(frozen=True)
class Gap:
    """A column with more values missing than usual: in how many rows, how many more, and its usual share."""

    column: str
    nulls: int
    extra: float
    usual: float


@dataclass(frozen=True)
class Part:
    """The rows of one value of another column, and how many of them are without values."""

    where: str
    nulls: int | None = None
    rows: int | None = None


def gaps(circumstances: Circumstances) -> list[Gap]:
    """The columns with more values missing than chance would have it, the largest gap first."""
    now, before = circumstances.now, circumstances.before
    found = []
    for name, new in now.columns.items():
        old = before.columns.get(name) if before else None
        if old is None or not old.rows or not new.rows:
            continue
        usual = old.nulls / old.rows
        extra = new.nulls - usual * new.rows
        if extra >= max(3.0, 5 * math.sqrt(new.rows * usual * (1 - usual))):
            found.append(Gap(name, new.nulls, extra, usual))
    return sorted(found, key=lambda gap: -gap.extra)


def gap_groups(found: Sequence[Gap]) -> list[list[Gap]]:
    """Gather gaps of one size: the same rows, most likely."""
    groups: list[list[Gap]] = [list(found[:1])] if found else []
    for last, gap in pairwise(found):
        alike = last.extra - gap.extra <= max(1.0, ALIKE * last.extra)
        if alike:
            groups[-1].append(gap)
        else:
            groups.append([gap])
    return groups


def part_of(circumstances: Circumstances, columns: Sequence[str]) -> Part | None:
    """The value of another column whose rows are without values, while those of the others are not."""
    return _slice_without(circumstances, columns[0]) or _segment_named(circumstances, columns)


def _slice_without(circumstances: Circumstances, column: str) -> Part | None:
    now, before = circumstances.now, circumstances.before
    bare, full = [], []
    for label, part in now.slices.items():
        new = part.columns.get(column)
        old = before.slices[label].columns.get(column) if before and label in before.slices else None
        if new is None or new.rows < 5:
            continue
        usual = old.null_share or 0.0 if old else 0.0
        lost = new.nulls / new.rows
        (bare if lost >= WHOLE > usual + 0.2 else full).append((label, new.nulls, new.rows))
    if len(bare) != 1:
        return None
    label, nulls, rows = bare[0]
    others = any(other.partition("=")[0] == label.partition("=")[0] for other, _, _ in full)
    return Part(circumstances.where(label), nulls, rows) if others else None


def _segment_named(circumstances: Circumstances, columns: Sequence[str]) -> Part | None:
    for verdict in circumstances.of_family("nulls_by_segment"):
        metric = verdict.metric
        if set(circumstances.named(verdict)) & set(columns) and metric.slice:
            return Part(circumstances.where(metric.slice))
    return None


class JoinFailed(Cause):
    """Several columns are missing in equally many rows, or everywhere for one key: what was joined found no partner."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Compare the numbers of missing rows, and where they are."""
        groups = gap_groups(gaps(circumstances))
        for group in groups:
            if {gap.column for gap in group} <= set(circumstances.labels):
                continue
            part = part_of(circumstances, [gap.column for gap in group])
            if len(group) > 1:
                yield _joined(circumstances, group, part)
            elif part:
                yield _one_source(circumstances, group[0], part)
        if not groups:
            yield from _unusual_in_a_part(circumstances)


class ValuesMissing(Cause):
    """One column alone is missing more often, and nothing else tells the rows apart."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for a gap that no other column shares."""
        for group in gap_groups(gaps(circumstances)):
            gap = group[0]
            if len(group) > 1 or gap.column in circumstances.labels:
                continue
            if part_of(circumstances, [gap.column]):
                continue
            rows = circumstances.now.rows
            yield Diagnosis(
                cause=self.name,
                likely=f"what fills {gap.column} failed for part of the rows",
                evidence=(
                    f"{gap.column} is missing in {gap.nulls:,} of {plural(rows, 'row')}, "
                    f"usually in {percent(gap.usual)}",
                    "no other column is missing in equally many rows",
                ),
                next=f"look for errors in the step that writes {gap.column}, then rerun it",
                confidence=0.7,
                columns=(gap.column,),
                rows=round(gap.extra),
            )


def _joined(circumstances: Circumstances, group: Sequence[Gap], part: Part | None) -> Diagnosis:
    columns = tuple(gap.column for gap in group)
    rows = circumstances.now.rows
    evidence = [f"{listed(columns)} are missing in the same number of rows, {group[0].nulls:,} of {rows:,}"]
    evidence += _whole(part)
    usual = max(gap.usual for gap in group)
    evidence.append(f"usually they are missing in {'at most ' if usual else ''}{percent(usual)}")
    key = f"for one key ({part.where})" if part else "for part of the rows"
    there = f"has rows for {part.where}" if part else "is complete"
    all_of_it = group[0].nulls >= WHOLE * rows
    return Diagnosis(
        cause="join_failed",
        likely=f"the join that brings {listed(columns, 3)} found no partner "
        + ("for any row" if all_of_it else key),
        evidence=tuple(evidence),
        next=f"check that the table {columns[0]} comes from {there} in this window, then rerun the join",
        confidence=0.97 if part else 0.9,
        columns=columns,
        slice=part.where if part and not all_of_it else "",
        rows=round(group[0].extra),
    )


def _one_source(circumstances: Circumstances, gap: Gap, part: Part) -> Diagnosis:
    return Diagnosis(
        cause="join_failed",
        likely=f"the source of {gap.column} has nothing for one key ({part.where})",
        evidence=(
            f"{gap.column} is missing in {gap.nulls:,} of {plural(circumstances.now.rows, 'row')}, "
            f"usually in {percent(gap.usual)}",
            *_whole(part),
        ),
        next=f"check that the source of {gap.column} has {part.where} in this window, then rerun it",
        confidence=0.9,
        columns=(gap.column,),
        slice=part.where,
        rows=round(gap.extra),
    )


def _unusual_in_a_part(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """The columns go missing now and then, yet never all of them for one key, or never together."""
    verdicts = circumstances.of_family("nulls_by_segment", "null_pattern")
    if not verdicts:
        return
    lead = verdicts[0].metric
    named = dict.fromkeys(name for verdict in verdicts for name in circumstances.named(verdict))
    columns = tuple(name for name in named if circumstances.now[name].nulls)
    if not columns:
        return
    where = circumstances.where(lead.slice) if lead.slice else ""
    yield Diagnosis(
        cause="join_failed",
        likely=f"the join that brings {listed(columns, 3)} failed "
        + (f"for one key ({where})" if where else "for part of the rows"),
        evidence=(
            f"as many rows without {columns[0]} are not unusual in all, but "
            + (f"with {where} they are" if where else "never before were these columns missing together"),
        ),
        next=f"check that the table {columns[0]} comes from is complete in this window, then rerun the join",
        confidence=0.75,
        columns=columns,
        slice=where,
        rows=circumstances.now[columns[0]].nulls,
    )


def _whole(part: Part | None) -> list[str]:
    if part is None or part.rows is None:
        return [f"they are the rows with {part.where}"] if part else []
    return [
        f"{part.nulls:,} of the {plural(part.rows, 'row')} with {part.where}, and no unusual part elsewhere"
    ]
