"""A column that follows from others of the same row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.clock import is_clock, minutes_of_day, off_the_clock, split_clock
from airflow_mlmonitor.data.rules.linear import EXACT, Floats, Relation, Search
from airflow_mlmonitor.data.rules.rule import Rule
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.rules.violations import Violations

ROWS = 6_000
"""Rows of the sample that are looked at."""

LEAST = 200
"""Rows with all values that are wanted; columns that are mostly missing are left out until there are as many."""

VALUES, COMMONEST = 8, 0.8
"""A column that follows must have more values than this, and none on more than this share of the rows."""

MOST = 20
"""Identities that are kept, the shortest first."""

_LARGEST = 1e15


@dataclass(frozen=True, kw_only=True)
class Identity(Rule):
    """A column that follows from others of the same row.

    Parameters
    ----------
    target
        The column that follows.
    sources
        The columns that it follows from.
    part
        ``hours`` or ``minutes`` of the one source, which is a time of day such as 517 for 5:17; or empty for a sum.
    weights, constant
        What each source is multiplied by, and what is added.
    clocks
        Columns that are times of day and are counted in minutes; then the day is left open.
    tolerance
        How far off a row may be.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.record_batch({"total": [12.0, 9.5], "fare": [10.0, 9.0], "tip": [2.0, 0.25]})
    >>> identity = Identity(target="total", sources=("fare", "tip"), weights=(1.0, 1.0))
    >>> identity.words(), identity.tally(BatchView(rows)).violated
    ('total = fare + tip', 1)
    """

    kind = "identity"

    target: str
    sources: tuple[str, ...]
    part: str = ""
    weights: tuple[float, ...] = ()
    constant: float = 0.0
    clocks: tuple[str, ...] = ()
    tolerance: float = 1e-6

    @property
    def columns(self) -> tuple[str, ...]:
        """The one that follows, and those that it follows from."""
        return self.target, *self.sources

    def words(self) -> str:
        """Such as ``hour = floor(sched_dep_time / 100)``."""
        if self.part:
            (source,) = self.sources
            return f"{self.target} = " + (
                f"floor({source} / 100)" if self.part == "hours" else f"{source} mod 100"
            )
        terms = [_term(*pair) for pair in zip(self.weights, self.sources, strict=True)]
        if self.constant:
            terms.append(_term(self.constant, ""))
        said = f"{self.target} = {' '.join(terms).removeprefix('+ ')}"
        return f"{said}, in minutes of the day" if self.clocks else said

    def tally(self, view: BatchView) -> Violations:
        """Count the rows that have all values, and those where they do not agree."""
        with np.errstate(over="ignore", invalid="ignore"):
            off = self._off(view)
        checked = np.isfinite(off)
        return Violations(
            self, int(np.count_nonzero(checked)), int(np.count_nonzero(off[checked] > self.tolerance))
        )

    def _off(self, view: BatchView) -> Floats:
        if self.part:
            hours, minutes = split_clock(view.numbers(self.sources[0]))
            return np.abs(view.numbers(self.target) - (hours if self.part == "hours" else minutes))
        off = self._counted(view, self.target) - self.constant
        for weight, source in zip(self.weights, self.sources, strict=True):
            off = off - weight * self._counted(view, source)
        return off_the_clock(off) if self.clocks else np.abs(off)

    def _counted(self, view: BatchView, column: str) -> Floats:
        numbers = view.numbers(column)
        return minutes_of_day(numbers) if column in self.clocks else numbers

    def document(self) -> dict[str, Any]:
        """Write everything."""
        return {
            "target": self.target,
            "sources": list(self.sources),
            "part": self.part,
            "weights": list(self.weights),
            "constant": self.constant,
            "clocks": list(self.clocks),
            "tolerance": self.tolerance,
        }


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Find parts of times of day, and sums, that are right on nearly all rows."""
    rows = np.linspace(0, view.rows - 1, min(view.rows, ROWS)).astype(np.int64)
    numbers = _complete({name: view.numbers(name)[rows] for name in view.columns if view.is_number(name)})
    if not numbers:
        return []
    varied = {name for name, values in numbers.items() if _varies(values)}
    clocks = [name for name, values in numbers.items() if view.kind(name) == "number" and is_clock(values)]
    parts: list[Rule] = [*_parts(numbers, clocks, varied)]
    taken = [frozenset(part.columns) for part in parts]
    sums = [
        identity for identity in _sums(view, numbers, clocks, varied)
        if not any(part <= frozenset(identity.columns) for part in taken)
    ]  # fmt: skip
    return [*parts, *sums][:MOST]


