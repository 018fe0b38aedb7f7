"""The scale on which equal steps of a metric are equally unusual."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.ranking import Array

SHARE, LOCATION, LOG, DISTANCE, COUNT = range(5)
KINDS = {"share": SHARE, "location": LOCATION, "log": LOG, "distance": DISTANCE, "count": COUNT}

SMALLEST = 1e-3
"""Where the logarithm of nothing ends, in units of what is usual."""

FARTHEST = 1e30
"""Distance from the usual, in units, beyond which numbers are not told apart."""


def transformed(values: Array, kinds: NDArray[np.int8], centre: Array, unit: Array) -> Array:
    """Put values on the scale of their kind: arcsine for shares, asinh for locations, log for the rest.

    Parameters
    ----------
    values
        One row a metric; one column a run, or no second axis.
    kinds
        One of :data:`KINDS` a metric.
    centre, unit
        What is usual, a metric: the median and the standard deviation of the rows for a location, the usual size for
        what varies by factors.

    Examples
    --------
    >>> x = transformed(np.array([0.5, 30.0]), np.array([0, 1]), np.array([0.0, 10.0]), np.array([1.0, 5.0]))
    >>> [round(float(value), 3) for value in x]
    [1.571, 2.095]
    """
    if values.ndim > 1:
        centre, unit = centre[:, None], unit[:, None]
    x = np.empty(values.shape)
    rows = kinds == SHARE
    x[rows] = 2 * np.arcsin(np.sqrt(np.clip(values[rows], 0.0, 1.0)))
    rows = kinds == LOCATION
    away = values[rows] / unit[rows] - centre[rows] / unit[rows]
    x[rows] = np.arcsinh(np.clip(away, -FARTHEST, FARTHEST))
    rows = kinds >= LOG
    x[rows] = np.log(np.clip(values[rows] / unit[rows], 0.0, FARTHEST) + SMALLEST)
    return x


def restored(x: Array, kinds: NDArray[np.int8], centre: Array, unit: Array) -> Array:
    """Bring numbers, one a metric, back from the scale of their kind.

    >>> kinds, centre, unit = np.array([0, 1, 2]), np.array([0.0, 10.0, 0.0]), np.array([1.0, 5.0, 4.0])
    >>> there = transformed(np.array([0.5, 30.0, 8.0]), kinds, centre, unit)
    >>> restored(there, kinds, centre, unit).round(6).tolist()
    [0.5, 30.0, 8.0]
    """
    share = np.sin(np.clip(x, 0.0, np.pi) / 2) ** 2
    with np.errstate(over="ignore"):
        location = centre + np.clip(unit * np.sinh(np.clip(x, -70.0, 70.0)), -1e300, 1e300)
        size = unit * np.maximum(np.exp(np.clip(x, -70.0, 70.0)) - SMALLEST, 0.0)
    return np.select([kinds == SHARE, kinds == LOCATION], [share, location], size)
