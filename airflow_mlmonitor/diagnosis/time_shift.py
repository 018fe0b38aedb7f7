"""Causes that move time: zones, and days written as months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import numpy as np

from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.mixture import Floats, fitted
from airflow_mlmonitor.report.words import percent, plural

HOURS = 24
DAY = 86_400
FULL = 2_400
"""Clock times written as whole numbers, 1730 for half past five in the afternoon, lie below this."""


def hours(new: Column | None, old: Column | None) -> tuple[Floats, Floats] | None:
    """The rows of a column on both sides by hour of the day; None for one that does not tell the hour.

    Hours are told by moments, by clock times written as whole numbers (1730), and by whole numbers from 0 to 23.
    """
    if not isinstance(new, NumberColumn) or not isinstance(old, NumberColumn) or new.is_time != old.is_time:
        return None
    hour = _hour(old)
    if hour is None:
        return None
    now, usual = (np.mod(hour(side.sketch.x), HOURS).astype(int) for side in (new, old))
    binned = [
        np.bincount(places, side.sketch.w, HOURS).astype(np.float64)
        for places, side in ((now, new), (usual, old))
    ]
    return binned[0], binned[1]


def _hour(column: NumberColumn) -> Callable[[Floats], Floats] | None:
    """How the hour is told from a column's values."""
    x, top = column.sketch.x, column.max or 0.0
    if column.is_time:
        several = np.unique(np.mod(x, DAY) // 3600).size > 3
        return (lambda values: np.mod(values, DAY) // 3600) if several else None
    if (column.min or 0.0) < 0 or not column.sketch.exact or column.integers != column.count:
        return None
    if top <= HOURS and len(column.sketch) > 6:
        return np.floor
    clock = HOURS * 10 < top <= FULL and bool((np.mod(x, 100) < 60).all()) and len(column.sketch) > 12
    return (lambda values: values // 100) if clock else None


class TimeZoneShift(Cause):
    """The hours of the day moved by whole hours, round the clock."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Try all 23 shifts on every suspect that tells the hour."""
        for name in circumstances.suspects:
            found = hours(*circumstances.pair(name))
            if found is None or not (_clocklike(circumstances, name) or "hour" in name.lower()):
                continue
            new, old = found
            now, usual = new / new.sum(), old / old.sum()
            fits = {shift: fitted(now - usual, np.roll(usual, shift) - usual) for shift in range(1, HOURS)}
            shift = max(fits, key=lambda one: fits[one].explained)
            fit, chance = fits[shift], float(np.sqrt(usual.mean() / new.sum()))
            if fit.explained < 0.7 or fit.share < 0.1 or fit.size < 2.5 * chance:
                continue
            signed = shift if shift <= HOURS // 2 else shift - HOURS
            way = "late" if signed > 0 else "early"
            part = "all" if fit.share > 0.85 else f"about {percent(fit.share)}"
            yield Diagnosis(
                cause=self.name,
                likely=f"{name} is {plural(abs(signed), 'hour')} {way}, as in another time zone",
                evidence=(
                    (
                        f"moving {part} of the rows by {signed:+d} h round the clock explains {percent(fit.explained)} "
                        "of the difference from the usual hours"
                    ),
                ),
                next=f"check in which time zone {name} is written and read",
                confidence=0.55 + 0.4 * fit.explained * min(1.0, fit.share + 0.3),
                columns=(name,),
                rows=round(fit.share * float(new.sum())),
            )


class DayMonthSwapped(Cause):
    """Dates outside the window that lie in it once day and month change places."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Swap day and month of every moment outside, and of every new text that is a date."""
        window = circumstances.window
        if window is None:
            return
        for name, column in circumstances.now.columns.items():
            old = circumstances.before.columns.get(name) if circumstances.before else None
            swapped, out = _swapped(column, old, window)
            if swapped >= 3 and swapped >= 0.8 * out:
                yield Diagnosis(
                    cause=self.name,
                    likely=f"day and month of {name} changed places",
                    evidence=(
                        f"{swapped:,} of {plural(out, 'moment')} outside the window lie in it once both are exchanged",
                    ),
                    next=f"check the date format with which {name} is parsed",
                    confidence=0.95,
                    columns=(name,),
                    rows=swapped,
                )


def _clocklike(circumstances: Circumstances, name: str) -> bool:
    """Whether a column tells the time of day by itself, whatever its name: moments and clock times do."""
    column = circumstances.now[name]
    return isinstance(column, NumberColumn) and (column.is_time or (column.max or 0) > HOURS)


def _swapped(column: Column, old: Column | None, window: Window) -> tuple[int, int]:
    """How many moments outside a window lie in it with day and month exchanged, and how many lie outside."""
    if not isinstance(column, NumberColumn) or not column.is_time or not isinstance(old, NumberColumn):
        return 0, 0
    x, w = column.sketch.x, column.sketch.w
    out = (x < window.start.timestamp()) | (x >= window.end.timestamp())
    usual = (old.sketch.x[-1] - old.sketch.x[0]) > 40 * DAY and out.mean() > 0.9
    if usual and out.all() and column.sketch.x[0] >= old.sketch.x[0]:
        return 0, 0  # a column such as a birthday, which has nothing to do with the window
    back = [_exchanged(moment) for moment in x[out]]
    inside = [moment is not None and window.start <= moment < window.end for moment in back]
    return int(w[out][inside].sum()), int(w[out].sum())


def _exchanged(seconds: float) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(seconds, tz=UTC)
        return moment.replace(day=moment.month, month=moment.day)
    except (ValueError, OverflowError, OSError):
        return None
