"""The metrics of one run as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.trace import key_hash
from airflow_mlmonitor.judging.learned.transform import KINDS

WAYS = {"up": 1, "down": -1, "both": 0}

STEPPING = {"p05", "p25", "p50", "p75", "p95", "min", "max"}
"""Metrics that are values of their column: where these are whole numbers, they move by one at least, or not at all."""

WHOLE = 0.999
"""Share of whole numbers from which on a column's values are taken for such."""

FARTHEST = 1e150
"""Numbers beyond this are not told apart, so that sums and differences of them exist."""

Hashes = NDArray[np.uint64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The metrics of one run as arrays, one place a metric.

    A group is the metrics of one column and one family, whatever their slice: they tell of one problem.

    Parameters
    ----------
    metrics
        Themselves.
    keys
        A hash of each key: name, column and slice.
    values
        NaN where a metric is undefined.
    rows
        Number of rows behind each.
    kinds, ways
        How each is transformed, and which way is bad: 1 up, -1 down, 0 both.
    groups, group_keys
        The group of each, as a place among the groups; a hash of each group.
    families, family_keys
        The family of each group, as a place among the families; a hash of each family.
    """

    metrics: Sequence[Metric]
    keys: Hashes
    values: Array
    rows: Array
    kinds: NDArray[np.int8]
    ways: NDArray[np.int8]
    groups: Places
    group_keys: Hashes
    families: Places
    family_keys: Hashes

    @classmethod
    def of(cls, metrics: Sequence[Metric]) -> Self:
        """Make arrays of metrics."""
        groups: dict[tuple[str, str], int] = {}
        families: dict[str, int] = {}
        for metric in metrics:
            groups.setdefault((metric.column or "", metric.family), len(groups))
            families.setdefault(metric.family, len(families))
        return cls(
            metrics=metrics,
            keys=np.array([key_hash(*metric.key) for metric in metrics], np.uint64),
            values=finite([metric.value for metric in metrics]),
            rows=np.array([metric.n for metric in metrics], float),
            kinds=np.array([KINDS[metric.scale] for metric in metrics], np.int8),
            ways=np.array([WAYS[metric.worse] for metric in metrics], np.int8),
            groups=np.array([groups[metric.column or "", metric.family] for metric in metrics], np.intp),
            group_keys=np.array([key_hash(*group) for group in groups], np.uint64),
            families=np.array([families[family] for _, family in groups], np.intp),
            family_keys=np.array([key_hash(family) for family in families], np.uint64),
        )

    @cached_property
    def group_names(self) -> list[tuple[str, str]]:
        """Column (empty for the table) and family of each group."""
        return list(dict.fromkeys((metric.column or "", metric.family) for metric in self.metrics))

    @cached_property
    def steps(self) -> Array:
        """Smallest step of each metric that there is, in its own unit; 0 where it can take any."""
        whole = {
            (metric.column, metric.slice)
            for metric in self.metrics
            if metric.name.rpartition(".")[2] == "integer_share" and (metric.value or 0.0) >= WHOLE
        }
        return np.array(
            [
                metric.name.rpartition(".")[2] in STEPPING and (metric.column, metric.slice) in whole
                for metric in self.metrics
            ],
            float,
        )

    @cached_property
    def by_group(self) -> Bundles:
        """The metrics, bundled by group."""
        return Bundles.of(self.groups, len(self.group_keys))

    @cached_property
    def by_family(self) -> Bundles:
        """The groups, bundled by family."""
        return Bundles.of(self.families, len(self.family_keys))

    def __len__(self) -> int:
        return len(self.metrics)


@dataclass(frozen=True)
class Bundles:
    """Rows of an array, bundled: each bundle has at least one.

    Examples
    --------
    >>> Bundles.of(np.array([0, 1, 0]), 2).highest(np.array([1.0, 2.0, 3.0])).tolist()
    [3.0, 2.0]
    """

    order: Places
    starts: Places

    @classmethod
    def of(cls, labels: Places, count: int) -> Self:
        """Bundle rows by their labels, 0 to ``count`` - 1."""
        order = np.argsort(labels, kind="stable")
        return cls(order, np.searchsorted(labels[order], np.arange(count)))

    def highest(self, rows: Array) -> Array:
        """The highest of each bundle, what is missing left out; one row a bundle."""
        if not len(self.starts):
            return rows[:0]
        if rows.ndim == 1:
            return np.asarray(np.fmax.reduceat(rows[self.order], self.starts))
        # Bundle by bundle: of matrices, reduceat does the same five times as slowly.
        bundles = np.split(self.order, self.starts[1:])
        return np.stack([np.fmax.reduce(rows[bundle], axis=0) for bundle in bundles])

    def any(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether any row of each bundle is true, column by column."""
        if not rows.any():
            return np.zeros((len(self.starts), *rows.shape[1:]), np.bool_)
        return self.highest(rows.astype(np.float32)) > 0


def finite(values: Sequence[float | None]) -> Array:
    """Make an array of values, NaN for those that are undefined.

    >>> finite([1.0, None]).tolist()
    [1.0, nan]
    """
    found = np.array([np.nan if value is None else value for value in values], np.float64)
    return np.clip(found, -FARTHEST, FARTHEST)
