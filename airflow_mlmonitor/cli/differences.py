"""What differs between two profiles, column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.judging.verdict import Status, Verdict, ranked, worst

if TYPE_CHECKING:
    from airflow_mlmonitor.checks.metric import Metric
    from airflow_mlmonitor.data.profile import Profile

DISTANCES = ("ks", "psi", "js", "wasserstein", "wasserstein_raw", "chi2")
"""Measured for every column where they apply, in the order in which they are shown."""

TESTED = ("ks", "psi", "js", "chi2")
"""Those that come with a p-value."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs in one column.

    Parameters
    ----------
    name, type
        The column; its current type, or the reference's where it is gone.
    verdicts
        All of them, in the order of the checks.
    note
        What could not be evaluated.
    """

    name: str
    type: str
    verdicts: Sequence[Verdict] = field(default_factory=list)
    note: str = ""

    @property
    def status(self) -> Status:
        """The gravest verdict; broken where nothing could be measured."""
        return worst(list(self.verdicts)) if self.verdicts else Status.BROKEN

    @property
    def findings(self) -> list[Verdict]:
        """Ranked."""
        return ranked(self.verdicts)

    @property
    def effect(self) -> float | None:
        """The largest difference in it, in standard deviations: of its findings and of its distribution."""
        effects = [
            abs(verdict.metric.effect)
            for verdict in self.verdicts
            if verdict.metric.effect is not None
            and (verdict.status.is_finding or verdict.metric.family == "distance")
        ]
        return max(effects, default=None)

    def metric(self, name: str) -> Metric | None:
        """Return one of its metrics."""
        return next((verdict.metric for verdict in self.verdicts if verdict.metric.name == name), None)

    @property
    def rank(self) -> tuple[int, float, float]:
        """Sorts the most unusual column first."""
        severity = max((verdict.severity for verdict in self.findings), default=0.0)
        return -self.status.rank, -severity, -(self.effect or 0.0)


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What differs between two profiles.

    Parameters
    ----------
    columns
        The most unusual first.
    table
        Findings about the table as a whole, ranked.
    """

    columns: Sequence[Difference]
    table: Sequence[Verdict]

    @property
    def findings(self) -> list[Verdict]:
        """All of them, ranked."""
        return ranked([*self.table, *(verdict for column in self.columns for verdict in column.findings)])

    @property
    def status(self) -> Status:
        """The gravest verdict."""
        return worst(self.findings)


def differences(reference: Profile, current: Profile) -> Differences:
    """Measure and judge everything that a monitor without history would."""
    from airflow_mlmonitor.checks.shape import Shape
    from airflow_mlmonitor.checks.skew import Skew
    from airflow_mlmonitor.checks.values import Values
    from airflow_mlmonitor.judging.significance import Significance
    from airflow_mlmonitor.store.history import History

    checks = (Shape(), Values(), Skew(distances=DISTANCES))
    metrics = [metric for check in checks for metric in check.measure(current, reference)]
    verdicts: dict[str | None, list[Verdict]] = defaultdict(list)
    for verdict in Significance(one_off=True).judge(metrics, History()).verdicts:
        verdicts[verdict.metric.column].append(verdict)
    columns = [
        Difference(
            name=name,
            type=type_,
            verdicts=verdicts[name],
            note=current.notes.get(name) or reference.notes.get(name, ""),
        )
        for name, type_ in {**reference.schema, **current.schema}.items()
    ]
    return Differences(
        columns=sorted(columns, key=lambda column: column.rank),
        table=ranked(verdicts[None]),
    )
