"""Ways in which numbers of serving follow from those of training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.parity.pattern import Pattern

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

UNITS = {
    1000.0: "as between a unit and a thousand of it",
    100.0: "as between a share and percent",
    60.0: "as between minutes and seconds, or hours and minutes",
    3600.0: "as between hours and seconds",
    24.0: "as between days and hours",
    86400.0: "as between days and seconds",
    1.609344: "as between miles and kilometres",
    0.3048: "as between feet and metres",
    2.54: "as between inches and centimetres",
    25.4: "as between inches and millimetres",
    0.45359237: "as between pounds and kilograms",
    1.852: "as between knots and kilometres an hour",
    3.6: "as between metres a second and kilometres an hour",
    3.785411784: "as between gallons and litres",
}
"""Factors between units that people use, in either direction."""

CIRCLES = (24.0, 60.0, 1440.0, 86400.0, 360.0, 7.0, 12.0)
"""Where numbers begin again: hours of a day, minutes of an hour or a day, seconds, degrees, weekdays, months."""

GRIDS = {-1: "tens", -2: "hundreds", -3: "thousands", 0: "whole numbers", 1: "1 decimal"}

FEW = 3
"""Different values that rounding or a line needs at least: any line goes through two points."""


def number_patterns(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    """Try what turns numbers into others, the simplest first.

    Examples
    --------
    >>> fares = np.array([3.14, 2.72, 1.41, 1.73, 2.24, 9.81])
    >>> [pattern.words for pattern in number_patterns(fares, fares * 1.609344)]
    ['serving = training x 1.60934 (as between miles and kilometres)']
    """
    tried = (_offset, _circle, _factor, _rounding, _line)
    found = (pattern for way in tried for pattern in way(training, serving))
    yield from (pattern for pattern in found if pattern.holds > 1)


def near(one: Numbers, other: Numbers) -> Truths:
    """Whether numbers are the same but for what arithmetic loses."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.abs(one - other) <= 1e-9 + 2e-6 * np.maximum(np.abs(one), np.abs(other))


def spoken(value: float) -> str:
    """A number with as many digits as tell something.

    >>> spoken(1.609344), spoken(12000.0), spoken(5.0)
    ('1.60934', '12,000', '5')
    """
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.6g}"


def _pattern(words: str, holds: Truths) -> Pattern:
    return Pattern(words=words, holds=int(holds.sum()), rows=holds.size)


def _commonest(values: Numbers) -> float:
    """The value that comes most often, but for what arithmetic loses."""
    kept = values[np.isfinite(values)]
    if not kept.size:
        return np.nan
    scale = 10.0 ** (5 - np.floor(np.log10(max(float(np.median(np.abs(kept))), 1e-12))))
    grid, counts = np.unique(np.round(kept * scale), return_counts=True)
    alike = kept[np.round(kept * scale) == grid[np.argmax(counts)]]
    return float(np.median(alike))


def _offset(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    away = _commonest(serving - training)
    if np.isfinite(away) and away:
        yield _pattern(f"serving = training {_signed(away)}", near(serving, training + away))


def _circle(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    lowest = min(training.min(), serving.min())
    highest = max(training.max(), serving.max())
    differences = serving - training
    for size in CIRCLES:
        if lowest < 0 or highest > size or (differences > 0).all() or (differences < 0).all():
            continue
        away = _commonest(np.mod(differences, size))
        away = away - size if away > size / 2 else away
        turned = near(np.mod(differences, size), np.full_like(differences, away % size))
        if away and np.unique(training).size >= FEW:
            yield _pattern(f"serving = training {_signed(away)}, modulo {size:,.0f}", turned)


def _factor(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = _commonest(serving / training)
    if not np.isfinite(factor) or factor in (0.0, 1.0):
        return
    holds = near(serving, training * factor)
    if np.unique(training[holds]).size < 2:
        return
    if abs(factor + 1) < 1e-6:
        words = "serving = - training"
    elif abs(factor) < 1 and abs(1 / factor - round(1 / factor)) < 1e-6 / abs(factor):
        words = f"serving = training / {spoken(round(1 / factor))}"
    else:
        words = f"serving = training x {spoken(factor)}"
    unit = next((said for known, said in UNITS.items() if _is_unit(factor, known)), "")
    yield _pattern(f"{words} ({unit})" if unit else words, holds)


def _is_unit(factor: float, known: float) -> bool:
    return min(abs(factor / known - 1), abs(factor * known - 1)) < 1e-4


def _rounding(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    if np.unique(serving).size < FEW:
        return
    for digits in range(6, -4, -1):
        grid = 10.0**-digits
        on_grid = near(serving / grid, np.round(serving / grid))
        away = np.abs(serving - training) / grid
        rounded = on_grid & (away <= 0.5 + 1e-6)
        cut = on_grid & (away < 1) & (np.abs(serving) <= np.abs(training))
        unit = GRIDS.get(digits, f"{digits} decimals")
        if rounded.mean() >= 0.9:
            yield _pattern(f"serving = training rounded to {unit}", rounded)
            return
        if cut.mean() >= 0.9:
            yield _pattern(f"serving = training cut to {unit}", cut)
            return


def _line(training: Numbers, serving: Numbers) -> Iterator[Pattern]:
    """A factor and an offset at once, from the slopes between rows that are far apart."""
    order = np.argsort(training)
    half = order.size // 2
    low, high = order[:half], order[-half:] if half else order[:0]
    apart = training[high] > training[low]
    if np.unique(training).size <= FEW or not apart.any():
        return
    slopes = (serving[high] - serving[low])[apart] / (training[high] - training[low])[apart]
    slope = _commonest(slopes)
    start = _commonest(serving - slope * training)
    if not np.isfinite(start) or not slope or abs(slope - 1) < 1e-6 or abs(start) < 1e-9:
        return
    degrees = {1.8: "as from Celsius to Fahrenheit", 1 / 1.8: "as from Fahrenheit to Celsius"}
    unit = next((said for known, said in degrees.items() if abs(slope / known - 1) < 1e-3), "")
    words = f"serving = training x {spoken(round(slope, 6))} {_signed(round(start, 6))}"
    yield _pattern(f"{words} ({unit})" if unit else words, near(serving, slope * training + start))


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '-'} {spoken(abs(value))}"
