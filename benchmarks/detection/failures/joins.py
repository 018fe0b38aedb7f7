"""A join that fails for one key, or brings yesterday's values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.detection.failures.failure import Damage, Place, altered
from benchmarks.detection.failures.names import missing
from benchmarks.detection.failures.rows import common


def joined_null(place: Place) -> Damage | None:
    """The joined columns are null for one key."""
    key = place.subject.key[:1]
    joined = [name for name in place.subject.joined if name not in key]
    if not key or not joined:
        return None
    value = common(place, key[0])
    where = (place.rows[key[0]] == value) & place.rows[joined].notna().any(axis=1)
    if not where.any():
        return None
    touched = place.chosen(where.to_numpy())
    rows = place.rows.copy()
    for name in joined:
        rows.loc[touched, name] = missing(rows[name])
    return Damage(rows=rows, guilty=frozenset(joined), touched=len(touched))


def joined_stale(place: Place) -> Damage | None:
    """The joined columns are those of the day before: of the row of the same key at the same part of the day."""
    joined = [name for name in place.subject.joined if name not in place.subject.key]
    if not joined or not len(place.before):
        return None
    then = _counterparts(place)
    stale = place.before[joined].iloc[then].reset_index(drop=True)
    differs = np.logical_or.reduce([altered(place.rows[name], stale[name]) for name in joined])
    if not differs.any():
        return None
    touched = place.chosen(differs)
    rows = place.rows.copy()
    for name in joined:
        values = rows[name].to_numpy(copy=True)
        values[touched] = stale[name].to_numpy()[touched]
        rows[name] = values
    return Damage(rows=rows, guilty=frozenset(joined), touched=len(touched))


def _counterparts(place: Place) -> np.ndarray:
    """For each row the position of its counterpart of the day before."""
    then = np.floor(np.arange(len(place.rows)) * len(place.before) / max(len(place.rows), 1)).astype(int)
    keys = [name for name in place.subject.key if name in place.before]
    if keys:
        earlier = place.before.groupby(keys, dropna=False).indices
        for value, now in place.rows.groupby(keys, dropna=False).indices.items():
            known = earlier.get(value)
            if known is not None and len(known):
                then[now] = np.asarray(known)[np.arange(len(now)) * len(known) // len(now)]
    return then


def by_position(earlier: pd.Series, rows: int) -> np.ndarray:
    """The values of an earlier day for so many rows, spread over the day."""
    return earlier.to_numpy()[np.arange(rows) * len(earlier) // max(rows, 1)]
