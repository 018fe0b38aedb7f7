"""How far a Brownian bridge strays when it is looked at only now and then.

The difference of two samples' distribution functions wanders like a Brownian bridge over the share of pooled rows
passed. Ties hide parts of that walk, so it is seen to stray less far than the usual table expects: where 5 % is right
the table says 12.7 % for ten equally frequent values, and 75 % for a column that is 0 nine times in ten.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import kolmogorov

from airflow_mlmonitor.stats.points import Array, steps

LOOKS = 32
OVERSHOOT = 0.5825971579390107  # -zeta(1/2) / sqrt(2 pi)
RESOLUTION = 1e-12  # of the quadrature
NEGLIGIBLE = 1e-6  # below it nobody asks how much smaller ties make a probability


def straying(times: Array, level: float) -> float:
    """The probability that a Brownian bridge on [0, 1] is seen at ``level`` or farther from 0, on either side.

    The density of the paths still inside is carried from look to look by Gauss-Legendre quadrature. Looks closer
    together than 1/32 are thinned and the barrier moved inwards by what the skipped ones would have seen (Siegmund's
    correction). On thirteen patterns of ties, 200,000 simulated bridges each, it is within .007 where the truth is .05.

    Parameters
    ----------
    times
        When it is looked at, ascending, in [0, 1].
    level
        The distance from 0.

    Examples
    --------
    >>> round(straying(np.array([0.5]), 0.98), 3), round(float(kolmogorov(0.98)), 3)
    (0.05, 0.292)

    References
    ----------
    D. Siegmund, Sequential Analysis, Springer, 1985, chapter X.
    """
    ceiling = float(kolmogorov(level))
    if ceiling < NEGLIGIBLE:
        return ceiling
    times = times[(times > 0) & (times < 1)]
    if not times.size:
        return 1.0
    gaps = steps(times, 1.0)
    looks = _looks(times)
    spans = steps(times[looks], 1.0)
    barriers = level - _inward(gaps, looks, spans)
    if barriers.min() <= 0:
        return ceiling
    return min(ceiling, max(1.0 - _staying(spans, barriers), RESOLUTION))


def _looks(times: Array) -> list[int]:
    """Positions of looks at least 1/32 apart, or of the one nearest to the middle."""
    end = int(np.searchsorted(times, 1 - 0.5 / LOOKS, "right"))
    looks, found = [], int(np.searchsorted(times, 1 / LOOKS))
    while found < end:
        looks.append(found)
        found = int(np.searchsorted(times, times[found] + 1 / LOOKS))
    return looks or [int(np.argmax(times * (1 - times)))]


def _inward(gaps: Array, looks: list[int], spans: Array) -> Array:
    """By how much fewer looks see less, at each look: half of it from the span before, half from the one after."""
    starts = [0, *(look + 1 for look in looks)]
    seen = np.sqrt(np.add.reduceat(gaps**2, starts) / spans)
    loss = OVERSHOOT * (np.sqrt(spans) - seen)
    return (loss[1:] + loss[:-1]) / 2


def _staying(spans: Array, barriers: Array) -> float:
    """The probability that the bridge is within every barrier, given the time between looks."""
    nodes, weights = _quadrature(min(8 + int(4 * barriers.max() / np.sqrt(_narrowest(spans))), 128))
    y = barriers[:, None] * nodes
    mass = weights * barriers[:, None]
    inside = _normal(y[0], spans[0])
    for k in range(1, barriers.size):
        inside = _normal(y[k][:, None] - y[k - 1], spans[k]) @ (inside * mass[k - 1])
    return float(np.sum(inside * mass[-1] * _normal(y[-1], spans[-1])) * np.sqrt(2 * np.pi))


def _narrowest(spans: Array) -> float:
    """The smallest variance of anything integrated over."""
    return float(spans.min()) if spans.size > 2 else float(spans.prod())


def _normal(x: Array, variance: float) -> Array:
    density: Array = np.exp(x * x / (-2 * variance)) / np.sqrt(2 * np.pi * variance)
    return density


@lru_cache(maxsize=128)
def _quadrature(size: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(size)
