"""Which columns lack a value together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes, hash_strings, mix
from airflow_mlmonitor.data.rules.fresh import UNKNOWN, bounded, first_rows, summed
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.unfolding import Numbers, Unfolding
from airflow_mlmonitor.data.rules.view import BatchView

NATURAL = 0.03
"""Share of rows with a null mask never seen that a table may have by nature."""

NAMED = 6
"""Columns of a new null mask that are named; more are counted."""


@dataclass(frozen=True, kw_only=True)
class NullMask(Rule):
    """The columns that lack a value in a row lacked it together before: a failed join leaves holes of a new shape.

    NaN counts as no value.

    Parameters
    ----------
    table
        All the columns.
    """

    kind: ClassVar[str] = "mask"

    table: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All the columns."""
        return self.table

    @property
    def key(self) -> str:
        """There is one such rule for a table."""
        return self.kind

    def words(self) -> str:
        """Say it as a sentence."""
        return f"which of the {len(self.table)} columns lack a value together was seen before"

    def tally(self, view: BatchView) -> MaskTally:
        """Count the null masks of a batch."""
        masks, holes = _masks(view, self.table)
        rows, counts = first_rows(masks)
        missing = np.zeros((rows.size, len(self.table)), dtype=np.bool_)
        for place, missing_rows in holes.items():
            missing[:, place] = missing_rows[rows]
        return MaskTally(self, 0, masks[rows], missing, counts)._bounded()

    def document(self) -> dict[str, Any]:
        """The rule as plain JSON."""
        return {"table": list(self.table)}


@dataclass(frozen=True, eq=False)
class MaskTally(Tally):
    """The null masks of some rows, ascending by hash, each with its columns and the number of its rows."""

    rule: NullMask
    level: int
    masks: Hashes
    missing: NDArray[np.bool_]
    counts: Numbers

    def __add__(self, other: Self) -> MaskTally:
        counts = np.concatenate((self.counts, other.counts))
        masks, rows, counts = summed(np.concatenate((self.masks, other.masks)), counts)
        missing = np.concatenate((self.missing, other.missing))[rows]
        return MaskTally(self.rule, max(self.level, other.level), masks, missing, counts)._bounded()

    def _bounded(self) -> MaskTally:
        level, kept = bounded(self.masks, self.level)
        return MaskTally(self.rule, level, self.masks[kept], self.missing[kept], self.counts[kept])

    def measures(self, memory: Memory) -> Iterator[Measure]:
        """Say how many rows lack values in columns that never lacked them together."""
        measure = Measure("new_null_pattern_share", None, family="null_pattern", worse="up", why=UNKNOWN)
        if self.rule.key not in memory:
            yield measure
            return
        sampled = memory.samples(self.rule.key, self.masks)
        new = sampled & ~memory.knows(self.rule.key, self.masks)
        rows = int(self.counts[sampled].sum())
        share = float(self.counts[new].sum() / rows) if rows else None
        yield measure._replace(value=share, n=rows, why=self._why(new) if new.any() else None)

    def _why(self, new: NDArray[np.bool_]) -> str:
        """Name the columns of the most frequent of the new masks."""
        most = int(np.argmax(np.where(new, self.counts, 0)))
        names = [name for name, gone in zip(self.rule.table, self.missing[most], strict=True) if gone]
        rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        lack = f"{', '.join(names[:NAMED])}{rest}, and no others," if names else "nothing"
        return f"{lack} in {self.counts[most]:,} of them"

    def novelty(self, memory: Memory) -> Novelty:
        """Return the null masks that are new."""
        return memory.novelty_of({self.rule.key: self.masks})


def learn(view: BatchView, days: Numbers) -> list[NullMask]:
    """Find out whether the table's null masks repeat: less than 3 % of the rows of a later day showed a new one."""
    rule = NullMask(table=view.columns)
    if not view.rows:
        return [rule] if view.columns else []
    share = Unfolding(days).share_of_new(_masks(view, view.columns)[0])
    return [rule] if share is not None and share < NATURAL else []


def _masks(view: BatchView, columns: tuple[str, ...]) -> tuple[Hashes, dict[int, NDArray[np.bool_]]]:
    """A hash of each row's null mask; and the columns that have nulls at all, by place."""
    sums = np.zeros(view.rows, dtype=np.uint64)
    holes = {}
    for place, (name, weight) in enumerate(zip(columns, _weights(columns), strict=True)):
        missing = _missing(view, name)
        if missing is not None:
            holes[place] = missing
            sums[missing] += weight
    return mix(sums), holes


@cache
def _weights(columns: tuple[str, ...]) -> Hashes:
    return hash_strings(columns)


def _missing(view: BatchView, name: str) -> NDArray[np.bool_] | None:
    """Where a column has no value; None where it has one in every row."""
    array = view.batch.column(name)
    if kinds.is_floating(array.type):
        missing = np.isnan(view.numbers(name))
        return missing if missing.any() else None
    return view.missing(name) if array.null_count else None
