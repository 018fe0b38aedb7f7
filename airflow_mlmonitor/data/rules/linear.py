"""Looks for sums of columns that are the same in nearly every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.clock import off_the_clock

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EXACT = 0.95
"""Share of rows on which a relation must be exact."""

LARGEST = 4
"""Columns of a relation."""

ROOM = {2: 300, 3: 60, 4: 24}
"""Size of a relation to the columns among which it is looked for: the number of sets grows with that power."""

TRIES = 8
"""Draws of rows for each set: with 5 % of the rows violating, one in ten thousand relations of four goes unseen."""

PROBES = 24
"""Rows on which a relation is tried first; three in four must agree for it to be tried on all."""

_CHUNK = 4_096
_FLAT = 1e-8


@dataclass(frozen=True)
class Relation:
    """``weights @ columns == constant`` on nearly every row, modulo a day where ``circular``.

    Parameters
    ----------
    places
        Which of the variables stand in it, ascending.
    weights
        None of them 0.
    constant
        What the sum comes to.
    circular
        Whether a whole number of days may be added.
    """

    places: tuple[int, ...]
    weights: tuple[float, ...]
    constant: float
    circular: bool


@dataclass(frozen=True, eq=False)
class Search:
    """Looks for sums of columns that are the same in nearly every row.

    Every set of up to four variables is tried in two ways: with weights of 1 and -1, which finds totals, differences
    and times of day; and with the weights that a few drawn rows have in common, which finds conversions.

    Parameters
    ----------
    values
        One column a variable, one row a row, without NaN.
    columns
        Of which column each variable is: a relation takes a column once.
    circular
        Which variables are minutes of a day.
    grains
        How exact each variable is.
    """

    values: Floats
    columns: Sequence[str]
    circular: Flags
    grains: Floats

    def relations(self) -> Iterator[Relation]:
        """Yield what is found, the shortest first; none that says more than is needed of the same columns."""
        known: list[frozenset[str]] = []
        for size in range(2, LARGEST + 1):
            sets = self._sets(size, known)
            for relation in (*self._signed(sets), *self._drawn(sets)):
                names = frozenset(self.columns[place] for place in relation.places)
                if not any(smaller <= names for smaller in known):
                    known.append(names)
                    yield relation

    def off(self, relation: Relation) -> Floats:
        """How far each row is from keeping a relation."""
        sums = self.values[:, list(relation.places)] @ np.array(relation.weights) - relation.constant
        return off_the_clock(sums) if relation.circular else np.abs(sums)

    def tolerance(self, relation: Relation) -> float:
        """How far off a row may be."""
        places = list(relation.places)
        weights = np.abs(np.array(relation.weights))
        return float(weights @ self.grains[places] + 1e-6 * np.min(weights * self._spreads[places]))

    @cached_property
    def _spreads(self) -> Floats:
        spreads: Floats = np.std(self.values, axis=0)
        return spreads

    @cached_property
    def _probes(self) -> Floats:
        rows = np.linspace(0, len(self.values) - 1, PROBES).astype(np.int64)
        return self.values[rows]

    def _sets(self, size: int, known: Sequence[frozenset[str]]) -> NDArray[np.int64]:
        room = list(dict.fromkeys(self.columns))[: ROOM[size]]
        places = [place for place, name in enumerate(self.columns) if name in room]
        found = []
        for chosen in combinations(places, size):
            names = {self.columns[place] for place in chosen}
            if len(names) == size and not any(smaller <= names for smaller in known):
                found.append(chosen)
        return np.array(found, dtype=np.int64).reshape(-1, size)

    def _signed(self, sets: NDArray[np.int64]) -> Iterator[Relation]:
        """Try weights of 1 and -1, the last being 1."""
        size = sets.shape[1]
        for begin in range(0, len(sets), _CHUNK):
            chunk = sets[begin : begin + _CHUNK]
            circular = np.asarray(self.circular[chunk].any(axis=1))
            probes = self._probes[:, chunk]
            slack = self.grains[chunk].sum(axis=1) + 1e-6 * self._spreads[chunk].min(axis=1)
            for signs in product((1.0, -1.0), repeat=size - 1):
                weights = (*signs, 1.0)
                sums = probes @ np.array(weights)
                for place in np.flatnonzero(_settles(sums, circular, slack)):
                    relation = self._confirmed(chunk[place], weights, bool(circular[place]))
                    if relation:
                        yield relation

    def _drawn(self, sets: NDArray[np.int64]) -> Iterator[Relation]:
        """Try the weights that a few drawn rows have in common."""
        size = sets.shape[1]
        sets = sets[~self.circular[sets].any(axis=1)] if len(sets) else sets
        random = np.random.default_rng(size)
        centres = np.median(self.values, axis=0)
        scaled, probes = (self.values - centres) / self._spreads, (self._probes - centres) / self._spreads
        for begin in range(0, len(sets), _CHUNK):
            chunk = sets[begin : begin + _CHUNK]
            for _ in range(TRIES):
                rows = random.choice(len(scaled), size, replace=False)
                sample = scaled[rows][:, chunk].transpose(1, 0, 2)
                places, weights = _solved(sample)
                sums = np.einsum("rpk,pk->rp", probes[:, chunk[places]], weights)
                plain, slack = np.zeros(places.size, dtype=np.bool_), np.full(places.size, 1e-6)
                for place in np.flatnonzero(_settles(sums, plain, slack)):
                    relation = self._fitted(chunk[places[place]], weights[place])
                    if relation:
                        yield relation

    def _fitted(self, places: NDArray[np.int64], scaled: Floats) -> Relation | None:
        """The relation with weights of the variables' own units, made neat where they nearly are."""
        weights = scaled / self._spreads[places]
        if np.abs(scaled).min() < 1e-5 * np.abs(scaled).max():
            return None  # one of them plays no part
        return self._confirmed(places, _neat(weights / weights[-1]), circular=False)

    def _confirmed(
        self, places: NDArray[np.int64], weights: Sequence[float], circular: bool
    ) -> Relation | None:
        """Try it on all rows."""
        sums = self.values[:, places] @ np.array(weights)
        constant = _mode(sums)
        relation = Relation(tuple(places.tolist()), tuple(map(float, weights)), constant, circular)
        return relation if np.mean(self.off(relation) <= self.tolerance(relation)) > EXACT else None


