"""What a monitor checks when nobody says what."""

from __future__ import annotations

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.consistency import Consistency
from airflow_mlmonitor.checks.drift import Drift
from airflow_mlmonitor.checks.shape import Shape
from airflow_mlmonitor.checks.skew import Skew
from airflow_mlmonitor.checks.values import Values
from airflow_mlmonitor.data.baseline import Baseline, Pinned, Trailing

FOLLOWED_DISTANCES = ("ks", "chi2", "js")
"""One distance that sees where values moved and one that sees how many: further ones tell the same again."""


def standard_checks(baseline: Baseline | None = None) -> tuple[Check, ...]:
    """What a monitor checks when nobody says what.

    The rows and columns of the table; the values of each column; how far their distribution is from the baseline's;
    and the rules of the training data, where a version is pinned.

    Parameters
    ----------
    baseline
        The last 28 runs by default. With a pinned profile the distances are those of training/serving skew.

    Examples
    --------
    >>> [check.name for check in standard_checks()]
    ['shape', 'values', 'drift', 'consistency']
    >>> [check.name for check in standard_checks(Pinned("v3"))]
    ['shape', 'values', 'skew', 'consistency']
    """
    usual = baseline or Trailing()
    distances = Skew if isinstance(usual, Pinned) else Drift
    return (
        Shape(),
        Values(baseline=usual),
        distances(baseline=usual, distances=FOLLOWED_DISTANCES),
        Consistency(),
    )
