"""What a monitor checks when nobody says what."""

from __future__ import annotations

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.consistency import Consistency
from airflow_mlmonitor.checks.drift import Drift
from airflow_mlmonitor.checks.shape import Shape
from airflow_mlmonitor.checks.skew import Skew
from airflow_mlmonitor.checks.values import Values
from airflow_mlmonitor.data.baseline import Baseline, Pinned, Trailing

DISTANCES = ("ks", "chi2", "js")
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
    ['shape', 'drift', 'values', 'consistency']
    >>> [check.name for check in standard_checks(Pinned("v3"))]
    ['shape', 'skew', 'values', 'consistency']
    """
    usual = baseline or Trailing()
    compared: tuple[Check, ...]
    if isinstance(usual, Pinned):
        compared = (Shape(baseline=usual), Skew(baseline=usual, distances=DISTANCES))
    else:
        compared = (Shape(), Drift(baseline=usual, distances=DISTANCES))
    return (*compared, Values(baseline=usual), Consistency())
