"""The decimals that a column's numbers are written with, and which digits they end in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

FITS = 0.98
"""Share of numbers that must lie on a grid for it to be the column's."""

MOST_DECIMALS = 6

VALUES = 10
"""A column with at most so many values in a day is told apart by them: its last digits say nothing more."""

LEAST = 20
"""Numbers without which nothing is learned."""

_ENDINGS = 100
_NOTICEABLE = 0.05


@dataclass(frozen=True, kw_only=True)
class Grid(Rule):
    """The decimals that a column's numbers are written with, and which digits they end in.

    A cut or a rounding, a unit that changed, a default that was filled in: all of them show in the last digits long
    before they show in a mean.

    Parameters
    ----------
    column
        Of numbers.
    decimals
        How many its numbers have at most.
    digits
        The share of its numbers that end in 0, in 1 and so on, in the last of these decimals; empty for a column with
        few values.
    narrow
        Whether the numbers are floats of 32 bits, which are not as exact.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.record_batch({"fare": [12.5, 8.25, 7.0]})
    >>> Grid(column="fare", decimals=1).tally(BatchView(rows)).off
    1
    """

    kind = "grid"

    column: str
    decimals: int
    digits: tuple[float, ...] = ()
    narrow: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The one."""
        return (self.column,)

    def words(self) -> str:
        """Such as ``fare has at most 2 decimals``."""
        if not self.decimals:
            return f"{self.column} is a whole number"
        return f"{self.column} has at most {self.decimals} decimal{'s' if self.decimals > 1 else ''}"

    def tally(self, view: BatchView) -> Digits:
        """Count the numbers off the grid, and those on it by their last two digits."""
        steps, near = _steps(view.numbers(self.column), self.decimals, narrow=self.narrow)
        endings = np.rint(np.abs(steps if near.all() else steps[near])).astype(np.int64) % _ENDINGS
        counts = np.bincount(endings, minlength=_ENDINGS)
        return Digits(self, int(np.count_nonzero(~near)), counts)

    def document(self) -> dict[str, Any]:
        """Write everything."""
        return {
            "column": self.column,
            "decimals": self.decimals,
            "digits": list(self.digits),
            "narrow": self.narrow,
        }


@dataclass(frozen=True, eq=False)
class Digits(Tally):
    """How many numbers lie off a grid, and how many on it by their last two digits."""

    grid: Grid
    off: int
    endings: Counts

    def __add__(self, other: Digits) -> Digits:
        return Digits(self.grid, self.off + other.off, self.endings + other.endings)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the share off the grid, the shares that end in 0 and 00, and how far the digits are from the usual."""
        on = int(self.endings.sum())
        total = on + self.off
        yield self._measure("off_grid", self.off / total if total else None, total, worse="up")
        if not self.grid.digits:
            return
        last = self.endings.reshape(10, 10).sum(axis=0) / on if on else None
        yield self._measure("last_digit_0", None if last is None else float(last[0]), on)
        yield self._measure("last_digits_00", float(self.endings[0] / on) if on else None, on)
        apart = None if last is None else float(np.abs(last - self.grid.digits).sum() / 2)
        yield self._measure("last_digit_distance", apart, on, scale="distance", worse="up")

    def _measure(self, name: str, value: float | None, n: int, **more: Any) -> Measure:
        why = None if n else f"{self.grid.column} has no number"
        default: dict[str, Any] = {"scale": "share", "worse": "both"}
        return Measure(name, value, self.grid.column, n=n, family="digits", why=why, **default | more)


def learn(view: BatchView, days: NDArray[np.int64]) -> list[Rule]:
    """Find the coarsest decimal grid of every column of numbers that has one."""
    found: list[Rule] = []
    a_day = days == np.bincount(days + 1).argmax() - 1 if days.size else days < 0
    for name in view.columns:
        if view.kind(name) != "number":
            continue
        numbers = view.numbers(name)
        numbers = numbers[np.isfinite(numbers)]
        narrow = bool(kinds.is_float32(view.batch.schema.field(name).type))
        decimals = _decimals(numbers, narrow=narrow)
        if decimals is not None:
            grid = Grid(column=name, decimals=decimals, narrow=narrow)
            found.append(replace(grid, digits=_digits(grid, view, a_day)))
    return found


def _decimals(numbers: Floats, *, narrow: bool) -> int | None:
    if numbers.size < LEAST:
        return None
    for decimals in range(MOST_DECIMALS + 1):
        steps, near = _steps(numbers, decimals, narrow=narrow)
        if not steps.size:
            return None
        if np.mean(near) >= FITS:
            return decimals
    return None


def _digits(grid: Grid, view: BatchView, a_day: Flags) -> tuple[float, ...]:
    """The shares of the last digits of a column that has many values even in a day."""
    numbers = view.numbers(grid.column)[a_day]
    if np.unique(numbers[~np.isnan(numbers)]).size <= VALUES:
        return ()
    last = grid.tally(view).endings.reshape(10, 10).sum(axis=0)
    return tuple(round(share, 6) for share in (last / last.sum()).tolist())


def _steps(numbers: Floats, decimals: int, *, narrow: bool) -> tuple[Floats, Flags]:
    """Numbers in steps of a grid, and which of them lie on it; without those for which no float can tell."""
    grain = 2e-7 if narrow else 1e-12
    with np.errstate(over="ignore", invalid="ignore"):
        steps = numbers * 10.0**decimals
        fine = np.abs(steps) < _NOTICEABLE / grain
    if not fine.all():
        steps = steps[fine]
    return steps, np.abs(steps - np.rint(steps)) <= 1e-6 + np.abs(steps) * grain
