"""The values of a run beside those of its reference, as few bins or bars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.pages.findings_document import DistributionDocument
from airflow_mlmonitor.pages.reference_profile import Shown
from airflow_mlmonitor.pages.titles import Place, is_missing
from airflow_mlmonitor.pages.vocabulary import HASH
from airflow_mlmonitor.report.table import printable, shortened

Floats = NDArray[np.float64]

BARS = 4
BINS = 20
"""Steps that the bulk of the values takes; the last one is open."""

SMALLEST = 1e-300
"""Width below which values are not told apart."""

BULK = 0.99
"""Share of the values up to which there are bins: what lies above is in the last one."""

LABEL = 24
"""Characters of a label."""

ROOM = 5
"""Rows that ``nulls_by_segment`` adds to every segment."""

Bars = Sequence[tuple[str, float, float]]
"""Label, share in this run and share in the reference."""


def distribution(
    metric: Metric, place: Place, verdicts: Mapping[tuple[str, str, str], Verdict], rows: Shown
) -> DistributionDocument | None:
    """Show what a finding is about: values as bins, categories as bars, missing values by segment.

    None for the table, for private columns, and where either side has no rows.

    Parameters
    ----------
    metric
        What the finding measured.
    place
        The rows it is about.
    verdicts
        All of the run, by series.
    rows
        The rows of the run and those of the reference.
    """
    now, before = _of_slice(metric, rows)
    name = metric.column or ""
    if name not in now.columns or name not in before.columns:
        return None
    if is_missing(metric):
        return _missing(name, place, verdicts, rows)
    mine, its = now.columns[name], before.columns[name]
    if isinstance(mine, CategoryColumn) and isinstance(its, CategoryColumn):
        if mine.private or its.private:
            return None
        return _bars(_categories(metric, mine, its), "Share of rows", rows.words)
    if (
        isinstance(mine, NumberColumn)
        and isinstance(its, NumberColumn)
        and "time" not in (mine.kind, its.kind)
    ):
        return _bins(name, mine, its, rows.words)
    return None


def _of_slice(metric: Metric, rows: Shown) -> tuple[Profile, Profile]:
    """The rows that a metric is about, where both profiles have that slice; else all."""
    part = metric.slice
    if part in rows.now.slices and part in rows.reference.slices:
        return rows.now.slices[part], rows.reference.slices[part]
    return rows.now, rows.reference


def _missing(
    column: str, place: Place, verdicts: Mapping[tuple[str, str, str], Verdict], rows: Shown
) -> DistributionDocument | None:
    segment = place.column
    if segment and _is_private(rows.now, segment):
        segment = ""
    sliced = [part for part in rows.now.slices if segment and part.startswith(f"{segment}=")]
    bars = [
        (part.partition("=")[2], mine, its)
        for part in sliced
        if part in rows.reference.slices
        if (mine := _null_share(rows.now.slices[part], column)) is not None
        if (its := _null_share(rows.reference.slices[part], column)) is not None
    ]
    if bars:
        return _bars(_most_changed(bars), f"By {segment}", rows.words)
    mine, its = _null_share(rows.now, column), _null_share(rows.reference, column)
    if mine is None or its is None:
        return None
    part = _worst(column, segment, verdicts, rows.now) if segment else None
    if part is None:
        return _bars([(f"without {column}", mine, its)], "Share of rows", rows.words)
    inside, outside = part
    # The reference does not say how its missing values were spread.
    both = [(place.value, inside, its), ("all others", outside, its)]
    return _bars(both, f"By {segment}", f"{rows.words}, all rows")


def _worst(
    column: str, segment: str, verdicts: Mapping[tuple[str, str, str], Verdict], now: Profile
) -> tuple[float, float] | None:
    """Share of missing values where most is missing, and everywhere else, as the run's metrics know it."""
    known = verdicts.get(("nulls_by_segment", column, f"{segment}=*"))
    nulls, rows = now.columns[column].nulls, now.rows
    if known is None or known.metric.value is None or not 0 < known.metric.n < rows:
        return None
    missing = min(round(known.metric.value * (known.metric.n + ROOM)), known.metric.n)
    others = max(nulls - missing, 0) / (rows - known.metric.n)
    return missing / known.metric.n, min(others, 1.0)


