"""Do the rows keep the rules of the training data?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.metric import Metric

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.rules.rule import Measure

APART = {"quality", "stability"}
"""Families of which another check asks."""


@dataclass(frozen=True, kw_only=True)
class Consistency(Check):
    """Do the rows keep the rules of the training data?

    The rules were learned when the training data was pinned; they, and what later runs have shown, are held against
    the rows while these are read. Rows that were read without rules give no metrics.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> from airflow_mlmonitor.data.rules.memory import Memory, Range
    >>> from airflow_mlmonitor.data.rules.rules import Rules
    >>> from airflow_mlmonitor.data.rules.within import Within
    >>> memory = Memory(ranges={"fare": Range(3.0, 20.0, 15.0)})
    >>> rules = Rules(rules=(Within(column="fare", low=3.0, high=20.0, spread=15.0),), memory=memory)
    >>> now = read(Frame({"fare": [4.0, 8.0, 12.0, 99.0]}), rules=rules).settled(memory)
    >>> [(metric.name, metric.column, metric.value) for metric in Consistency().measure(now, None)]
    [('beyond', 'fare', 0.25)]
    """

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Take what the read measured."""
        for measure in now.measures:
            if measure.family not in APART:
                yield metric_of(measure)


def metric_of(measure: Measure) -> Metric:
    """The metric that a measure of the read becomes."""
    why = measure.why if measure.value is not None or measure.why else "it is not defined here"
    return Metric(**measure._replace(why=why)._asdict())
