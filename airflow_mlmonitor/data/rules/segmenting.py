"""Which columns part the rows into segments that differ most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.parting import parted
from airflow_mlmonitor.data.rules.view import BatchView

VALUES = 8
"""Values of a segment column that are followed, the commonest ones."""

FEWEST, MOST = 2, 40
"""Values of a column that can be one."""

WORTH = 0.001
"""Share of what the columns before leave unexplained that a further one must explain."""

UNSTEADY = 0.05
"""Share of the variance of a value's presence that may be between days: the weather parts days, not rows."""

Whole = NDArray[np.int64]
Matrix = NDArray[np.float64]


def segmenting(view: BatchView, days: Whole, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Choose columns whose values part the rows into segments that differ most, and their commonest values.

    They differ in the ranks of numbers, in names and in what is missing, as compared with the rest of the day. What a
    column explains counts for each segment it makes, and beyond what the columns before it explain: of an airport and
    its code one is chosen.
    """
    candidates = dict(_candidates(view, days))
    left = _standardised(view, candidates, days)
    for place in range(min(most, len(candidates))):
        explained = {name: _explained(segments, left, name) for name, segments in candidates.items()}
        best = max(explained, key=lambda name: explained[name] / np.ptp(candidates[name]))
        if place and explained[best] < WORTH:
            return
        yield best, _values(view, best)
        segments = candidates.pop(best)
        left = {name: traits - _fitted(segments, traits) for name, traits in left.items()}


def _candidates(view: BatchView, days: Whole) -> Iterator[tuple[str, Whole]]:
    """Columns of few values, each about as common on one day as on another; and each row's value, by commonness."""
    for name in view.columns:
        if view.kind(name) not in ("number", "name"):
            continue
        positions, values = parted(view, name)
        if FEWEST <= len(values) <= MOST:
            segments = _commonest(positions)
            if _by_day(segments, days) < UNSTEADY:
                yield name, segments


def _by_day(segments: Whole, days: Whole) -> float:
    """The share of the variance of what value a row has that is between days."""
    known = (days >= 0) & (segments >= 0)
    numbers = np.unique(days[known], return_inverse=True)[1]
    indicators = [_scaled(segments[known] == place) for place in range(VALUES)]
    return max(_gain(numbers, trait[:, None]) for trait in indicators)


def _values(view: BatchView, column: str) -> tuple[str, ...]:
    positions, values = parted(view, column)
    return tuple(values[place] for place in _ranked(positions)[:VALUES])


def _commonest(positions: Whole) -> Whole:
    """Each row's value as its place by commonness; -1 where there is none, and all others in one place after these."""
    places = np.full(positions.max(initial=-1) + 2, VALUES)
    places[_ranked(positions)] = np.minimum(np.arange(places.size - 1), VALUES)
    places[-1] = -1
    return places[positions]


def _ranked(positions: Whole) -> Whole:
    return np.argsort(-np.bincount(positions[positions >= 0]), kind="stable")


def _standardised(view: BatchView, candidates: Mapping[str, Whole], days: Whole) -> dict[str, Matrix]:
    """By column: the ranks of its numbers, which value it has and whether it is missing, less the mean of the day."""
    found, numbers = {}, np.unique(days, return_inverse=True)[1]
    for name in view.columns:
        traits: list[Matrix] = [view.missing(name).astype(np.float64)]
        if view.kind(name) == "number":
            traits.append(_ranks(view.numbers(name)))
        elif name in candidates:
            traits += [(candidates[name] == place).astype(np.float64) for place in range(VALUES)]
        varying = [_scaled(trait) for trait in traits if trait.size and trait.std() > 0]
        if varying:
            stacked = np.stack(varying, axis=1)
            found[name] = stacked - _fitted(numbers, stacked)
    return found


def _scaled(trait: NDArray[Any]) -> Matrix:
    spread = float(trait.std()) if trait.size else 0.0
    return np.asarray(trait - trait.mean()) / spread if spread > 0 else np.zeros(trait.size)


def _ranks(numbers: Matrix) -> Matrix:
    """Ranks of numbers, ties alike; what is missing stands in the middle."""
    known = ~np.isnan(numbers)
    _, places, counts = np.unique(numbers[known], return_inverse=True, return_counts=True)
    ranks = np.full(numbers.size, known.sum() / 2)
    ranks[known] = (np.cumsum(counts) - counts / 2)[places]
    return ranks


def _fitted(positions: Whole, traits: Matrix) -> Matrix:
    """The mean of each row's segment."""
    groups = positions + 1
    counts = np.bincount(groups)
    sums = np.stack([np.bincount(groups, weights=trait) for trait in traits.T], axis=1)
    means: Matrix = sums / np.maximum(counts, 1)[:, None]
    return means[groups]


def _explained(segments: Whole, left: Mapping[str, Matrix], name: str) -> float:
    """The share of the other columns' variance that is between the segments, on average over columns."""
    gains = [_gain(segments, traits) for other, traits in left.items() if other != name]
    return float(np.mean(gains)) if gains else 0.0


def _gain(positions: Whole, traits: Matrix) -> float:
    """The share of variance that is between the segments, less what chance would give."""
    if not positions.size:
        return 0.0
    chance = (np.unique(positions).size - 1) / max(positions.size - 1, 1)
    explained = np.square(_fitted(positions, traits)).mean(axis=0)
    return float(np.mean(np.maximum(explained - chance, 0.0)))
