"""How far each metric of a run is from what was expected of it, in the scales of its own past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.calendar_classes import calendar_class, season
from airflow_mlmonitor.judging.learned.expectation import (
    CYCLES,
    PREDICTORS,
    RECENT,
    SERVED,
    choice,
    predictions,
)
from airflow_mlmonitor.judging.learned.findings import Ranges
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array, median, quantile
from airflow_mlmonitor.judging.learned.references import references
from airflow_mlmonitor.judging.learned.sample import Places, Sample
from airflow_mlmonitor.judging.learned.trace import Packed
from airflow_mlmonitor.judging.learned.transform import (
    COUNT,
    DISTANCE,
    LOCATION,
    SHARE,
    restored,
    transformed,
)

LOST = 8.0
"""Deviation of a metric that is undefined now and was defined in most of the last 28 runs."""

MOSTLY = 0.8

WARM, SETTLED = 2, 9
"""Seasons at the beginning in which a season is not known yet, and after how many they may be left out."""

CLUMSY = 3.0
"""How many times as far off as later on a metric's expectation must have been in them."""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """How far each metric of a run is from what was expected, and how far it was in earlier runs.

    Parameters
    ----------
    expected
        On the metric's transformed scale; NaN where nothing is expected.
    scale
        What one unit of ``z`` is, on the same scale.
    z
        Deviation of the run under test in the direction that is bad; NaN where it is undefined.
    earlier
        Deviations of the earlier runs from what was expected of them, one column a run.
    residuals
        Of the four predictors, for later runs to learn from.
    ceiling
        Score of each metric, in powers of ten, that it cannot exceed; no end for most.
    centre, unit
        What is usual for the metric's size.
    """

    sample: Sample
    expected: Array
    scale: Array
    z: Array
    earlier: Array
    residuals: Array
    ceiling: Array
    centre: Array
    unit: Array

    @classmethod
    def of(
        cls,
        sample: Sample,
        past: Past,
        window: Window,
        *,
        seasonality: str = "weekday",
        min_effect: float = 0.03,
    ) -> Self:
        """Hold a run against its past."""
        values = past.table("values", "keys", sample.keys)
        muted = past.muted(sample.group_keys)[sample.groups]
        surprised = past.surprised(sample.group_keys)[sample.groups]
        values = without(values, muted)
        kept = past.latest("refs", "keys", sample.keys, height=2)
        centre, unit = references(sample, values, kept)
        length = season(window, seasonality)
        recent = CYCLES * max(length, 7) + max(length, 7)
        near = past.windows[-recent:]
        outdated = past.outdated(sample.group_keys)[sample.groups]
        current = without(values[:, -recent:], outdated[:, -recent:])
        x = transformed(current, sample.kinds, centre, unit)
        now = transformed(sample.values, sample.kinds, centre, unit)
        classes = [calendar_class(window, seasonality) for window in near]
        guesses = predictions(x, classes, calendar_class(window, seasonality), length)
        chosen, own = _served(sample, past, muted | surprised)
        own = _grown(own, max(length, 7))
        rows = np.arange(len(sample))
        spread = 1.4826 * median(np.abs(own))
        runs = np.maximum(np.sum(~np.isnan(own), axis=-1), 1)
        # The smallest step there is tells nothing: the median of small counts is 2 for months, and 3 one day.
        floors = np.maximum(floor(sample, unit, min_effect), np.arcsinh(sample.steps / unit))
        scale = np.sqrt(np.nan_to_num(spread) ** 2 + floors**2) * (1 + 4 / runs)
        left = now - guesses
        z = directed(left[chosen, rows] / scale, sample.ways)
        lost = _lost(sample, x)
        z[lost] = LOST
        ceiling = np.full(len(sample), np.inf)
        ceiling[lost] = _rarity(values[lost], muted[lost])
        return cls(
            sample=sample,
            expected=guesses[chosen, rows],
            scale=scale,
            z=z,
            earlier=_earlier(directed(own / scale[:, None].astype(np.float32), sample.ways), values, muted),
            residuals=left.astype(np.float32),
            ceiling=ceiling,
            centre=centre,
            unit=unit,
        )

    def parts(self) -> dict[str, Packed]:
        """What later runs want to find of this one."""
        return {
            "keys": self.sample.keys,
            "values": self.sample.values,
            "refs": np.stack([self.centre, self.unit]).astype(np.float32),
            "resids": self.residuals,
        }

    def ranges(self, reach: Array) -> Ranges:
        """Return the range of each metric that is so many scales wide, in its own unit."""
        lower, upper, expected = (
            restored(end, self.sample.kinds, self.centre, self.unit)
            for end in (self.expected - reach * self.scale, self.expected + reach * self.scale, self.expected)
        )
        return Ranges(lower=lower, upper=upper, expected=expected)


def floor(sample: Sample, unit: Array, min_effect: float) -> Array:
    """Smallest scale believed: what the number of rows alone makes vary, and what nobody would care about.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> mean = Metric(name="mean", value=1.0, column="fare", n=10_000)
    >>> floor(Sample.of([mean]), np.array([1.0]), 0.03).tolist()
    [0.03]
    """
    sampling = np.where(sample.rows > 0, 1 / np.sqrt(np.maximum(sample.rows, 1.0)), 0.0)
    return np.select(
        [sample.kinds == SHARE, sample.kinds == LOCATION, sample.kinds == DISTANCE, sample.kinds == COUNT],
        [
            np.maximum(sampling, min_effect / 3),
            np.maximum(sampling, min_effect),
            5 * min_effect,
            np.maximum(0.5 / np.sqrt(np.maximum(unit, 1.0)), min_effect),
        ],
        min_effect,
    )


def directed(z: Array, ways: NDArray[np.int8]) -> Array:
    """Deviations in the bad direction only: those the harmless way become 0.

    >>> directed(np.array([-2.0, -2.0, -2.0]), np.array([0, 1, -1])).tolist()
    [2.0, 0.0, 2.0]
    """
    out = np.abs(z)
    for way in (1, -1):
        rows = ways == way
        out[rows] = np.maximum(way * z[rows], 0.0)
    return out


def _earlier(z: Array, values: Array, muted: NDArray[np.bool_]) -> Array:
    """Earlier deviations, of what was defined.

    What is muted counts as another deviation as far out as the farthest of the others, and no farther: if it was
    natural, the like has been seen; if not, it has not moved the tail that caught it.
    """
    return limited(without(z, np.isnan(values)), muted)


def _rarity(values: Array, muted: NDArray[np.bool_]) -> Array:
    """How unusual it is, in powers of ten, that metrics that had been defined are not; no end where it never was so."""
    undefined = np.isnan(values)
    known = np.maximum.accumulate(~undefined, axis=-1)
    lost = np.sum(undefined & known & ~muted, axis=-1)
    runs = np.sum(known, axis=-1)
    return np.where(lost > 0, np.log10((runs + 1) / (lost + 1)), np.inf)


def limited(numbers: Array, where: NDArray[np.bool_]) -> Array:
    """Put the largest other number of its row in some places.

    >>> limited(np.array([[1.0, 9.0, 3.0]]), np.array([[False, True, False]]))
    array([[1., 3., 3.]])
    """
    rows = np.flatnonzero(where.any(axis=-1))
    if not rows.size:
        return numbers
    some, there = numbers[rows], where[rows]
    highest = np.fmax.reduce(np.where(there, np.nan, some), axis=-1, initial=0.0)
    numbers = numbers.copy()
    numbers[rows] = np.where(there, highest[:, None].astype(numbers.dtype), some)
    return numbers


def without(numbers: Array, where: NDArray[np.bool_]) -> Array:
    """Put NaN in some places; the same numbers where there are none.

    >>> without(np.array([[1.0, 9.0, 3.0]]), np.array([[False, True, False]]))
    array([[ 1., nan,  3.]])
    """
    return np.where(where, numbers.dtype.type(np.nan), numbers) if where.any() else numbers


def _served(sample: Sample, past: Past, untold: NDArray[np.bool_]) -> tuple[Places, Array]:
    """Which predictor served each metric best, and what that one left of each earlier run, a column a run.

    Only the chosen predictor's residuals are looked at further back than predictors are compared.
    """
    lately = past.sheets("resids", "keys", sample.keys, height=PREDICTORS, newest=SERVED)
    lately = np.ascontiguousarray(np.moveaxis(lately, 0, -1))
    chosen = choice(without(lately, untold[:, -SERVED:]))
    own = past.sheets("resids", "keys", sample.keys, height=PREDICTORS, rows=chosen)
    return chosen, without(np.ascontiguousarray(own.T), untold)


def _grown(own: Array, season: int) -> Array:
    """What was left of earlier runs, without the first weeks of metrics whose season nobody could know then."""
    if own.shape[1] < SETTLED * season:
        return own
    first, later = np.abs(own[:, : WARM * season]), np.abs(own[:, WARM * season :])
    clumsy = np.nan_to_num(quantile(first, 0.75)) > CLUMSY * np.nan_to_num(quantile(later, 0.75))
    own[clumsy, : WARM * season] = np.nan
    return own


def _lost(sample: Sample, x: Array) -> Array:
    recent = x[:, -RECENT:]
    if not recent.shape[1]:
        return np.zeros(len(sample), np.bool_)
    there = np.mean(~np.isnan(recent), axis=-1)
    lost: Array = np.isnan(sample.values) & (there >= MOSTLY) & (recent.shape[1] >= RECENT // 2)
    return lost
