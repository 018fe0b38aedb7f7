"""Failures that begin small and grow from day to day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from benchmarks.detection.failures.failure import TABLE, Damage, Place, drawn, put

LENGTH = 21
"""Days that a creep is followed."""

Creep = Callable[[Place, int], Damage | None]
"""A day's rows on the given day of the creep, 1 being the first; None where it cannot happen."""


def nulls(place: Place, day: int) -> Damage | None:
    """One point more of the rows is null each day."""
    name = _column(place)
    if name is None:
        return None
    lost = place.rng.random(len(place.rows)) < 0.01 * day
    touched = np.flatnonzero(lost & place.rows[name].notna().to_numpy())
    return put(place, name, pd.Series(np.nan, index=place.rows.index), touched)


def scale(place: Place, day: int) -> Damage | None:
    """Values grow by 2 % each day."""
    name = _column(place)
    return None if name is None else _all(place, name, place.rows[name] * 1.02**day)


def shift(place: Place, day: int) -> Damage | None:
    """A twentieth of a standard deviation is added each day."""
    name = _column(place)
    return None if name is None else _all(place, name, place.rows[name] + 0.05 * day * place.spread[name])


def volume(place: Place, day: int) -> Damage | None:
    """2 % of the rows that are left are lost each day."""
    lost = np.flatnonzero(place.rng.random(len(place.rows)) > 0.98**day)
    rows = place.rows.drop(index=place.rows.index[lost]).reset_index(drop=True)
    return Damage(rows=rows, guilty=frozenset({TABLE}), touched=len(lost)) if len(rows) else None


def category(place: Place, day: int) -> Damage | None:
    """A category takes over one more point of the rows each day."""
    column = place.rng
    usable = [
        name
        for name in place.subject.categorical
        if 1 < place.before[name].nunique() <= len(place.before) / 20
    ]
    if not usable:
        return None
    name = usable[int(column.integers(len(usable)))]
    known = place.before[name].value_counts().index[:3]
    value = known[int(column.integers(len(known)))]
    taken = column.random(len(place.rows)) < 0.01 * day
    new = pd.Series(value, index=place.rows.index, dtype=object)
    return put(place, name, new, np.flatnonzero(taken & (place.rows[name] != value).to_numpy()))


def prediction(place: Place, day: int) -> Damage | None:
    """Predictions grow by .03 standard deviations each day."""
    name = place.subject.prediction
    if name is None:
        return None
    return _all(place, name, place.rows[name] + 0.03 * day * place.spread[name])


CREEPS: Mapping[str, Creep] = {
    "nulls +1 point a day": nulls,
    "scale +2 % a day": scale,
    "shift +.05 sd a day": shift,
    "volume -2 % a day": volume,
    "category +1 point a day": category,
    "prediction +.03 sd a day": prediction,
}


def _column(place: Place) -> str | None:
    """Draw a number by the day before the creep began, so that it is the same on every day."""
    there = Place(
        subject=place.subject, rows=place.before, before=place.before, second=None, spread=place.spread, share=1.0,
        seed=place.seed,
    )  # fmt: skip
    found = drawn(there, place.subject.numeric, lambda old: old * 2)
    return found and found[0]


def _all(place: Place, name: str, new: pd.Series) -> Damage:
    return put(place, name, new, np.flatnonzero(place.rows[name].notna().to_numpy()))
