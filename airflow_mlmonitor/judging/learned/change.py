"""The evidence that series have changed lately: a likelihood ratio summed over what a change may look like."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.level import FREEDOM, Array, Level

Ways = NDArray[np.integer]

T_DENSITY = math.log(math.gamma((FREEDOM + 1) / 2) / (math.sqrt(FREEDOM * math.pi) * math.gamma(FREEDOM / 2)))

WIDEST = 0.5
"""Smallest spread that the size of a jump of one run is taken to have."""


NEVER = -1e30
"""Log of a likelihood ratio of nothing, finite so that numbers can be taken from it."""


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """What a change may look like.

    Parameters
    ----------
    steps
        Sizes of a step that may have come at any of the runs looked at.
    ramps
        Slopes, a run.
    begins
        How many runs ago, the last one included, a ramp may have begun.
    """

    steps: tuple[float, ...]
    ramps: tuple[float, ...]
    begins: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.steps) + len(self.ramps) + 1


def evidence(residual: Array, level: Level, shapes: Shapes, ways: Ways) -> Array:
    """Log of the Shiryaev-Roberts sum for each series, as of the last run.

    Every shape and every beginning is weighed as a likelihood ratio against "nothing changed", and they are added up.
    If nothing changed, the sum grows by one a run on average, so an alert where it exceeds r comes once in r runs
    at most, whatever the shapes: nothing needs to be tuned.

    Parameters
    ----------
    residual
        Runs x series, as :meth:`Level.residuals` gives them: the run before those looked at, then these.
    level
        Where the series usually are, learned from older runs only.
    shapes
        What a change may look like.
    ways
        Which way a change of each series is bad: 1 up, -1 down, 0 both.

    References
    ----------
    A. N. Shiryaev (1963). On optimum methods in quickest detection problems. Theory Probab. Appl. 8, 22-46.
    S. W. Roberts (1966). A comparison of some control chart procedures. Technometrics 8, 411-430.

    Examples
    --------
    >>> y = np.array([0.1, 0.0, 0.0, 0.1] * 15 + [0.5, 0.6])[:, None]
    >>> classes = np.zeros(62, dtype=int)
    >>> level = Level.of(y[:-10], classes[:-10], floor=0.01)
    >>> shapes = Shapes(steps=(0.4,), ramps=(), begins=())
    >>> residual = level.residuals(y[-11:], classes[-11:])
    >>> up, down = (float(evidence(residual, level, shapes, np.array([way]))[0]) for way in (1, -1))
    >>> up > 10, down < 3, began(residual, level, shapes, 1)
    (True, True, 2)
    """
    fresh = residual[1:] - level.phi * residual[:-1]
    ratios = [_added(ratio) for ratio, _ in _ratios(fresh, level, shapes, ways)]
    signs = np.where(ways == 0, 2, 1)
    summed: Array = _added(np.array(ratios)) - np.log(signs * len(shapes)).astype(fresh.dtype)
    return summed


def began(residual: Array, level: Level, shapes: Shapes, way: int) -> int:
    """How many runs ago, the last one included, the change of a single series most likely began."""
    fresh = residual[1:] - level.phi * residual[:-1]
    found = np.full(len(fresh) + 1, NEVER)
    for ratio, agos in _ratios(fresh, level, shapes, np.array([way])):
        found[agos] = np.logaddexp(found[agos], ratio[:, 0])
    return int(found.argmax())


def _ratios(fresh: Array, level: Level, shapes: Shapes, ways: Ways) -> Iterator[tuple[Array, list[int]]]:
    """Log likelihood ratios of one shape each, a row a beginning, with how many runs ago each row begins."""
    scaled = fresh / level.sigma
    plain = _density(scaled)
    for sign in (1, -1):
        if (ways == -sign).all():
            continue
        barred = np.where(ways == -sign, NEVER, 0).astype(fresh.dtype)
        at, kept = sign / level.sigma, sign * (1 - level.phi) / level.sigma
        for step in shapes.steps:
            yield _step(scaled, plain, step * at, step * kept) + barred, list(range(len(fresh), 0, -1))
        agos = [ago for ago in shapes.begins if ago <= len(fresh)]
        for ramp in shapes.ramps if agos else ():
            rows = [_ramp(scaled[-ago:], plain[-ago:], ramp * at, ramp * kept) for ago in agos]
            yield np.array(rows) + barred, agos
        jump = _jump(fresh[-1], level) - plain[-1] - T_DENSITY + np.log(level.sigma)
        yield np.where(fresh[-1] * sign > 0, jump + barred, NEVER)[None], [1]


def _step(scaled: Array, plain: Array, at: Array, kept: Array) -> Array:
    """A step that came at each of the runs: its first run shows all of it, later ones what memory does not explain."""
    later = _density(scaled[1:] - kept) - plain[1:]
    ratio = _density(scaled - at) - plain
    ratio[:-1] += np.cumsum(later[::-1], axis=0)[::-1]
    return ratio


def _ramp(scaled: Array, plain: Array, at: Array, kept: Array) -> Array:
    """A ramp that began with the first of some runs."""
    passed = np.arange(len(scaled), dtype=scaled.dtype)[:, None]
    ratio: Array = (_density(scaled - (at + passed * kept)) - plain).sum(axis=0)
    return ratio


def _jump(now: Array, level: Level) -> Array:
    """Density of one run that jumped by anything one way, the far less likely than the near: a half-Cauchy."""
    spread = np.maximum(WIDEST, 5 * level.sigma)
    wide: Array = math.log(2 / math.pi) - np.log(spread) - np.log(1 + (now / spread) ** 2)
    return wide


def _density(scaled: Array) -> Array:
    dense: Array = np.log(1 + scaled * scaled / FREEDOM)  # log1p would not be vectorised
    dense *= -(FREEDOM + 1) / 2
    return dense


def _added(logs: Array) -> Array:
    """Log of the sum of exponentials over the first axis."""
    top = logs.max(axis=0)
    added: Array = top + np.log(np.exp(logs - top).sum(axis=0))
    return added
