"""How good are the predictions where labels have come?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.consistency import metric_of
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.column import Column
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.rules.rule import Rule

OF_SEGMENTS = {"labelled_share", "bias", "mae", "log_loss", "auc", "wrong_share"}
"""Metrics that are measured of segments too: one of each kind."""

SEGMENTS = 8
"""Values of a segment column that are looked at, the commonest ones."""


@dataclass(frozen=True, kw_only=True)
class Quality(Check):
    """How good are the predictions where labels have come?

    ``labelled_share`` is the share of predicted rows that have a label by now. Of the others depends on the columns
    what is measured. Predicted numbers: ``bias`` (mean of prediction less label), ``mae``, ``rmse``, ``correlation``.
    Chances, where every label is 0 or 1 or true or false and every prediction between 0 and 1: ``bias``, ``log_loss``,
    ``brier``, ``auc``. Names: ``wrong_share``.

    With ``segments`` the same of the commonest values of those columns, and for each number the distance between the
    best and the worst of them, such as ``auc_gap`` of ``origin=*``: how fair the predictions are, followed over time.

    Parameters
    ----------
    prediction
        Column of the predictions.
    label
        Column of what came true; null where it is not known yet.
    segments
        Columns, each of at most 40 values, whose values are looked at apart where they have 20 labels or more.
    baseline
        The profile whose commonest values are the segments, so that they stay the same from run to run. None, the
        default, takes those of the run itself: the same ones where a column has no more than eight.

    Raises
    ------
    ConfigurationError
        The prediction is a number and the label a name that is neither true nor false.
    DataError
        The rows have no such column.
    """

    prediction: str
    label: str
    segments: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is counted while the rows are read."""
        from airflow_mlmonitor.data.rules.outcome import Outcome

        return (Outcome(prediction=self.prediction, label=self.label, segments=tuple(self.segments)),)

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Take what the read counted, and compare the segments."""
        self._refuse_odd(now)
        pair = f"{self.prediction}+{self.label}"
        found = [
            replace(metric_of(measure), column=self.prediction)
            for measure in now.measures
            if measure.family == "quality" and measure.column == pair
        ]
        yield from [metric for metric in found if not metric.slice] or [self._unmeasured(now)]
        for column in self.segments:
            parts = _commonest(column, before or now)
            chosen = [metric for metric in found if metric.slice in parts and metric.name in OF_SEGMENTS]
            yield from chosen
            yield from _gaps(column, chosen)

    def _unmeasured(self, now: Profile) -> Metric:
        why = "the rows were read without the rules of this check" if now.rows else "there are no rows"
        return Metric(
            name="labelled_share",
            value=None,
            column=self.prediction,
            scale="share",
            family="quality",
            worse="down",
            why=why,
        )

    def _refuse_odd(self, now: Profile) -> None:
        """Refuse columns that are not there, or cannot be held against each other."""
        for column in self.segments:
            now[column]
        for name, other in ((self.prediction, self.label), (self.label, self.prediction)):
            if now[other].kind == "number" and not _tells(now[name]):
                raise ConfigurationError(
                    f"{name!r} holds names and {other!r} numbers; give two columns of numbers, two of names, or "
                    "chances and a label that is true or false."
                )


def _tells(column: Column) -> bool:
    """Whether a column can be held against numbers."""
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.rules.outcome import TRUTHS

    return not isinstance(column, CategoryColumn) or column.private or column.counts.keys() <= TRUTHS.keys()


def _commonest(column: str, usual: Profile) -> set[str]:
    """The slices of a column's commonest values."""
    known = usual.columns.get(column)
    counts = _counts(known) if known else {}
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return {f"{column}={value}" for value in ranked[:SEGMENTS]}


def _counts(column: Column) -> Mapping[str, float]:
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.column import NumberColumn
    from airflow_mlmonitor.data.rules.parting import spelled

    if isinstance(column, NumberColumn):
        values = map(spelled, column.sketch.x.tolist())
        return dict(zip(values, column.sketch.w.tolist(), strict=True))
    return column.counts if isinstance(column, CategoryColumn) else {}


def _gaps(column: str, metrics: Sequence[Metric]) -> Iterator[Metric]:
    """For each number the distance between the segments where it is largest and smallest."""
    by_name: dict[str, list[Metric]] = defaultdict(list)
    for metric in metrics:
        if metric.value is not None:
            by_name[metric.name].append(metric)
    for name, known in by_name.items():
        low, high = (end(known, key=lambda metric: metric.value or 0.0) for end in (min, max))
        assert low.value is not None and high.value is not None  # noqa: S101, PT018 - only those are known
        if len(known) > 1:
            yield replace(
                high,
                name=f"{name}_gap",
                value=high.value - low.value,
                slice=f"{column}=*",
                n=min(metric.n for metric in known),
                scale="share" if high.scale == "share" else "log",
                worse="up",
                why=f"{low.value:.3g} where {low.slice}, {high.value:.3g} where {high.slice}",
            )
