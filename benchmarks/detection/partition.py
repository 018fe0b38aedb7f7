"""A subject by day, and which of the days train, which are history and which are tested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from airflow_mlmonitor.data import Window
from benchmarks.detection.subject import Subject

FEWEST = 8
"""Partitions of the training window at least, so that weekly ones have a past too."""


@dataclass(frozen=True)
class Days:
    """The partitions of a subject, in order of time.

    Parameters
    ----------
    subject
        What they are partitions of.
    dates
        The first day of each partition.
    frames, seconds
        Their rows, in order, and the wrong version's predictions for them.
    step
        Days between two partitions.
    reference
        Number of partitions in the training window.
    start
        Position at which history starts.
    test
        Position of the first one that is tested.
    """

    subject: Subject
    dates: tuple[pd.Timestamp, ...]
    frames: tuple[pd.DataFrame, ...]
    seconds: tuple[pd.Series | None, ...]
    step: int
    reference: int
    start: int
    test: int

    def __len__(self) -> int:
        return len(self.dates)

    def window(self, position: int) -> Window:
        """The span of a partition."""
        start: datetime = self.dates[position].to_pydatetime()
        return Window(start, (self.dates[position] + pd.Timedelta(days=self.step)).to_pydatetime())

    @property
    def tested(self) -> range:
        """Positions of the days that are tested."""
        return range(self.test, len(self))

    @cached_property
    def training(self) -> pd.DataFrame:
        """The rows of the training window."""
        return pd.concat(self.frames[: self.reference], ignore_index=True)

    @cached_property
    def spread(self) -> dict[str, float]:
        """The standard deviation that each number had in training."""
        return {str(name): float(value) for name, value in self.training.std(numeric_only=True).items()}


def partitioned(subject: Subject, *, weekly: bool = False) -> Days:
    """Cut a subject into its days, or into weeks.

    Raises
    ------
    SystemExit
        There are too few partitions to train on some and test others.
    """
    first = subject.dates.min()
    gaps = subject.dates.drop_duplicates().sort_values().diff().dropna().dt.days
    step = 7 if weekly else max(int(gaps.median()), 1) if len(gaps) else 1
    starts = first + pd.to_timedelta((subject.dates - first).dt.days // step * step, unit="D")
    if weekly:  # a week that has only begun is no week
        starts = starts[starts <= subject.dates.max() - pd.Timedelta(days=step - 1)]
    ordered = _ordered(subject, starts)
    dates, frames, seconds = [], [], []
    for date, rows in ordered.groupby("start", sort=True):
        dates.append(pd.Timestamp(str(date)))
        frames.append(subject.frame.loc[rows.index].reset_index(drop=True))
        seconds.append(
            None if subject.second is None else subject.second.loc[rows.index].reset_index(drop=True)
        )
    reference, start, test = _split(dates, subject)
    return Days(subject, tuple(dates), tuple(frames), tuple(seconds), step, reference, start, test)


def _ordered(subject: Subject, starts: pd.Series) -> pd.DataFrame:
    keys = pd.DataFrame({"start": starts, "date": subject.dates.loc[starts.index]})
    by = ["start", "date"]
    if subject.order is not None:
        keys["order"] = subject.order
        by.append("order")
    return keys.sort_values(by, kind="stable")


def _split(dates: list[pd.Timestamp], subject: Subject) -> tuple[int, int, int]:
    """Where training ends, history starts and the test starts; shorter where there are few days."""
    if len(dates) < 3 * FEWEST:
        raise SystemExit(f"{len(dates)} partitions are too few; {3 * FEWEST} are needed.")

    def before(days: int) -> int:
        return sum((date - dates[0]).days < days for date in dates)

    third = len(dates) // 3
    reference = min(max(before(subject.reference_days), FEWEST), third)
    start = min(before(subject.start_day), reference // 4)
    test = max(before(subject.first_test_day), reference + 4)
    return reference, start, min(test, 2 * third)
