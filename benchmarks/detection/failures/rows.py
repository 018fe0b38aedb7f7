"""Rows that are missing, or come twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.detection.failures.failure import TABLE, Damage, Place

COMMON = 3
HALF = 0.5
"""Of the rows of a day that are lost at full share: a day without any rows would be too easy."""


def segment_dropped(place: Place) -> Damage | None:
    """The rows of one segment do not arrive."""
    segment = place.subject.segment
    if segment is None:
        return None
    value = common(place, segment)
    if value is None:
        return None
    lost = place.chosen((place.rows[segment] == value).to_numpy())
    return without(place, lost, segment)


def duplicated(place: Place) -> Damage | None:
    """Rows are loaded twice."""
    twice = place.chosen(np.ones(len(place.rows), dtype=bool))
    rows = pd.concat([place.rows, place.rows.iloc[twice]], ignore_index=True)
    return Damage(rows=rows, guilty=frozenset({TABLE}), touched=len(twice))


def volume_drop(place: Place) -> Damage | None:
    """Up to half of the rows are lost, here and there."""
    return without(place, place.chosen(place.rng.permutation(len(place.rows)) < HALF * len(place.rows)))


def last_part_missing(place: Place) -> Damage | None:
    """Up to the last half of the day has not arrived yet."""
    lost = max(round(HALF * place.share * len(place.rows)), 1)
    return without(place, np.arange(len(place.rows) - lost, len(place.rows)))


def common(place: Place, column: str) -> object | None:
    """One of the commonest values of a column, drawn."""
    known = place.rows[column].value_counts().index[:COMMON]
    return known[int(place.rng.integers(len(known)))] if len(known) else None


def without(place: Place, lost: NDArray[np.int64], *guilty: str) -> Damage | None:
    """The day without some rows; at least one stays."""
    lost = lost[: len(place.rows) - 1]
    if not len(lost):
        return None
    rows = place.rows.drop(index=place.rows.index[lost]).reset_index(drop=True)
    return Damage(rows=rows, guilty=frozenset({TABLE, *guilty}), touched=len(lost))
