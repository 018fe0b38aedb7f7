"""Times of day written as hours times hundred plus minutes, such as 517 for 5:17."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAY = 1_440.0
"""Minutes of a day; times of day are compared modulo this."""

_LATEST = 2_400.0
_HOURS = 3


def is_clock(numbers: Floats) -> bool:
    """Whether numbers are times of day written so; without NaN.

    >>> is_clock(np.array([5, 517.0, 2359, 1200])), is_clock(np.array([5.0, 517, 2360])), is_clock(np.arange(59.0))
    (True, False, False)
    """
    if not numbers.size or numbers.min() < 0 or numbers.max() > _LATEST:
        return False
    hours, minutes = split_clock(numbers)
    return bool(
        (minutes == np.rint(minutes)).all() and minutes.max() < 60 and np.unique(hours).size >= _HOURS
    )


def split_clock(numbers: Floats) -> tuple[Floats, Floats]:
    """Hours and minutes.

    >>> split_clock(np.array([517.0]))
    (array([5.]), array([17.]))
    """
    hours = np.floor(numbers / 100)
    return hours, numbers - 100 * hours


def minutes_of_day(numbers: Floats) -> Floats:
    """Minutes after midnight.

    >>> minutes_of_day(np.array([517.0]))
    array([317.])
    """
    hours, minutes = split_clock(numbers)
    return 60 * hours + minutes


def off_the_clock(differences: Floats) -> Floats:
    """How far minutes are from a whole number of days.

    >>> off_the_clock(np.array([1441.0, -1439.5, 720.0])).tolist()
    [1.0, 0.5, 720.0]
    """
    with np.errstate(invalid="ignore"):
        return np.abs(differences - DAY * np.rint(differences / DAY))
