"""What a failure is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.detection.subject import Subject

TABLE = ""
"""Stands for the table among those to blame: its number of rows, or rows that repeat."""

PLENTY = 0.5
"""Share of the rows that a drawn column's failure should change; one that it leaves as it was tests nothing."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A day on which something fails.

    Parameters
    ----------
    subject
        The roles of its columns.
    rows
        The rows of the day, in order.
    before
        Those of an earlier day, for what arrives late.
    second
        The wrong version's predictions for the rows.
    spread
        The standard deviation of each number in training.
    share
        Of the rows that the failure could touch.
    seed
        Decides everything that is random. It is the same for all shares of one failure on one day, so that they have
        the same column, and the rows of a small share are among those of a large one.
    """

    subject: Subject
    rows: pd.DataFrame
    before: pd.DataFrame
    second: pd.Series | None
    spread: dict[str, float]
    share: float
    seed: tuple[int, ...]

    @cached_property
    def rng(self) -> np.random.Generator:
        """Drawn from in the same order whatever the share is."""
        return np.random.default_rng(self.seed)

    def chosen(self, among: NDArray[np.bool_], *, least: int = 1) -> NDArray[np.int64]:
        """Positions of the rows that are touched: the wanted share of those that can be."""
        pool = self.rng.permutation(np.flatnonzero(among))
        return np.sort(pool[: max(round(self.share * len(pool)), least)])

    def shuffled(self, columns: Iterable[str]) -> list[str]:
        """Columns in random order."""
        known = list(columns)
        return [known[position] for position in self.rng.permutation(len(known))]


@dataclass(frozen=True, kw_only=True)
class Damage:
    """What a failure did.

    Parameters
    ----------
    rows
        The day's rows as they arrive now.
    guilty
        Columns to blame, any of them; :data:`TABLE` for the table.
    touched
        Number of rows that were changed, lost or added.
    """

    rows: pd.DataFrame
    guilty: frozenset[str]
    touched: int


Failure = Callable[[Place], Damage | None]
"""None where it cannot happen: there are no hours, no join, no label, or the column has nothing to change."""

Change = Callable[[pd.Series], pd.Series]


def drawn(place: Place, columns: Iterable[str], change: Change) -> tuple[str, pd.Series] | None:
    """Draw a column that a change would really change; return it with its changed values."""
    best: tuple[float, str, pd.Series] | None = None
    for name in place.shuffled(columns):
        new = change(place.rows[name])
        share = float(altered(place.rows[name], new).mean())
        if share >= PLENTY:
            return name, new
        if share > 0 and (best is None or share > best[0]):
            best = share, name, new
    return best and best[1:]


def altered(old: pd.Series, new: pd.Series) -> NDArray[np.bool_]:
    """True where a value is another one than it was."""
    same = (old == new) | (old.isna() & new.isna())
    return ~same.to_numpy(dtype=bool)


def put(place: Place, name: str, new: pd.Series, touched: NDArray[np.int64], *guilty: str) -> Damage:
    """Write the new values of one column into the rows touched."""
    values = place.rows[name].to_numpy(copy=True)
    values[touched] = new.to_numpy()[touched]
    rows = place.rows.assign(**{name: values})
    return Damage(rows=rows, guilty=frozenset(guilty or {name}), touched=len(touched))


def changed(place: Place, columns: Iterable[str], change: Change, *, few: float = 1.0) -> Damage | None:
    """Draw a column, and change it in the wanted share of the rows (of them, ``few``)."""
    found = drawn(place, columns, change)
    if found is None:
        return None
    name, new = found
    touched = place.chosen(altered(place.rows[name], new))
    return put(place, name, new, np.sort(touched[: max(round(few * len(touched)), 1)]))
