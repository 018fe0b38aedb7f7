"""Every test on every kind of column and every pair of sample sizes, with how often it rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from airflow_mlmonitor import stats
from airflow_mlmonitor.stats import Comparison
from benchmarks.calibration.nulls import Categories, Floats, Numbers, Sample, categories, numbers

ALPHA = 0.05
WINDOW = (0.02, 0.07)
SIZES = (50, 100, 500, 5_000, 100_000)

Test = Callable[[Any, Any], Comparison | None]


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
        return self.rejected / self.offered if self.offered >= self.draws / 4 else None

    def is_outside(self, errors: float = 0.0) -> bool:
        """Whether the rate is outside 2-7 %, by more than so many of its standard errors."""
        if self.rate is None:
            return False
        slack = [errors * (edge * (1 - edge) / self.offered) ** 0.5 for edge in WINDOW]
        return not WINDOW[0] - slack[0] <= self.rate <= WINDOW[1] + slack[1]


def of_counts(reference: Floats, current: Floats) -> dict[str, Comparison | None]:
    """Every test of counts."""
    found = {
        "chi-square": stats.chi_square(reference, current),
        "PSI": stats.psi(reference, current),
        "Jensen-Shannon": stats.jensen_shannon(reference, current),
    }
    if reference.size == 2:
        pairs = reference[1], reference.sum(), current[1], current.sum()
        found["proportions"] = stats.two_proportions(*pairs)
        found["proportions, one-sided"] = stats.two_proportions(*pairs, alternative="greater")
    return found


def of_numbers(reference: Sample, current: Sample) -> dict[str, Comparison | None]:
    """Every test of numbers, and those of counts in ten bins of the reference."""
    edges = stats.quantile_edges(reference.points)
    binned = of_counts(stats.bin_counts(reference.points, edges), stats.bin_counts(current.points, edges))
    return {
        "Kolmogorov-Smirnov": stats.kolmogorov_smirnov(reference.points, current.points),
        "Anderson-Darling": stats.anderson_darling(reference.points, current.points),
        "Kruskal-Wallis": stats.kruskal_wallis(reference.points, current.points),
        "Welch t": stats.welch_t(reference.moments, current.moments),
        "mean in SE": stats.mean_within_standard_error(current.mean, current.moments),
        **{f"{test}, binned": found for test, found in binned.items()},
    }


def measure(
    data: Categories | Numbers,
    sizes: Sequence[int],
    draws: int,
    rng: np.random.Generator,
    advance: Callable[[], None],
) -> list[Cell]:
    """Draw pairs of samples of every pair of sizes; the pairs of one draw share their samples."""
    tests = of_counts if isinstance(data, Categories) else of_numbers
    offered, rejected = Counter(), Counter()
    for _ in range(draws):
        references = {n: data.draw(rng, n) for n in sizes}
        for m in sizes:
            current = data.draw(rng, m)
            for n, reference in references.items():
                for test, found in tests(reference, current).items():
                    p_value = found.p_value if found else None
                    offered[test, n, m] += p_value is not None
                    rejected[test, n, m] += p_value is not None and p_value <= ALPHA
        advance()
    return [
        Cell(
            test=key[0],
            data=data.name,
            n=key[1],
            m=key[2],
            draws=draws,
            offered=count,
            rejected=rejected[key],
        )
        for key, count in sorted(offered.items())
    ]
