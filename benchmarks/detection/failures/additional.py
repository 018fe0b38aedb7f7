"""Failures of columns that few data sets have; the benchmark adds the columns and reports these apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.detection.failures.failure import Damage, Place, altered, changed, put
from benchmarks.detection.failures.joins import by_position

FEATURE = "feature_in_training"


def embedding_version(place: Place) -> Damage | None:
    """Vectors come from another version of the embedding: turned, with the same lengths."""
    names = [str(name) for name in place.rows if str(name).startswith("embedding_")]
    if not names:
        return None
    turn, _ = np.linalg.qr(place.rng.normal(size=(len(names), len(names))))
    touched = place.chosen(np.ones(len(place.rows), dtype=bool))
    vectors = place.rows[names].to_numpy(dtype=float, copy=True)
    vectors[touched] = np.round(vectors[touched] @ turn, 5)
    rows = place.rows.assign(**{name: vectors[:, number] for number, name in enumerate(names)})
    return Damage(rows=rows, guilty=frozenset(names), touched=len(touched))


def day_and_month(place: Place) -> Damage | None:
    """Day and month of dates are changed round."""
    moments = [str(name) for name in place.rows if place.rows[name].dtype.kind == "M"]
    return changed(place, moments, _turned)


def labels_late(place: Place) -> Damage | None:
    """Rows get the labels of an earlier day."""
    label = place.subject.label
    if label is None or not len(place.before):
        return None
    late = pd.Series(by_position(place.before[label], len(place.rows)), index=place.rows.index)
    where = altered(place.rows[label], late)
    both = tuple(name for name in (place.subject.prediction, label) if name)
    return put(place, label, late, place.chosen(where), *both) if where.any() else None


def mismatch(place: Place) -> Damage | None:
    """Training and serving compute a feature differently for the same key: a tenth apart."""
    if FEATURE not in place.rows:
        return None
    served = place.subject.numeric[0]
    found = changed(place, [FEATURE], lambda old: old * 1.1)
    return found and Damage(rows=found.rows, guilty=frozenset({FEATURE, served}), touched=found.touched)


def _turned(dates: pd.Series) -> pd.Series:
    turned = [date.replace(month=date.day, day=date.month) if date.day <= 12 else date for date in dates]
    return pd.Series(turned, index=dates.index).astype(dates.dtype)
