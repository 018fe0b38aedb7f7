"""One operational series, such as latency or memory: whether it has changed, by jump, step or leak."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from airflow_mlmonitor.judging.learned.change import Shapes, began, evidence
from airflow_mlmonitor.judging.learned.level import FREEDOM, Array, Labels, Level, rebased

SHAPES = Shapes(steps=(0.16, 0.4, 0.8, 1.6, 3.2), ramps=(0.006, 0.02), begins=(8, 14, 21, 30, 45, 60))
"""What a change may look like, in logarithms: steps of 17 % to 25-fold, leaks of .6 and of 2 % a run."""

FEWEST = 10
"""Runs below which nothing is said."""

LEARNED = 10
"""Runs of a baseline from which on changes are looked for; below that only at the last run."""

SHORTEST, LONGEST = 14, 60
"""Newest runs that are never in the baseline, so that a leak cannot teach it."""

FLOOR = 0.01
"""Spread of one percent: no series is believed to be steadier."""

CONFORMAL = 60
"""Runs from which on a series' own scores help to draw its line, and below which single runs are judged as well."""

TAIL = 0.25
"""Share of a series' own scores that are the tail which draws its line."""

HIGHEST = 2.0
"""Scores above so many times the bound were no false alarms, and count no more than that."""

RAISE = 0.05
"""What is added to a series in which zeros occur, in medians."""


@dataclass(frozen=True, kw_only=True)
class Operational:
    """One operational series as of its last run.

    Parameters
    ----------
    score
        Log of the evidence that it has changed.
    line
        What the score must exceed.
    deviation
        How far the last run alone is out, in spreads, the bad way.
    furthest
        How far it may be out where one run alone is judged as well; infinite where it is not.
    usual, lower, upper
        What the last run was expected to be, and the range of single runs.
    began
        How many runs ago, the last one included, the change most likely began.
    times
        How many times the usual the runs since then are; NaN where negative numbers occur.
    runs
        How many runs were seen before it.
    """

    score: float
    line: float
    deviation: float
    furthest: float
    usual: float
    lower: float
    upper: float
    began: int
    times: float
    runs: int

    @property
    def severity(self) -> float:
        """How unusual the series is; 1 is just on the line."""
        return max(self.score / self.line, self.deviation / self.furthest, 0.0)

    @property
    def is_grave(self) -> bool:
        """Whether it would be over the line that a tenth of the share would draw."""
        return self.score > self.line + math.log(10) or self.deviation > self.furthest * 10 ** (1 / FREEDOM)

    @classmethod
    def of(
        cls,
        values: Array,
        classes: Labels,
        way: int,
        share: float,
        *,
        earlier: Array | None = None,
        accepted: NDArray[np.bool_] | None = None,
        hourly: bool = False,
    ) -> Self | None:
        """Judge the last value of a series.

        Parameters
        ----------
        values
            Oldest first, the one under test last; NaN where a run has none.
        classes
            The calendar class of each run, such as its weekday.
        way
            Which way is bad: 1 up, -1 down, 0 both.
        share
            Of the runs, how many may alert though nothing changed.
        earlier
            Scores of earlier runs as of their days; NaN where there was none.
        accepted
            Which runs a person accepted as the new normal.
        hourly
            Whether there are several runs a day: then a single run may always be out by itself.

        Returns
        -------
        Operational or None
            None where the last value is missing, or fewer than 10 earlier ones are there.

        Examples
        --------
        >>> daily = np.array([100.0, 104, 97, 101, 99, 103, 98] * 6)
        >>> weekdays = np.arange(44) % 7
        >>> usual = Operational.of(np.append(daily, [101, 99]), weekdays, 1, 1 / 60)
        >>> slow = Operational.of(np.append(daily, [150, 160]), weekdays, 1, 1 / 60)
        >>> usual.severity < 1, slow.severity > 1, slow.began
        (True, True, 2)
        """
        there = np.isfinite(values)
        if not there[-1] or there.sum() <= FEWEST:
            return None
        y, scale = _logged(values[there])
        y = y[:, None]
        if accepted is not None:
            y = rebased(y, accepted[there])
        return cls._judged(y, classes[there], way, share, scale, hourly, earlier)

    @classmethod
    def _judged(
        cls,
        y: Array,
        classes: Labels,
        way: int,
        share: float,
        scale: _Scale,
        hourly: bool,
        earlier: Array | None,
    ) -> Self:
        recent = Level.of(y[:-1], classes[:-1], FLOOR)
        alone = hourly or len(y) <= CONFORMAL
        share = share / 2 if alone else share
        far = float(stdtrit(FREEDOM, 1 - share / (1 if way else 2)))
        spread = float(recent.scale[0]) * math.sqrt(1 + 1 / recent.runs)
        out = float(recent.residuals(y[-1:], classes[-1:])[0, 0])
        score, ago, change = -math.inf, 1, out
        looked = recently(y, classes)
        if looked is not None:
            level, residual = looked
            score = float(evidence(residual, level, SHAPES, np.array([way]))[0])
            ago = began(residual, level, SHAPES, way)
            change = float(residual[-ago:].mean())
            usual = float(y[-1, 0] - residual[-1, 0])
        else:
            usual = float(y[-1, 0]) - out
        return cls(
            score=score,
            line=drawn(share, earlier),
            deviation=(way * out if way else abs(out)) / spread,
            furthest=far if alone else math.inf,
            usual=scale.back(usual),
            lower=scale.back(usual - far * spread) if way <= 0 else -math.inf,
            upper=scale.back(usual + far * spread) if way >= 0 else math.inf,
            began=ago,
            times=math.nan if scale.signed else math.exp(min(change, 700.0)),
            runs=len(y) - 1,
        )


