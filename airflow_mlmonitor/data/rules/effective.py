"""How many independent values the rows of a usual run have, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.view import BatchView

Codes = NDArray[np.int64]

DAYS = 8
"""Days that are looked at, spread over all."""

ROWS = 1_000
"""Rows of a day that are looked at."""

LEAST = 30
"""Rows of a day without which it tells nothing."""

CONSTANT = 0.9
"""Share of days on which a column must have one value only to count as one value."""

CLUSTERED = 0.4
"""Distinct pairs of values, as a part of those after shuffling, below which two columns cluster."""

OTHERS = 2
"""Columns with which a column must cluster to count as clustered."""


def effective_n(view: BatchView, days: NDArray[np.int64]) -> dict[str, int]:
    """How many independent values a usual day has, for each column where that is fewer than its rows.

    A column that has one value a day has one. A column that clusters with two others or more, as the temperature does
    with the pressure and the wind of the same hour, has as many as it makes distinct pairs with any of them.
    """
    columns = [name for name in view.columns if view.kind(name) in {"name", "number", "time"}]
    coded = {name: np.unique(view.hashes(name), return_inverse=True)[1] for name in columns}
    chosen = list(_days(days))
    if not chosen or not coded:
        return {}
    counts = {name: [np.unique(coded[name][rows]).size for rows in chosen] for name in columns}
    found = {name: 1 for name in columns if np.mean(np.array(counts[name]) == 1) >= CONSTANT}
    values = {name: float(np.median(counts[name])) for name in columns if name not in found}
    size = float(np.median([rows.size for rows in chosen]))
    clusters: dict[str, list[float]] = {name: [] for name in values}
    for left, right in combinations(values, 2):
        fewest, most = max(values[left], values[right]), min(size, values[left] * values[right])
        if fewest >= CLUSTERED * most:
            continue  # there are as many pairs as values, at least
        pairs, shuffled = _pairs(coded[left], coded[right], chosen)
        if pairs < CLUSTERED * shuffled:
            clusters[left].append(pairs)
            clusters[right].append(pairs)
    found |= {name: round(max(pairs)) for name, pairs in clusters.items() if len(pairs) >= OTHERS}
    return found


def _days(days: NDArray[np.int64]) -> Iterator[Codes]:
    """The rows of some days, shuffled, so that the first of them are any."""
    random = np.random.default_rng(0)
    order = np.argsort(days, kind="stable")
    known = order[np.searchsorted(days[order], 0) :]
    ends = 1 + np.flatnonzero(np.diff(days[known]))
    full = [rows for rows in np.split(known, ends) if rows.size >= LEAST]
    for place in np.unique(np.linspace(0, len(full) - 1, min(len(full), DAYS)).astype(np.int64)):
        yield random.permutation(full[place])[:ROWS]


def _pairs(left: Codes, right: Codes, chosen: list[Codes]) -> tuple[float, float]:
    """How many distinct pairs a usual day has, and how many after shuffling."""
    width = int(right.max()) + 1
    # The rows stand in random order, so that moving them on by half their number shuffles them.
    counts = [
        (
            np.unique(left[rows] * width + right[rows]).size,
            np.unique(np.roll(left[rows], rows.size // 2) * width + right[rows]).size,
        )
        for rows in chosen
    ]
    pairs, shuffled = np.median(counts, axis=0)
    return float(pairs), float(shuffled)
