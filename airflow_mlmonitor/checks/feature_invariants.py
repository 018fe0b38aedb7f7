"""Do the rows keep the expectations that a person wrote?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.invariants.suite import plain_suite, read_suite
from airflow_mlmonitor.data.source import Source

if TYPE_CHECKING:
    from airflow_mlmonitor.data.invariants import Invariant, Kept

FAMILY = "invariant"
"""Of metrics that the judge follows: shares without a limit, and what was seen of whole columns."""

RECORDED = "recorded"
"""Of metrics that only a limit judges: what the suite calls ``info``, and the training data."""

TRAINING = "rows=training"
"""The slice that stands for the training data."""

NAMED = 2
"""Columns that the note on a suite names."""


@dataclass(frozen=True, kw_only=True)
class FeatureInvariants(Inspection):
    """Do the rows keep the expectations that a person wrote?

    The suite is one of Great Expectations, of which every expectation works. Each gives ``unexpected_share``: the share
    of the rows looked at that break it, or, where it is about a whole column or table, 1 if it is broken and 0 if not;
    then ``observed`` is what was seen instead, where that is a number. The names begin with the expectation's own and a
    short hash of its arguments. What names a column that is not there gives ``column_gone``, and what cannot be
    evaluated ``unanswered``, each 1.

    How many rows may break an expectation says the suite by ``mostly``; without it, past runs do, and the training data
    where it is given. Of whole columns and tables no expectation may be broken. The suite's ``severity`` says what a
    broken limit means: ``critical`` fails, ``warning`` warns, and ``info`` is only recorded.

    Parameters
    ----------
    suite
        Path or URL of a JSON or YAML file, an ``ExpectationSuite``, or what its JSON holds.
    source
        The rows; every string in it may be a template.
    training
        The training data, held against the suite in every run beside the rows.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame
    >>> fares = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "fare", "min_value": 0}}
    >>> fares["kwargs"]["mostly"] = 1
    >>> check = FeatureInvariants(suite={"expectations": [fares]}, source=Frame({"fare": [8.5, -1.0]}))
    >>> check.limits["fare.column_values_to_be_between.580729.unexpected_share"]
    {'max': 0.0, 'severity': 'fail'}
    """

    suite: Any
    source: Source
    training: Source | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "suite", plain_suite(self.suite))

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """What the suite allows, of the rows and of the training data."""
        limits: dict[str, Mapping[str, Any]] = {}
        for invariant in read_suite(self.suite):
            start = ".".join(filter(None, (invariant.column, self.prefix, invariant.name)))
            limits |= {f"{start}.unanswered": {"max": 0, "severity": "fail"}}
            most = _most(invariant)
            if most is not None and invariant.severity != "info":
                limits[f"{start}.unexpected_share"] = {"max": most, "severity": invariant.severity}
        return limits | (
            {f"{name}@{TRAINING}": limit for name, limit in limits.items()} if self.training else {}
        )

    def inspect(self, scene: Scene) -> Inspected:
        """Hold the rows against the suite, and the training data."""
        from airflow_mlmonitor.data.invariants.answering import held_against

        invariants = read_suite(self.suite)
        before: list[Kept | None] = [None] * len(invariants)
        metrics: list[Metric] = []
        if self.training is not None:
            before = list(held_against(invariants, self.training, connections=scene.connections))
            for kept in before:
                hidden = frozenset(self.training.private)
                told = _metrics(kept, None, hidden) if kept else ()
                metrics += [replace(metric, slice=TRAINING, family=RECORDED) for metric in told]
        now = held_against(invariants, self.source, scene.window, connections=scene.connections)
        for kept, usual in zip(now, before, strict=True):
            metrics += _metrics(kept, usual, frozenset(self.source.private))
        return Inspected(metrics=metrics)


def _metrics(kept: Kept, before: Kept | None, private: frozenset[str]) -> Iterator[Metric]:
    invariant = kept.invariant
    family = RECORDED if invariant.severity == "info" else FAMILY
    if kept.gone is not None:
        yield Metric(
            name=f"{invariant.name}.{'unanswered' if family == RECORDED else 'column_gone'}",
            value=1.0,
            column=invariant.column,
            family=family,
            worse="up",
            scale="count",
            why=f"{kept.why}, which {_words(invariant)} is about",
        )
        return
    if kept.success is None:
        why = f"{_words(invariant)} cannot be evaluated: {kept.why}"
        column, name = invariant.column, f"{invariant.name}.unanswered"
        yield Metric(name=name, value=1.0, column=column, family=RECORDED, worse="up", scale="count", why=why)
        return
    yield _share(kept, before, private, family)
    seen, usual = _number(kept), _number(before) if before else None
    if seen is not None and private.isdisjoint(invariant.columns):
        name = f"{invariant.name}.observed"
        yield Metric(name=name, value=seen, column=invariant.column, family=family, expected=usual)


def _number(kept: Kept) -> float | None:
    is_number = isinstance(kept.observed, int | float) and not isinstance(kept.observed, bool)
    return float(kept.observed) if is_number else None


def _share(kept: Kept, before: Kept | None, private: frozenset[str], family: str) -> Metric:
    """The share of rows that break it, beside that of the training data."""
    metric = Metric(
        name=f"{kept.invariant.name}.unexpected_share",
        value=kept.unexpected_share,
        column=kept.invariant.column,
        n=kept.considered or 0,
        scale="share",
        family=family,
        worse="up",
        expected=before.unexpected_share if before else None,
        why=_why(kept, private),
    )
    if before is None or not kept.considered or not before.considered:
        return metric
    from airflow_mlmonitor.stats.proportions import two_proportions

    counts = (before.unexpected or 0, before.considered, kept.unexpected or 0, kept.considered)
    compared = two_proportions(*counts, alternative="greater")
    return replace(metric, p_value=compared.p_value, effect=compared.effect) if compared else metric


def _most(invariant: Invariant) -> float | None:
    """Largest share of rows that may break it; None where its past tells."""
    from airflow_mlmonitor.data.invariants.invariant_words import is_about_rows

    if invariant.mostly is not None:
        return (1 - invariant.mostly) and 1 - invariant.mostly + 1e-12
    return None if is_about_rows(invariant) else 0


def _words(invariant: Invariant) -> str:
    from airflow_mlmonitor.data.invariants.invariant_words import words

    return words(invariant)


def _why(kept: Kept, private: frozenset[str]) -> str:
    from airflow_mlmonitor.data.invariants.invariant_words import told

    return told(kept, private)
