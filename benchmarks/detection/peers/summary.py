"""What the peers look at: statistics of each column of a day, and its distances from training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, kolmogorov

Floats = NDArray[np.float64]

IDENTIFIER = 200
"""Names that a column may have in training; with more it names rows, and peers are spared it."""

BINS = 10
"""Quantile bins of PSI."""


@dataclass(frozen=True)
class Summary:
    """One day as the peers see it.

    Parameters
    ----------
    rows
        Number of rows.
    columns
        Column to its statistics and distances by name; those that are not defined are left out.
    """

    rows: int
    columns: dict[str, dict[str, float]]


@dataclass(frozen=True)
class NumberReference:
    """A number column of training: its sorted values, and histograms of them."""

    values: Floats
    quantiles: tuple[Floats, Floats]
    doane: tuple[Floats, Floats]
    grid: Floats
    spread: float
    few: bool
    """Whether it has at most five values, which Evidently then takes for categories."""

    @classmethod
    def of(cls, column: pd.Series) -> NumberReference:
        values = np.sort(column.dropna().to_numpy(dtype=float))
        quantiles = np.unique(np.quantile(values, np.arange(1, BINS) / BINS))
        doane = np.histogram_bin_edges(values, bins="doane")
        return cls(
            values=values,
            quantiles=(quantiles, _binned(values, quantiles)),
            doane=(doane, _inside(values, doane)),
            grid=_quantiles(values),
            spread=float(values.std()),
            few=len(np.unique(values)) <= 5,
        )

    def compare(self, now: Floats) -> dict[str, float]:
        """Distances of a day's sorted values from training."""
        distance = _ks(self.values, now)
        effective = len(self.values) * len(now) / (len(self.values) + len(now))
        wasserstein = float(np.abs(_quantiles(now) - self.grid).mean())
        quantiles, expected = self.quantiles
        doane, usual = self.doane
        found = {
            "p": float(kolmogorov(np.sqrt(effective) * distance)),
            "psi": _psi(expected, _binned(now, quantiles)),
            "js": _js(usual, _inside(now, doane)),
        }
        if self.few:
            values = np.unique(np.concatenate([self.values, now]))
            middle = (values[1:] + values[:-1]) / 2
            return found | {"evidently": _js(_binned(self.values, middle), _binned(now, middle))}
        return found | {"evidently": wasserstein / max(self.spread, 0.001)}


@dataclass(frozen=True)
class NameReference:
    """A column of names in training: how often each came."""

    counts: dict[str, int]

    @classmethod
    def of(cls, column: pd.Series) -> NameReference:
        return cls({str(name): int(count) for name, count in column.value_counts().items()})

    def compare(self, now: dict[str, int]) -> dict[str, float]:
        """Distances of a day's counts from training."""
        known = list(self.counts | now)
        then, today = (
            np.array([counts.get(name, 0) for name in known], float) for counts in (self.counts, now)
        )
        distance = _js(then, today)
        return {
            "p": _chi_square(then, today),
            "psi": _psi(then, today),
            "js": distance,
            "evidently": distance,
        }


@dataclass(frozen=True)
class Reference:
    """Training, as the peers compare a day with it."""

    columns: dict[str, NumberReference | NameReference] = field(default_factory=dict)

    @classmethod
    def of(cls, training: pd.DataFrame) -> Reference:
        columns: dict[str, NumberReference | NameReference] = {}
        for name in training:
            there = training[name].dropna()
            if not len(there):
                continue
            if there.dtype == float:
                columns[str(name)] = NumberReference.of(there)
            elif there.nunique() <= IDENTIFIER:
                columns[str(name)] = NameReference.of(there)
        return cls(columns)

    def summarise(self, rows: pd.DataFrame) -> Summary:
        """Summarise a day; columns that training does not have are left out."""
        columns = {
            name: _of_numbers(rows[name], before)
            if isinstance(before, NumberReference)
            else _of_names(rows[name], before)
            for name, before in self.columns.items()
            if name in rows
        }
        return Summary(len(rows), columns)


def _of_numbers(column: pd.Series, before: NumberReference) -> dict[str, float]:
    values = np.sort(column.to_numpy(dtype=float))
    values = values[~np.isnan(values)]
    coverage = {"coverage": len(values) / max(len(column), 1)}
    if not len(values):
        return coverage
    counts = np.diff(np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1], [True]])))
    statistics = {
        "mean": float(values.mean()),
        "sd": float(values.std()),
        "min": float(values[0]),
        "max": float(values[-1]),
        "p50": float(values[len(values) // 2]),
        "p95": float(values[int(0.95 * len(values))]),
        "distinct": float(len(counts)),
        "top": float(counts.max() / len(values)),
    }
    return coverage | statistics | before.compare(values)


def _of_names(column: pd.Series, before: NameReference) -> dict[str, float]:
    counts = {str(name): int(count) for name, count in column.value_counts().items()}
    there = sum(counts.values())
    coverage = {"coverage": there / max(len(column), 1)}
    if not there:
        return coverage
    statistics = {"distinct": float(len(counts)), "top": max(counts.values()) / there}
    return coverage | statistics | before.compare(counts)


def _ks(before: Floats, now: Floats) -> float:
    """The largest difference of two empirical distribution functions; both samples are sorted."""
    sides: tuple[Callable[[Floats, Floats], Floats], ...] = (_left, _right)
    return max(float(np.abs(side(before, now) - side(now, now)).max()) for side in sides)


def _quantiles(sorted_values: Floats) -> Floats:
    """A thousand of them; the mean difference of two such rows is their Wasserstein distance."""
    at = ((np.arange(1_000) + 0.5) / 1_000 * len(sorted_values)).astype(np.int64)
    return sorted_values[at]


def _left(sample: Floats, at: Floats) -> Floats:
    return np.searchsorted(sample, at, side="left") / len(sample)


def _right(sample: Floats, at: Floats) -> Floats:
    return np.searchsorted(sample, at, side="right") / len(sample)


def _binned(sorted_values: Floats, inner: Floats) -> Floats:
    ends = np.searchsorted(sorted_values, inner, side="right")
    return np.diff(np.concatenate([[0], ends, [len(sorted_values)]])).astype(float)


def _inside(sorted_values: Floats, edges: Floats) -> Floats:
    """Counts between the edges, with what lies outside as one more bin."""
    counts = np.diff(np.searchsorted(sorted_values, edges, side="left")).astype(float)
    counts[-1] += np.searchsorted(sorted_values, edges[-1], side="right") - np.searchsorted(
        sorted_values, edges[-1], side="left"
    )
    return np.append(counts, len(sorted_values) - counts.sum())


def _psi(before: Floats, now: Floats) -> float:
    p, q = (np.maximum(counts / counts.sum(), 1e-4) for counts in (before, now))
    return float(((q - p) * np.log(q / p)).sum())


def _js(before: Floats, now: Floats) -> float:
    """The Jensen-Shannon distance with logarithms to the base 2."""
    p, q = before / before.sum(), now / now.sum()
    middle = (p + q) / 2

    def half(x: Floats) -> float:
        there = x > 0
        return float((x[there] * np.log2(x[there] / middle[there])).sum())

    return float(np.sqrt(max((half(p) + half(q)) / 2, 0.0)))


def _chi_square(before: Floats, now: Floats) -> float:
    table = np.vstack([before, now])
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(chdtrc(max(table.shape[1] - 1, 1), statistic))
