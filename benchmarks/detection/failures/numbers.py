"""Numbers that come out wrong."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from benchmarks.detection.failures.failure import Damage, Place, altered, changed, drawn

KILOMETRES = 1.609344
FILLS = (-1.0, 0.0, 999.0)
FEW = 0.02


def unit(place: Place) -> Damage | None:
    """Metres become millimetres."""
    return changed(place, place.subject.numeric, lambda old: old * 1000)


def miles(place: Place) -> Damage | None:
    """Miles become kilometres."""
    return changed(place, place.subject.numeric, lambda old: old * KILOMETRES)


def stuck(place: Place) -> Damage | None:
    """A sensor repeats one reading."""
    at = place.rng.random()

    def repeated(old: pd.Series) -> pd.Series:
        there = old.dropna()
        return old.where(old.isna(), there.iloc[int(at * len(there))]) if len(there) else old

    return changed(place, place.subject.numeric, repeated)


def default_fill(place: Place) -> Damage | None:
    """What is not known is filled with -1, 0 or 999."""
    fill = FILLS[int(place.rng.integers(len(FILLS)))]
    return changed(place, place.subject.numeric, lambda old: pd.Series(fill, index=old.index))


def swapped(place: Place) -> Damage | None:
    """Two columns change places."""
    others = place.shuffled(place.subject.numeric)
    for first in place.shuffled(place.subject.numeric):
        found = drawn(place, [name for name in others if name != first], partial(_instead, place.rows[first]))
        if found is None:
            continue
        second, values = found
        touched = place.chosen(altered(place.rows[second], values))
        one, other = (place.rows[name].to_numpy(copy=True) for name in (first, second))
        one[touched], other[touched] = other[touched], one[touched]
        rows = place.rows.assign(**{first: one, second: other})
        return Damage(rows=rows, guilty=frozenset({first, second}), touched=len(touched))
    return None


def _instead(other: pd.Series, _: pd.Series) -> pd.Series:
    return other


def truncated(place: Place) -> Damage | None:
    """Decimals are cut off."""
    return changed(place, place.subject.numeric, np.trunc)


def noise(place: Place) -> Damage | None:
    """Every value is off by up to a fifth."""
    factor = 1 + place.rng.uniform(-0.2, 0.2, len(place.rows))
    return changed(place, place.subject.numeric, lambda old: old * factor)


def outliers(place: Place) -> Damage | None:
    """A few values, one in fifty, are a hundred times too large."""
    return changed(place, place.subject.numeric, lambda old: old * 100, few=FEW)


def decimal_slip(place: Place) -> Damage | None:
    """The decimal point slips by one place."""
    return changed(place, place.subject.numeric, lambda old: old * 10)


def bias(place: Place) -> Damage | None:
    """One standard deviation is added."""
    return changed(place, place.subject.numeric, lambda old: old + place.spread.get(str(old.name), 0.0))
