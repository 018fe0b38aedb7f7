"""Rows, parted by the values of a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.building import shown
from airflow_mlmonitor.data.rules.view import BatchView

Counts = NDArray[np.int64]


def parted(view: BatchView, column: str) -> tuple[NDArray[np.int64], list[str]]:
    """Each row's value as a position in a list of values, -1 where there is none.

    The values are as a profile shows them: those of a private column as hashes, a whole number without decimals.
    """
    if view.is_number(column):
        return _numbered(view.numbers(column))
    positions, known = view.codes(column)
    private = column in view.private
    values = ["" if text is None else shown(text, private=private) for text in known]
    empty = np.append([text is None for text in known], True)  # the last is where -1 looks
    return np.where(empty[positions], -1, positions), values


def placed(view: BatchView, column: str, values: Sequence[str]) -> NDArray[np.int64]:
    """Each row's value as a position in a given list of values, -1 where it is none of them."""
    positions, here = parted(view, column)
    places = {value: place for place, value in enumerate(values)}
    return np.array([*(places.get(value, -1) for value in here), -1], dtype=np.int64)[positions]


def counted(
    view: BatchView, column: str, values: Sequence[str], others: Iterable[str]
) -> tuple[Counts, dict[str, Counts]]:
    """Count the rows of each of some values, and for each other column those of them that miss it."""
    places, size = placed(view, column, values), len(values)
    known = places >= 0
    nulls = {other: np.bincount(places[view.missing(other) & known], minlength=size) for other in others}
    return np.bincount(places[known], minlength=size), nulls


def _numbered(numbers: NDArray[np.float64]) -> tuple[NDArray[np.int64], list[str]]:
    values, positions = np.unique(numbers, return_inverse=True)  # NaN comes last, and once
    positions = np.where(np.isnan(numbers), -1, positions)
    return positions, [spelled(value) for value in values[~np.isnan(values)].tolist()]


def spelled(value: float) -> str:
    """A number as the name of a segment.

    >>> spelled(8.0), spelled(0.25)
    ('8', '0.25')
    """
    return str(int(value)) if value.is_integer() else str(value)