def _complete(numbers: dict[str, Floats]) -> dict[str, Floats]:
    """The rows where no column is missing, without the columns that leave too few, and those of one value."""
    kept = {name: values for name, values in numbers.items() if np.isfinite(values).any()}
    while kept:
        whole = np.logical_and.reduce([np.abs(values) < _LARGEST for values in kept.values()])
        if np.count_nonzero(whole) >= LEAST:
            return {name: values[whole] for name, values in kept.items() if np.ptp(values[whole])}
        emptiest = min(kept, key=lambda name: np.count_nonzero(np.abs(kept[name]) < _LARGEST))
        if np.count_nonzero(np.abs(kept[emptiest]) < _LARGEST) == len(kept[emptiest]):
            break
        del kept[emptiest]
    return {}


def _varies(values: Floats) -> bool:
    counts = np.unique(values, return_counts=True)[1]
    return counts.size > VALUES and counts.max() <= COMMONEST * values.size


def _parts(numbers: dict[str, Floats], clocks: Sequence[str], varied: set[str]) -> Iterator[Identity]:
    for source, target in permutations(numbers, 2):
        if source not in clocks or target not in varied:
            continue
        for part, right in zip(("hours", "minutes"), split_clock(numbers[source]), strict=True):
            if np.mean(numbers[target] == right) > EXACT:
                yield Identity(target=target, sources=(source,), part=part)


def _sums(
    view: BatchView, numbers: dict[str, Floats], clocks: Sequence[str], varied: set[str]
) -> Iterator[Identity]:
    names = [*numbers, *clocks]
    values = np.column_stack([*numbers.values(), *(minutes_of_day(numbers[name]) for name in clocks)])
    circular = np.arange(len(names)) >= len(numbers)
    grains = np.array([_grain(view, name, numbers[name]) for name in names])
    search = Search(values, names, circular, grains)
    for relation in search.relations():
        identity = _solved(relation, names, circular, varied)
        if identity:
            yield replace(identity, tolerance=identity.tolerance * search.tolerance(relation))


def _solved(
    relation: Relation, names: Sequence[str], circular: NDArray[np.bool_], varied: set[str]
) -> Identity | None:
    """The relation solved for the column that reads best, if one of its columns may follow at all."""
    terms = [
        (bool(circular[place]), names[place], weight)
        for place, weight in zip(relation.places, relation.weights, strict=True)
    ]
    terms.sort(key=lambda term: not term[0])  # a time of day stands before what is added to it
    found: list[Identity] = []
    for term in terms:
        _, target, own = term
        if target not in varied or (relation.circular and abs(own) != 1):
            continue
        others = [other for other in terms if other is not term]
        found.append(
            Identity(
                target=target,
                sources=tuple(name for _, name, _ in others),
                weights=tuple(-weight / own for _, _, weight in others),
                constant=relation.constant / own,
                clocks=tuple(name for clock, name, _ in terms if clock),
                tolerance=1 / abs(own),
            )
        )
    # A plain sum reads best; else, what is computed usually stands behind what it is computed from.
    return max(found, key=lambda one: (set(one.weights) == {1.0}, names.index(one.target)), default=None)


def _grain(view: BatchView, column: str, values: Floats) -> float:
    """How exact a column's largest numbers are."""
    narrow = kinds.is_float32(view.batch.schema.field(column).type)
    return float(np.abs(values).max()) * (2e-7 if narrow else 1e-12)


def _term(weight: float, name: str) -> str:
    sign, size = "-" if weight < 0 else "+", abs(weight)
    if not name:
        return f"{sign} {size:g}"
    if size == 1:
        return f"{sign} {name}"
    small = size < 1 and (1 / size).is_integer()
    return f"{sign} {name} / {1 / size:g}" if small else f"{sign} {size:g} {name}"
