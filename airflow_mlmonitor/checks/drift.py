"""Do the values look like those of the runs before?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.column_distances import DISTANCES, distances, refuse_unknown
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.baseline import Baseline, Trailing

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Drift(Check):
    """Do the values look like those of the runs before?

    The distances of :class:`~airflow_mlmonitor.checks.skew.Skew` against a moving baseline; their names begin with
    ``drift.``.

    Parameters
    ----------
    baseline
        The last 28 runs by default.
    distances
        Which to measure; see :class:`~airflow_mlmonitor.checks.skew.Skew`.

    Raises
    ------
    ConfigurationError
        A distance has none of these names.
    """

    baseline: Baseline | None = field(default_factory=Trailing)
    prefix: str = "drift"
    distances: tuple[str, ...] = DISTANCES

    def __post_init__(self) -> None:
        refuse_unknown(self.distances)

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Measure every column of both, of the table and of its slices."""
        return distances(now, before, self.distances)
