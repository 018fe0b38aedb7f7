"""Which days a heat map shows, and what of many runs stays visible in few cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.documents import CellDocument
from airflow_mlmonitor.pages.moment_words import DAY
from airflow_mlmonitor.store.history import Run

CELLS = 400
"""Cells of one monitor at most: more are narrower than anybody can see."""

ALIVE = 3
"""Days, or windows, by which runs may lie behind the present and still be of it."""

HOUR = timedelta(hours=1)
LENGTHS = [HOUR * hours for hours in (1, 2, 3, 4, 6, 8, 12, 24, 48, 168)]

T = TypeVar("T")


@dataclass(frozen=True)
class Period:
    """The days that a heat map shows.

    Parameters
    ----------
    begin, end
        Midnights in UTC; the end is that of the last day.
    """

    begin: datetime
    end: datetime

    @classmethod
    def until(cls, latest: Run, days: int, now: datetime) -> Period:
        """Return the days up to the latest run, or to the one that would have come by now.

        Of a pipeline that looks at data of the present, runs that did not come are to be seen as missing; one that
        looks at data of years ago ends with its last run, and so does one that came to rest so long ago that none of
        its runs would be left.
        """
        window = latest.window
        end, lag = window.end, latest.started - window.end
        if lag < max(ALIVE * DAY, ALIVE * window.span):
            end += math.floor(max(now - latest.started, timedelta()) / window.span) * window.span
        if end - days * DAY >= window.end:
            end = window.end
        last = _midnight(end - timedelta(microseconds=1)) + DAY
        return cls(last - days * DAY, last)

    def after(self, run: Run) -> Period:
        """Return the whole days after that of a run, at least the last one."""
        first = _midnight(run.window.start) + DAY
        return Period(min(max(first, self.begin), self.end - DAY), self.end)

    @property
    def days(self) -> list[str]:
        """The days, oldest first, in ISO 8601."""
        count = (self.end - self.begin) // DAY
        return [(self.begin + number * DAY).date().isoformat() for number in range(count)]

    def slot(self, runs: int) -> timedelta | None:
        """Return the length of a slot of which one cell remains, where a monitor has more runs than cells fit."""
        if runs <= CELLS:
            return None
        least = (self.end - self.begin) / CELLS
        return next((length for length in LENGTHS if length >= least), LENGTHS[-1])


def thinned(
    cells: Sequence[tuple[Run, CellDocument]], slot: timedelta | None, begin: datetime
) -> list[CellDocument]:
    """Keep the worst cell of each slot, in their order."""
    if slot is None:
        return [cell for _, cell in cells]
    worst: dict[int, tuple[Run, CellDocument]] = {}
    for run, cell in cells:
        place = (run.window.start - begin) // slot
        known = worst.get(place)
        if known is None or _gravity(cell) > _gravity(known[1]):
            worst[place] = (run, cell)
    return [cell for _, cell in worst.values()]


def slot_words(slots: Iterable[timedelta | None]) -> str:
    """Say that cells stand for several runs; empty where each is one.

    >>> slot_words([None, timedelta(hours=6)]), slot_words([None])
    ('Where there are more than 400 runs, a cell is the worst run of 6 hours.', '')
    """
    longest = max((slot for slot in slots if slot), default=None)
    if longest is None:
        return ""
    hours = longest // HOUR
    span = "an hour" if hours == 1 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"
    return f"Where there are more than {CELLS} runs, a cell is the worst run of {span}."


def _gravity(cell: CellDocument) -> tuple[int, float]:
    return Status(cell["status"]).rank, cell["ratio"] or 0.0


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
