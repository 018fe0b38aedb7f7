"""Files that have the day of their rows in their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError

DATE = re.compile(r"(?<!\d)(\d{4})([-_/]?)(\d{2})\2(\d{2})(?!\d)")


def dated(names: Iterable[str]) -> dict[Window, list[str]]:
    """Put files in the order of the dates in their names; those of one date belong together.

    A window is as long as the smallest step from one date to the next: a day, a week.

    Parameters
    ----------
    names
        Paths or URLs. Of several dates in one the last holds, such as that of the file in a dated folder.

    Raises
    ------
    DataError
        A name has no date.

    Examples
    --------
    >>> files = dated(["in/2013-02-09.csv", "in/day=20130208/a.csv", "in/day=20130208/b.csv"])
    >>> {window.label: names for window, names in files.items()}
    {'2013-02-08': ['in/day=20130208/a.csv', 'in/day=20130208/b.csv'], '2013-02-09': ['in/2013-02-09.csv']}
    """
    found: dict[datetime, list[str]] = {}
    for name in names:
        found.setdefault(_date(name), []).append(name)
    starts = sorted(found)
    span = min((later - earlier for earlier, later in pairwise(starts)), default=timedelta(days=1))
    return {Window(start, start + span): found[start] for start in starts}


def _date(name: str) -> datetime:
    for match in reversed(list(DATE.finditer(name))):
        year, _, month, day = match.groups()
        try:
            return datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:  # eight digits that are no date
            continue
    raise DataError(
        f"{name} has no date such as 2013-02-08 in its name, so that its place in time is not known."
    )
