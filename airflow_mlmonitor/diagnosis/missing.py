"""Causes that leave values missing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.wording import listed
from airflow_mlmonitor.report.words import percent, plural

ALIKE = 0.02
"""Numbers of missing rows that differ by less than this part are called the same."""

SEGMENT = re.compile(r"(?P<nulls>[\d,]+) of (?P<rows>[\d,]+) rows with (?P<name>.+?) = (?P<value>.*)")
"""How a metric says in which segment most is missing."""

PART = 0.6
"""A segment is named where so much of it is missing, and so much of what is missing lies in it."""

WHOLE = 0.9
"""A part of the rows counts as without values from this share on."""


@dataclass(frozen=True)
class Gap:
    """A column with more values missing than usual.

    Parameters
    ----------
    column
        Its name.
    nulls
        Rows without a value.
    lost
        About how many of them would have had one: some would be missing anyway.
    room
        By how much that may be wrong.
    usual
        The share that is usually missing.
    """

    column: str
    nulls: int
    lost: float
    room: float
    usual: float


@dataclass(frozen=True)
class Part:
    """The rows of one value of another column, and how many of them are without values."""

    where: str
    nulls: int
    rows: int


def gaps(circumstances: Circumstances) -> list[Gap]:
    """The columns with more values missing than chance would have it, the largest gap first."""
    now, before = circumstances.now, circumstances.before
    found = []
    for name, new in now.columns.items():
        old = before.columns.get(name) if before else None
        if old is None or not old.rows or not new.rows:
            continue
        usual = old.nulls / old.rows
        spread = math.sqrt(new.rows * usual * (1 - usual))
        lost = (new.nulls - usual * new.rows) / (1 - usual) if usual < 1 else 0.0
        if lost >= max(3.0, 5 * spread):
            room = max(1.0, ALIKE * lost, 4 * spread / (1 - usual))
            found.append(Gap(name, new.nulls, lost, room, usual))
    return sorted(found, key=lambda gap: (gap.usual, -gap.lost))


def gap_groups(found: Sequence[Gap]) -> list[list[Gap]]:
    """Gather gaps of one size: the same rows, most likely. The largest group comes first."""
    groups: list[list[Gap]] = []
    for gap in found:
        home = next((one for one in groups if abs(one[0].lost - gap.lost) <= one[0].room + gap.room), None)
        if home is None:
            groups.append([gap])
        else:
            home.append(gap)
    return sorted(groups, key=lambda group: -len(group))


def is_unusual(circumstances: Circumstances, group: Sequence[Gap]) -> bool:
    """Whether a finding speaks of one of the columns, or of what is missing together."""
    tables = any(verdict.metric.column is None for verdict in circumstances.of_family("null_pattern"))
    return tables or any(gap.column in circumstances.suspects for gap in group)


def part_of(circumstances: Circumstances, columns: Sequence[str]) -> Part | None:
    """The value of another column whose rows are without values, while those of the others are not."""
    found = _slice_without(circumstances, columns[0])
    return found or _segment_named(circumstances, columns, circumstances.now[columns[0]].nulls)


def _slice_without(circumstances: Circumstances, column: str) -> Part | None:
    now, before = circumstances.now, circumstances.before
    bare: list[tuple[str, int, int]] = []
    full: list[tuple[str, int, int]] = []
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


def _segment_named(circumstances: Circumstances, columns: Sequence[str], all_of: int = 0) -> Part | None:
    """The segment that lacks most, as a metric names it: in its reason, for the series is one of all segments."""
    for verdict in circumstances.verdicts:
        if verdict.metric.family != "nulls_by_segment":
            continue
        said = SEGMENT.search(verdict.metric.why or "")
        if said and set(circumstances.named(verdict)) & set(columns):
            nulls, rows = (int(said[name].replace(",", "")) for name in ("nulls", "rows"))
            if nulls >= PART * max(rows, all_of):
                return Part(circumstances.where(f"{said['name']}={said['value']}"), nulls, rows)
    return None


class JoinFailed(Cause):
    """Several columns are missing in equally many rows, or everywhere for one key: what was joined found no partner."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Compare the numbers of missing rows, and where they are."""
        groups = gap_groups(gaps(circumstances))
        for group in groups:
            if {gap.column for gap in group} <= set(circumstances.labels) or not is_unusual(
                circumstances, group
            ):
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
            if len(group) > 1 or gap.column in circumstances.labels or not is_unusual(circumstances, group):
                continue
            if part_of(circumstances, [gap.column]):
                continue
            rows = circumstances.now.rows
            yield Diagnosis(
                cause=self.name,
                likely=f"what fills {gap.column} failed for part of the rows",
                evidence=(
                    (
                        f"{gap.column} is missing in {gap.nulls:,} of {plural(rows, 'row')}, "
                        f"usually in {percent(gap.usual)}"
                    ),
                    "no other column is missing in equally many rows",
                ),
                next=f"look for errors in the step that writes {gap.column}, then rerun it",
                confidence=0.7,
                columns=(gap.column,),
                rows=round(gap.lost),
                families=("null_pattern",),
            )