def recently(y: Array, classes: Labels) -> tuple[Level, Array] | None:
    """The level of some series as of long enough ago, and how far they have been from it since; None if too young.

    Parameters
    ----------
    y
        Logarithms, runs x series, without gaps, the run under test last.
    classes
        The calendar class of each run.
    """
    lag = min(LONGEST, max(SHORTEST, len(y) // 3))
    if len(y) - lag < LEARNED:
        return None
    level = Level.of(y[:-lag], classes[:-lag], FLOOR)
    return level, level.residuals(y[-lag - 1 :], classes[-lag - 1 :])


def drawn(share: float, earlier: Array | None) -> float:
    """The line: a bound that holds whatever the shapes, and with 60 scores of its own at least what those ask for.

    >>> round(drawn(1 / 60, None), 2), drawn(1 / 60, np.zeros(60)) == drawn(1 / 60, None)
    (4.09, True)
    """
    bound = math.log(1 / share)
    known = earlier[np.isfinite(earlier)] if earlier is not None else np.empty(0)
    if len(known) < CONFORMAL:
        return bound
    known = np.sort(np.minimum(known, HIGHEST * bound))
    start = float(np.quantile(known, 1 - TAIL))
    excess = np.maximum(known - start, 0)
    spread = (float(excess.sum()) + 3) / (int(np.count_nonzero(excess)) + 6)
    rank = math.floor(share * (len(known) + 1))
    ranked = float(known[-rank]) if rank else bound
    return max(bound, start + spread * math.log(TAIL / share), ranked)


@dataclass(frozen=True)
class _Scale:
    """The logarithm, raised a little where there are zeros; where there are negative numbers, something like it."""

    unit: float
    raised: float
    signed: bool

    def there(self, values: Array) -> Array:
        y: Array = np.arcsinh(values / self.unit) if self.signed else np.log(values + self.raised)
        return y

    def back(self, y: float) -> float:
        y = min(max(y, -700.0), 700.0)
        return self.unit * math.sinh(y) if self.signed else max(math.exp(y) - self.raised, 0.0)


def _logged(values: Array) -> tuple[Array, _Scale]:
    sizes = np.abs(values[:-1])
    unit = float(np.median(sizes)) or float(np.median(sizes[sizes > 0])) if sizes.any() else 1.0
    scale = _Scale(unit, RAISE * unit if (values == 0).any() else 0.0, bool((values < 0).any()))
    return scale.there(values), scale
