"""Pure functions of arrays: distances, tests and effect sizes. They know nothing of this project's nouns.

Numbers come as :class:`Points` (distinct values, or means of runs of values, with their weights) or as
:class:`Moments`; categories and bins as two aligned arrays of counts. Every test returns a :class:`Comparison`, or None
where nothing can be said; no result is ever NaN.
"""

from __future__ import annotations

from airflow_mlmonitor.stats.anderson_darling import anderson_darling
from airflow_mlmonitor.stats.bins import bin_counts, quantile_edges
from airflow_mlmonitor.stats.chi_square import chi_square
from airflow_mlmonitor.stats.comparison import Comparison
from airflow_mlmonitor.stats.correction import benjamini_hochberg
from airflow_mlmonitor.stats.distances import hellinger, l_infinity, total_variation
from airflow_mlmonitor.stats.divergences import jensen_shannon, psi
from airflow_mlmonitor.stats.effects import cohens_d, cohens_h, cramers_v, standardised_effect
from airflow_mlmonitor.stats.kolmogorov_smirnov import kolmogorov_smirnov
from airflow_mlmonitor.stats.kruskal_wallis import kruskal_wallis
from airflow_mlmonitor.stats.means import mean_within_standard_error, welch_t
from airflow_mlmonitor.stats.moments import Moments
from airflow_mlmonitor.stats.points import Points, cdf
from airflow_mlmonitor.stats.proportions import two_proportions
from airflow_mlmonitor.stats.wasserstein import Wasserstein, wasserstein

__all__ = [
    "Comparison",
    "Moments",
    "Points",
    "Wasserstein",
    "anderson_darling",
    "benjamini_hochberg",
    "bin_counts",
    "cdf",
    "chi_square",
    "cohens_d",
    "cohens_h",
    "cramers_v",
    "hellinger",
    "jensen_shannon",
    "kolmogorov_smirnov",
    "kruskal_wallis",
    "l_infinity",
    "mean_within_standard_error",
    "psi",
    "quantile_edges",
    "standardised_effect",
    "total_variation",
    "two_proportions",
    "wasserstein",
    "welch_t",
]