def _null_share(profile: Profile, column: str) -> float | None:
    known = profile.columns.get(column)
    return known.null_share if known else None


def _is_private(profile: Profile, column: str) -> bool:
    known = profile.columns.get(column)
    return isinstance(known, CategoryColumn) and known.private


def _categories(metric: Metric, mine: CategoryColumn, its: CategoryColumn) -> Bars:
    """The values whose share changed most, and the one that the metric is about, if it is about one."""
    if not mine.count or not its.count:
        return []
    bars = [
        (value, mine.counts.get(value, 0) / mine.count, its.counts.get(value, 0) / its.count)
        for value in {**mine.counts, **its.counts}
    ]
    _, is_share, about = metric.name.partition("share:")
    return _most_changed(bars, about if is_share else None)


def _most_changed(bars: Iterable[tuple[str, float, float]], first: str | None = None) -> Bars:
    ranked = sorted(bars, key=lambda bar: (bar[0] != first, -abs(bar[1] - bar[2]), -bar[1], bar[0]))
    return ranked[:BARS]


def _bars(bars: Bars, title: str, words: str) -> DistributionDocument | None:
    if not bars:
        return None
    return {
        "kind": "bars",
        "title": printable(title),
        "labels": [_label(label) for label, _, _ in bars],
        "current": [round(mine, 6) for _, mine, _ in bars],
        "reference": [round(its, 6) for _, _, its in bars],
        "reference_words": words,
    }


def _label(value: str) -> str:
    return "…" if HASH.fullmatch(value) else shortened(value, LABEL) if value.strip() else "(empty)"


def _bins(name: str, mine: NumberColumn, its: NumberColumn, words: str) -> DistributionDocument | None:
    edges = _edges(mine, its)
    if edges is None:
        return None
    return {
        "kind": "bins",
        "title": f"Values of {printable(name)}",
        "edges": edges.tolist(),
        "current": _shares(mine, edges),
        "reference": _shares(its, edges),
        "reference_words": words,
    }


def _edges(mine: NumberColumn, its: NumberColumn) -> Floats | None:
    """Edges at round numbers, from the smallest value to where nearly all of both are below."""
    lows = [value for column in (mine, its) if (value := column.quantile(1 - BULK)) is not None]
    highs = [value for column in (mine, its) if (value := column.quantile(BULK)) is not None]
    if len(lows) < 2 or len(highs) < 2:
        return None
    low, high = min(lows), max(highs)
    smallest = min((value for value in (mine.min, its.min) if value is not None), default=low)
    if smallest >= 0 and low <= (high - low):  # from 0, where that is near
        low = 0.0
    width = high - low
    if not math.isfinite(width) or max(abs(low), abs(high)) > 1e300:
        return None
    if width <= max(abs(high) * 1e-12, SMALLEST):
        low, width = low - 0.5, 1.0
    step = _round_step(width / BINS)
    first = math.floor(low / step)
    count = max(math.ceil((low + width) / step) - first, 1)
    digits = max(0, 2 - math.floor(math.log10(step)))
    edges = np.array([round((first + place) * step, min(digits, 300)) for place in range(count + 1)])
    return edges if bool(np.all(np.diff(edges) > 0)) else None


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is no less.

    >>> _round_step(0.013), _round_step(3.2)
    (0.02, 5.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(part * power for part in (1.0, 2.0, 2.5, 5.0, 10.0) if part * power >= least * (1 - 1e-9))


def _shares(column: NumberColumn, edges: Floats) -> list[float]:
    """Share of the values in each bin; what lies outside is in the first or the last one."""
    inside = np.clip(column.sketch.x, edges[0], edges[-1])
    weights, _ = np.histogram(inside, bins=edges, weights=column.sketch.w)
    total = float(column.sketch.w.sum())
    return [round(float(weight) / total, 6) for weight in weights] if total else [0.0] * len(weights)
