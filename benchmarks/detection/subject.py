"""The data set under test, as the benchmark wants it: plain types, named roles, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A partitioned data set and the roles of its columns.

    Parameters
    ----------
    name
        Stands in reports.
    frame
        What is monitored: numbers are floats, names are texts or None, moments have no zone. The index counts rows.
    dates
        The day of each row.
    order
        What orders the rows of a day, or None.
    second
        The prediction of the wrong model version for each row, or None.
    numeric, categorical
        Columns that a failure may draw; neither prediction nor label is among them.
    prediction, label, segment, segment2
        Columns, or None.
    key, joined, hours
        What a join went by, which columns it brought, and which hold hours.
    reference_days, start_day
        Days of the training window, and the day on which history starts.
    first_test_day
        Day from which the subject is tested.
    notes
        What was done to the data set, or could not be.
    """

    name: str
    frame: pd.DataFrame
    dates: pd.Series
    order: pd.Series | None = None
    second: pd.Series | None = None
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    prediction: str | None = None
    label: str | None = None
    segment: str | None = None
    segment2: str | None = None
    key: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    reference_days: int = 60
    start_day: int = 14
    first_test_day: int = 91
    notes: tuple[str, ...] = field(default=())
