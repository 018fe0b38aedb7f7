"""Every test on every kind of column at every pair of sample sizes, with how often it rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from airflow_mlmonitor import stats
from airflow_mlmonitor.stats import Comparison
from benchmarks.calibration.nulls import Categories, Floats, Numbers, Sample

ALPHA = 0.05
WINDOW = (0.02, 0.07)
SIZES = (50, 100, 500, 5_000, 100_000)

Found = dict[str, Comparison | None]

NOT_PROMISED = {("Welch t", "60% zeros"), ("mean in SE", "60% zeros")}
"""What a test's own docstring excludes: t-tests of columns of a skewness above 2."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One test on one kind of column at one pair of sizes.

    Parameters
    ----------
    test, data
        Names of the test and of the kind of column.
    n, m
        Rows of the reference and of the current sample.
    draws
        Pairs of samples drawn.
    offered
        For how many of them the test gave a p-value.
    rejected
        How many of these were at most 5 %.
    """

    test: str
    data: str
    n: int
    m: int
    draws: int
    offered: int
    rejected: int

    @property
    def rate(self) -> float | None:
        """The false-positive rate; None where the p-value was mostly withheld."""
        return self.rejected / self.offered if self.offered > self.draws / 2 else None

    @property
    def promised(self) -> bool:
        """Whether the test claims to be honest here."""
        return (self.test, self.data) not in NOT_PROMISED

    def is_outside(self, errors: float = 0.0) -> bool:
        """Whether the rate is outside 2-7 % by more than so many of its own standard errors."""
        if self.rate is None:
            return False
        low, high = (errors * (edge * (1 - edge) / self.offered) ** 0.5 for edge in WINDOW)
        return not WINDOW[0] - low <= self.rate <= WINDOW[1] + high


def measure(
    data: Categories | Numbers,
    *,
    draws: int,
    rng: np.random.Generator,
    sizes: Sequence[int] = SIZES,
    advance: Callable[[], object] = lambda: None,
) -> list[Cell]:
    """Draw samples and test every pair of sizes; the pairs of one draw share their samples.

    Parameters
    ----------
    data
        What both samples of a pair are drawn from.
    draws
        Of each pair.
    rng
        Decides everything that is random.
    sizes
        Of either sample.
    advance
        Called after each draw.
    """
    tests: Callable[[Any, Any], Found] = of_numbers if isinstance(data, Numbers) else of_counts
    offered: Counter[tuple[str, int, int]] = Counter()
    rejected: Counter[tuple[str, int, int]] = Counter()
    for _ in range(draws):
        references = {n: data.draw(rng, n) for n in sizes}
        currents = {m: data.draw(rng, m) for m in sizes}
        for n, reference in references.items():
            for m, current in currents.items():
                for test, found in tests(reference, current).items():
                    p_value = found.p_value if found else None
                    offered[test, n, m] += p_value is not None
                    rejected[test, n, m] += p_value is not None and p_value <= ALPHA
        advance()
    return [
        Cell(test=test, data=data.name, n=n, m=m, draws=draws, offered=count, rejected=rejected[test, n, m])
        for (test, n, m), count in offered.items()
    ]


def of_counts(reference: Floats, current: Floats) -> Found:
    """Compare counts by every test of categories, and of shares where there are two."""
    return of_bins(reference, current) | (of_shares(reference, current) if reference.size == 2 else {})


def of_bins(reference: Floats, current: Floats) -> Found:
    return {
        "chi-square": stats.chi_square(reference, current),
        "PSI": stats.psi(reference, current),
        "Jensen-Shannon": stats.jensen_shannon(reference, current),
    }


def of_shares(reference: Floats, current: Floats) -> Found:
    pair = reference[1], reference.sum(), current[1], current.sum()
    return {
        "proportions": stats.two_proportions(*pair),
        "proportions, greater": stats.two_proportions(*pair, alternative="greater"),
        "proportions, less": stats.two_proportions(*pair, alternative="less"),
    }


def of_numbers(reference: Sample, current: Sample) -> Found:
    """Compare numbers by every test of numbers, and those of categories in quantile bins of the reference."""
    edges = stats.quantile_edges(reference.points)
    binned = of_bins(*(stats.bin_counts(sample.points, edges) for sample in (reference, current)))
    return {
        "Kolmogorov-Smirnov": stats.kolmogorov_smirnov(reference.points, current.points),
        "Anderson-Darling": stats.anderson_darling(reference.points, current.points),
        "Kruskal-Wallis": stats.kruskal_wallis(reference.points, current.points),
        "Welch t": stats.welch_t(reference.moments, current.moments),
        "mean in SE": stats.mean_within_standard_error(current.mean, current.moments),
        **{f"{test}, binned": found for test, found in binned.items()},
    }