def _joined(circumstances: Circumstances, group: Sequence[Gap], part: Part | None) -> Diagnosis:
    columns = tuple(gap.column for gap in group)
    rows, lead = circumstances.now.rows, group[0]
    same = [gap.column for gap in group if gap.nulls == lead.nulls]
    others = [gap for gap in group if gap.nulls != lead.nulls]
    evidence = [f"{listed(same)} {_are(same)} missing in {lead.nulls:,} of {plural(rows, 'row')}"]
    evidence += [f"{gap.column} in {gap.nulls:,}, of which some are always missing" for gap in others[:2]]
    evidence += _whole(part)
    evidence.append(
        f"usually {percent(lead.usual)} of the rows lack them" if lead.usual else "no earlier run lacks any"
    )
    everywhere = lead.nulls >= WHOLE * rows
    which = "for any row" if everywhere else f"for one key ({part.where})" if part else "for part of the rows"
    there = f"has rows for {part.where}" if part and not everywhere else "is complete"
    return Diagnosis(
        cause="join_failed",
        likely=f"the join that brings {listed(columns, 3)} found no partner {which}",
        evidence=tuple(evidence),
        next=f"check that what is joined for {columns[0]} {there} in this window, then rerun",
        confidence=0.98 if part else 0.95,
        columns=columns,
        slice=part.where if part and not everywhere else "",
        rows=part.nulls if part and not everywhere else round(lead.lost),
        families=("null_pattern",),
    )


def _one_source(circumstances: Circumstances, gap: Gap, part: Part) -> Diagnosis:
    return Diagnosis(
        cause="join_failed",
        likely=f"the source of {gap.column} has nothing for one key ({part.where})",
        evidence=(
            (
                f"{gap.column} is missing in {gap.nulls:,} of {plural(circumstances.now.rows, 'row')}, "
                f"usually in {percent(gap.usual)}"
            ),
            *_whole(part),
        ),
        next=f"check that the source of {gap.column} has {part.where} in this window, then rerun it",
        confidence=0.9,
        columns=(gap.column,),
        slice=part.where,
        rows=round(gap.lost),
        families=("null_pattern",),
    )


def _unusual_in_a_part(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """The columns go missing now and then, yet never all of them for one key, or never together."""
    segments = circumstances.of_family("nulls_by_segment")
    patterns = circumstances.of_family("null_pattern")
    if segments:
        columns = tuple(dict.fromkeys(name for verdict in segments for name in circumstances.named(verdict)))
        part = _segment_named(circumstances, columns)
        if part:
            yield _hidden(
                circumstances, columns, part, f"no part of the rows ever lacked {columns[0]} like this"
            )
    elif patterns and patterns[0].metric.why:
        said = patterns[0].metric.why
        columns = tuple(
            name for name in circumstances.now.columns if re.search(rf"\b{re.escape(name)}\b", said)
        )
        if columns:
            yield _hidden(circumstances, columns, None, said)


def _hidden(
    circumstances: Circumstances, columns: tuple[str, ...], part: Part | None, said: str
) -> Diagnosis:
    which = f"for one key ({part.where})" if part else "for part of the rows"
    there = f"has rows for {part.where}" if part else "is complete"
    return Diagnosis(
        cause="join_failed",
        likely=f"the join that brings {listed(columns, 3)} found no partner {which}",
        evidence=(*_whole(part), said, "in all rows together, that many are missing now and then"),
        next=f"check that what is joined for {columns[0]} {there} in this window, then rerun",
        confidence=0.8,
        columns=columns,
        slice=part.where if part else "",
        rows=part.nulls if part else None,
        families=("null_pattern",),
    )


def _whole(part: Part | None) -> list[str]:
    if part is None:
        return []
    return [f"they are missing in {part.nulls:,} of the {plural(part.rows, 'row')} with {part.where}"]


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
