"""Names, hours and whole columns that come out wrong."""

from __future__ import annotations

import re

import pandas as pd

from benchmarks.detection.failures.failure import Damage, Place, changed, put

SHIFT = 5
COMMON = 3
"""A category is drawn among so many of the commonest."""

CLOCK = re.compile(r"\b(\d{1,2})(?=:\d\d)")


def nulls(place: Place) -> Damage | None:
    """Values are lost."""
    columns = (*place.subject.numeric, *place.subject.categorical)
    return changed(place, columns, lambda old: pd.Series(missing(old), index=old.index, dtype=old.dtype))


def missing(values: pd.Series) -> float | None:
    """What stands for no value in a column."""
    return None if values.dtype == object else float("nan")


def from_other_rows(place: Place) -> Damage | None:
    """Values come from other rows of the same day."""
    order = place.rng.permutation(len(place.rows))
    columns = (*place.subject.numeric, *place.subject.categorical)
    return changed(place, columns, lambda old: pd.Series(old.to_numpy()[order], index=old.index))


def renamed(place: Place) -> Damage | None:
    """A category gets another name."""
    for name in place.shuffled(place.subject.categorical):
        known = place.rows[name].value_counts().index[:COMMON]
        if len(known) > 0:
            old = known[int(place.rng.integers(len(known)))]
            where = (place.rows[name] == old).to_numpy()
            return put(place, name, pd.Series(f"{old}_new", index=place.rows.index), place.chosen(where))
    return None


def merged(place: Place) -> Damage | None:
    """One category is written as another that exists."""
    for name in place.shuffled(place.subject.categorical):
        known = list(place.rows[name].value_counts().index[: COMMON + 1])
        if len(known) > 1:
            old, new = (known[position] for position in place.rng.permutation(len(known))[:2])
            where = (place.rows[name] == old).to_numpy()
            return put(place, name, pd.Series(new, index=place.rows.index, dtype=object), place.chosen(where))
    return None


def stray_space(place: Place) -> Damage | None:
    """Names get a blank at their end."""
    return changed(place, place.subject.categorical, lambda old: old + " ")


def hours_shifted(place: Place) -> Damage | None:
    """A time zone is lost: hours are five off."""
    return changed(place, place.subject.hours, shifted)


def shifted(hours: pd.Series) -> pd.Series:
    """Hours five later, whatever they are written as.

    Examples
    --------
    >>> list(shifted(pd.Series([1, 23.0]))), list(shifted(pd.Series([2355.0]))), list(shifted(pd.Series(["7:10"])))
    ([6.0, 4.0], [455.0], ['12:10'])
    """
    if hours.dtype == float:
        return _numbers_shifted(hours)
    return hours.map(_text_shifted, na_action="ignore")


def _numbers_shifted(hours: pd.Series) -> pd.Series:
    largest = float(hours.max())
    if largest <= 24:
        return (hours + SHIFT) % 24
    if largest > 2400:
        return hours + SHIFT * 3600
    if bool((hours % 100 >= 60).any()):  # minutes since midnight
        return (hours + SHIFT * 60) % 1440
    return (hours // 100 + SHIFT) % 24 * 100 + hours % 100


def _text_shifted(text: str) -> str:
    if text.strip().isdigit():
        return f"{(int(text) + SHIFT) % 24:0{len(text)}d}" if int(text) < 24 else text
    return CLOCK.sub(lambda found: f"{(int(found[1]) + SHIFT) % 24:0{len(found[1])}d}", text, count=1)
