"""Do the values of serving look like those of training?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.column_distances import DISTANCES, distances, refuse_unknown
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.baseline import Baseline, Pinned

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Skew(Check):
    """Do the values of serving look like those of training?

    Measures for every column how far its distribution is from the baseline's. Of the distances, ``ks`` of numbers and
    ``chi2`` of names carry the test and the effect size that a judge weighs; the others are recorded.

    Parameters
    ----------
    baseline
        The profile pinned for the model's training data, by default the one pinned last.
    distances
        Which to measure: of numbers ``ks``, ``psi``, ``js``, ``wasserstein`` (in standard deviations of the
        baseline), ``wasserstein_raw``, ``hellinger``, ``tv``, ``linf``, ``anderson_darling``, ``t``, ``kruskal``,
        ``mean_error``; of names ``chi2``, ``psi``, ``js``, ``hellinger``, ``tv``, ``linf``.

    Raises
    ------
    ConfigurationError
        A distance has none of these names.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> training, serving = read(Frame({"fare": [1.0, 2.0, 3.0, 4.0]})), read(Frame({"fare": [3.0, 4.0, 5.0, 6.0]}))
    >>> {metric.name: metric.value for metric in Skew().measure(serving, training)}["ks"]
    0.5
    """

    baseline: Baseline | None = field(default_factory=Pinned)
    distances: tuple[str, ...] = DISTANCES

    def __post_init__(self) -> None:
        refuse_unknown(self.distances)

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Measure every column of both, of the table and of its slices."""
        return distances(now, before, self.distances)
