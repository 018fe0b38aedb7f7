"""How unusual a run is while a monitor is young: what other monitors usually show stands in for a past of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.deviation import LOST, directed, floor
from airflow_mlmonitor.judging.learned.findings import Ranges
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array, mean, median
from airflow_mlmonitor.judging.learned.references import references
from airflow_mlmonitor.judging.learned.sample import Sample
from airflow_mlmonitor.judging.learned.threshold import Budget
from airflow_mlmonitor.judging.learned.transform import restored, transformed

FEWEST = 3
"""Earlier runs from which on a run is judged at all; before, only hard things count."""

BELIEF = 4
"""Runs that the usual spread of other monitors is worth."""

USUAL_SPREAD = {
    "null_share": 0.07,
    "mean": 0.3,
    "p05": 0.3,
    "p25": 0.3,
    "p50": 0.3,
    "p75": 0.3,
    "p95": 0.3,
    "min": 0.4,
    "max": 0.4,
    "sd": 0.3,
    "distinct": 0.2,
    "entropy": 0.03,
    "mean_length": 0.03,
}
"""Name of a metric to how much it usually varies from run to run, transformed."""

USUAL_OF_SCALE = {"share": 0.05, "location": 0.2, "log": 0.3, "distance": 0.4, "count": 0.1}
"""The same for metrics of other names."""

AGES = (4, 7, 14)
"""Earlier runs up to which a monitor is of the first, second and third age; older ones are of the last."""

UNUSUAL = {
    "share": (10.0, 8.0, 6.5, 4.0),
    "location": (8.0, 6.5, 5.0, 3.6),
    "log": (15.0, 12.0, 8.0, 4.0),
    "distance": (8.0, 6.5, 5.0, 3.6),
    "count": (6.0, 5.0, 4.0, 3.0),
}
"""Scale to the deviation that three in a thousand of its metrics show though nothing is wrong, by age."""

LINES = ((2.5, 0.7), (2.8, 1.0), (2.9, 1.0), (1.9, 0.8))
"""By age: the line that three runs in a hundred are over, and how much higher the line for a tenth of them is."""


@dataclass(frozen=True, kw_only=True)
class ColdScore:
    """How unusual each metric of a run is while there are too few earlier runs to calibrate anything.

    A Student-like deviation: the spread seen so far, joined with the spread that such metrics usually have.

    Parameters
    ----------
    expected, scale
        On the metric's transformed scale; NaN where nothing is expected.
    z
        Deviations in the bad direction.
    unusual
        Deviation that would be unusual, for metrics of this scale in a monitor of this age.
    age
        Place among the ages.
    centre, unit
        What is usual for the metric's size.
    """

    sample: Sample
    expected: Array
    scale: Array
    z: Array
    unusual: Array
    age: int
    centre: Array
    unit: Array

    @classmethod
    def of(cls, sample: Sample, past: Past, window: Window, min_effect: float) -> Self:
        """Score a run."""
        values = past.table("values", "keys", sample.keys)
        centre, unit = references(sample, values, past.latest("refs", "keys", sample.keys, height=2))
        x = transformed(values, sample.kinds, centre, unit)
        now = transformed(sample.values, sample.kinds, centre, unit)
        alike = _alike(x, past, window)
        count = np.sum(~np.isnan(x), axis=-1)
        expected = mean(alike) if len(past) <= FEWEST else median(alike)
        usual = np.array([_usual(metric) for metric in sample.metrics])
        seen = np.nansum((x - mean(x)[:, None]) ** 2, axis=-1)
        spread = (BELIEF * usual**2 + seen) / (BELIEF - 1 + count)
        scale = np.sqrt(floor(sample, unit, min_effect) ** 2 + spread) * np.sqrt(1 + 1 / np.maximum(count, 1))
        z = directed((now - expected) / scale, sample.ways)
        z[np.isnan(sample.values) & (count == len(past)) & (len(past) > AGES[1])] = LOST
        age = int(np.searchsorted(AGES, len(past)))
        unusual = np.array([UNUSUAL[metric.scale][age] for metric in sample.metrics])
        return cls(
            sample=sample,
            expected=expected,
            scale=scale,
            z=z,
            unusual=unusual,
            age=age,
            centre=centre,
            unit=unit,
        )

    @property
    def ratios(self) -> Array:
        """Deviations by what would be unusual; 0 where nothing can be said."""
        return np.nan_to_num(self.z / self.unusual)

    def ranges(self) -> Ranges:
        """Return the range in which each metric would not be unusual, in its own unit."""
        reach = self.unusual * self.scale
        lower, upper, expected = (
            restored(end, self.sample.kinds, self.centre, self.unit)
            for end in (self.expected - reach, self.expected + reach, self.expected)
        )
        return Ranges(lower=lower, upper=upper, expected=expected)

    def line(self, budget: Budget) -> float:
        """Return the line for the share of runs that may be over it."""
        at_three, decade = LINES[self.age]
        return at_three + decade * math.log10(0.03 / budget.share)


def _usual(metric: Metric) -> float:
    return USUAL_SPREAD.get(metric.name, USUAL_OF_SCALE[metric.scale])


def _alike(x: Array, past: Past, window: Window) -> Array:
    """The earlier runs of the same part of the week, where there are two of them."""
    weekend = _is_weekend(window)
    same = [place for place, earlier in enumerate(past.windows) if _is_weekend(earlier) == weekend]
    return x[:, same] if len(same) >= 2 else x


def _is_weekend(window: Window) -> bool:
    return (window.start + window.span / 2).weekday() >= 5
