"""What a test of means needs to know of a sample."""

from __future__ import annotations

from typing import NamedTuple


class Moments(NamedTuple):
    """A sample of a number, as count, mean and variance.

    Parameters
    ----------
    n
        Rows.
    mean
        Their mean.
    variance
        Their variance, with n - 1 in the denominator.
    """

    n: float
    mean: float
    variance: float
