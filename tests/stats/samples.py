"""Samples for the tests of statistics."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from airflow_mlmonitor.stats import Points

quick = settings(deadline=None, max_examples=60)

NUMBERS = st.lists(st.integers(-20, 20), min_size=1, max_size=40)
"""Numbers with many ties."""

COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=12).filter(
    lambda pairs: all(map(sum, zip(*pairs, strict=True)))
)
"""Counts of two samples, neither of them empty."""


def rng() -> np.random.Generator:
    return np.random.default_rng(1913)


def means_of(values: ArrayLike, size: int = 1024) -> Points:
    """So many means of equally long runs of the sorted values; a run of one value is exact."""
    runs = np.array_split(np.sort(np.asarray(values, dtype=np.float64)), size)
    rows = [
        (run.mean() if run[0] < run[-1] else run[0], run.size, run[0] == run[-1]) for run in runs if run.size
    ]
    means, sizes, exact = zip(*rows, strict=True)
    x, place = np.unique(means, return_inverse=True)
    mixed = np.bincount(place, np.logical_not(exact)) > 0
    return Points(x, np.bincount(place, sizes).astype(np.float64), ~mixed)