def _settles(sums: Floats, circular: Flags, slack: Floats) -> Flags:
    """Which sums (one column each) are the same on three of four rows; one of the first three rows must be right."""
    best = np.zeros(sums.shape[1], dtype=np.int64)
    for row in range(3):
        off = np.abs(sums - sums[row])
        off = np.where(circular, off_the_clock(off), off)
        best = np.maximum(best, np.count_nonzero(off <= slack, axis=0))
    return best >= 0.75 * len(sums)


def _solved(sample: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Of sets of k rows by k variables: which can be solved, and weights that make the same sum of every row.

    The weight of the last variable is -1; the sum itself is the k-th unknown.
    """
    system = sample.copy()
    system[:, :, -1] = 1.0
    places = np.flatnonzero(np.abs(np.linalg.det(system)) > _FLAT)
    weights = np.asarray(
        np.linalg.solve(system[places], sample[places][:, :, -1:])[:, :, 0], dtype=np.float64
    )
    weights[:, -1] = -1.0
    return places, weights


def _mode(values: Floats) -> float:
    """The most frequent value, up to a millionth of their magnitude."""
    largest = float(np.abs(values).max(initial=0.0)) or 1.0
    steps = 10.0 ** (6 - np.ceil(np.log10(largest)))
    known, counts = np.unique(np.rint(values * steps), return_counts=True)
    near = np.abs(values * steps - known[counts.argmax()]) <= 1
    middle = float(np.median(values[near]))
    return float(round(middle)) if abs(middle - round(middle)) < 1e-6 * max(1.0, abs(middle)) else middle


def _neat(weights: Floats) -> tuple[float, ...]:
    """Whole numbers, or one over a whole number, where the weights are nearly that."""
    return tuple(_rounded(float(weight)) for weight in weights)


def _rounded(weight: float) -> float:
    for near in (round(weight), 1 / (round(1 / weight) or 1)):
        if near and abs(weight - near) < 1e-6 * abs(weight):
            return float(near)
    return weight
