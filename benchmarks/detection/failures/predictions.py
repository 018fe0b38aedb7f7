"""Predictions and labels that come out wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.detection.failures.failure import Damage, Place, altered, put
from benchmarks.detection.failures.rows import common


def labels_missing(place: Place) -> Damage | None:
    """Labels have not arrived."""
    label = place.subject.label
    if label is None or not place.rows[label].notna().any():
        return None
    touched = place.chosen(place.rows[label].notna().to_numpy())
    return put(place, label, pd.Series(np.nan, index=place.rows.index), touched)


def wrong_version(place: Place) -> Damage | None:
    """Another version of the model answers."""
    name = place.subject.prediction
    if name is None or place.second is None:
        return None
    where = altered(place.rows[name], place.second)
    return put(place, name, place.second, place.chosen(where), *_quality(place)) if where.any() else None


def constant(place: Place) -> Damage | None:
    """The model answers the same for every row."""
    name = place.subject.prediction
    if name is None or not place.rows[name].notna().any():
        return None
    usual = float(place.rows[name].median())
    answer = pd.Series(usual, index=place.rows.index)
    where = altered(place.rows[name], answer)
    return put(place, name, answer, place.chosen(where), *_quality(place)) if where.any() else None


def labels_flipped(place: Place) -> Damage | None:
    """In one segment labels say the opposite; numbers are mirrored at their mean."""
    label, segment = place.subject.label, place.subject.segment
    if label is None or segment is None:
        return None
    old = place.rows[label]
    flipped = 1 - old if set(old.dropna().unique()) <= {0.0, 1.0} else 2 * float(old.mean()) - old
    where = (place.rows[segment] == common(place, segment)).to_numpy() & altered(old, flipped)
    return put(place, label, flipped, place.chosen(where), *_quality(place)) if where.any() else None


def _quality(place: Place) -> tuple[str, ...]:
    """Either of the two: quality is where they meet."""
    return tuple(name for name in (place.subject.prediction, place.subject.label) if name)
