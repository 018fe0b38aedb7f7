"""Causes in the model and in its labels, not in what it is fed with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.filling import stuck
from airflow_mlmonitor.diagnosis.missing import gaps
from airflow_mlmonitor.diagnosis.rescaling import quantile_steps
from airflow_mlmonitor.diagnosis.wording import listed
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.words import amount, expectation, number, percent, plural

_CHANCE = {"auc": 0.5, "correlation": 0.0}
"""Metric of quality to the value below which predictions say the opposite of the labels."""

_TURNED = 0.02
"""How far below."""


class LabelsMissing(Cause):
    """The labels of a part of the rows have not come."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for labels that are missing more often than usual."""
        for gap in gaps(circumstances):
            if gap.column not in circumstances.labels:
                continue
            yield Diagnosis(
                cause=self.name,
                likely=f"labels ({gap.column}) have not come yet for part of the rows",
                evidence=(
                    (
                        f"{gap.column} is missing in {gap.nulls:,} of {plural(circumstances.now.rows, 'row')}, "
                        f"usually in {percent(gap.usual)}"
                    ),
                ),
                next=f"check whether the step that brings {gap.column} is late; run this window again when it has come",
                confidence=0.93,
                columns=(
                    gap.column,
                    *(made for made, label in circumstances.outcomes if label == gap.column),
                ),
                rows=round(gap.lost),
                families=("null_pattern",),
            )


class ConstantPrediction(Cause):
    """The model answers the same for many different rows."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Look for one prediction that repeats."""
        for name in circumstances.predictions:
            new, old = circumstances.pair(name)
            if (
                name in circumstances.suspects
                and isinstance(new, NumberColumn)
                and isinstance(old, NumberColumn)
            ):
                for found in stuck(self.name, circumstances, name, new, old):
                    yield Diagnosis(
                        cause=self.name,
                        likely=f"the model gives {found.likely.rpartition(' ')[2]} whatever it is asked",
                        evidence=found.evidence,
                        next="check which model is loaded, and that its features reach it",
                        confidence=found.confidence + 0.02,
                        columns=(name,),
                        rows=found.rows,
                    )


class NewModelVersion(Cause):
    """Another version of the model serves since this run."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the version that serves with those of the runs before."""
        known = [version for version in circumstances.versions if version]
        version = circumstances.model_version
        touched = _touched(circumstances)
        if not version or not known or version == known[-1] or not touched:
            return
        same = next((n for n, v in enumerate(reversed(known)) if v != known[-1]), len(known))
        yield Diagnosis(
            cause=self.name,
            likely=f"version {version} of the model serves since this run, and answers differently",
            evidence=(
                f"version {known[-1]} served in the {plural(same, 'run')} before",
                *([] if _inputs_unusual(circumstances) else [_inputs_said(circumstances)]),
            ),
            next=f"compare {version} with {known[-1]} on the same rows; roll back",
            confidence=0.6 if _inputs_unusual(circumstances) else 0.9,
            columns=touched,
            may_be_meant=True,
        )


class PredictionBias(Cause):
    """The predictions are higher or lower by one amount, and the inputs are as usual."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the quantiles of the predictions, and their mean error."""
        if _inputs_unusual(circumstances):
            return
        for name in circumstances.predictions:
            new, old = circumstances.pair(name)
            bias = [v for v in _quality(circumstances, name) if _name(v) == "bias" and not v.metric.slice]
            if (
                name not in circumstances.suspects
                or not isinstance(new, NumberColumn)
                or not isinstance(old, NumberColumn)
            ):
                continue
            steps, spread = quantile_steps(new, old), old.sd or 0.0
            step = float(np.median(steps))
            even = bool(spread) and abs(step) > 0.5 * spread and float(np.ptp(steps)) < 0.7 * abs(step)
            if not even and not bias:
                continue
            said = [_said(circumstances, verdict) for verdict in bias[:2]]
            if even:
                said.insert(
                    0, f"its quantiles moved by {number(float(steps.min()))} to {number(float(steps.max()))}"
                )
            way = "high" if step > 0 else "low"
            yield Diagnosis(
                cause=self.name,
                likely=f"{name} is too {way} by about {number(abs(step))} in all rows",
                evidence=(*said, _inputs_said(circumstances)),
                next="check the model's intercept, its calibration and what is added to its answer after it",
                confidence=0.88 if even else 0.7,
                columns=(name,),
                rows=new.count,
            )


class LabelsFlipped(Cause):
    """In one part of the rows the predictions no longer meet the labels; elsewhere they do."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for quality that fell in a segment alone."""
        flagged = [
            v
            for v in circumstances.of_family("quality")
            if v.metric.slice and "labelled" not in v.metric.name
        ]
        if not flagged:
            return
        lead, column = _name(flagged[0]).removesuffix("_gap"), _column(flagged[0])
        values = _by_slice(circumstances, lead, column)
        place = _odd(values)
        if place is None:
            return
        where = circumstances.where(place)
        others = sorted(value for name, value in values.items() if name != place)
        against = [
            f"{name} is {number(found[place])}"
            for name, chance in _CHANCE.items()
            if (found := _by_slice(circumstances, name, column)).get(place, 1.0) < chance - _TURNED
        ]
        turned = bool(against)
        yield Diagnosis(
            cause=self.name,
            likely=f"labels are wrong{', as if turned round,' if turned else ''} where {where}",
            evidence=(
                (
                    f"{lead.replace('_', ' ')} is {number(values[place])} where {where}, "
                    f"and {number(others[0])} to {number(others[-1])} elsewhere"
                ),
                *([f"there predictions and labels go against each other: {against[0]}"] if turned else []),
            ),
            next=f"check how labels are made where {where}",
            confidence=0.92 if turned else 0.75,
            columns=tuple(circumstances.labels),
            slice=where,
        )


class OtherModel(Cause):
    """Inputs and labels are as usual, and the predictions are not: another model seems to answer."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Ask whether predictions alone are unusual, and quality with them."""
        touched = tuple(name for name in _touched(circumstances) if name in circumstances.predictions)
        quality = [v for name in touched for v in _quality(circumstances, name) if not v.metric.slice]
        own = [
            v for v in circumstances.findings if v.metric.column in touched and v.metric.family != "quality"
        ]
        if not touched or not quality + own or _inputs_unusual(circumstances):
            return
        said = [_said(circumstances, verdict) for verdict in (*quality[:2], *own[:1])]
        yield Diagnosis(
            cause=self.name,
            likely=f"{touched[0]} does not come from the usual model, or not from the usual inputs",
            evidence=(*said, _inputs_said(circumstances)),
            next="check which version of the model served these rows",
            confidence=0.62 if quality and own else 0.5,
            columns=touched,
        )


def _touched(circumstances: Circumstances) -> tuple[str, ...]:
    """The outcomes that findings speak of."""
    outcomes = {*circumstances.predictions, *circumstances.labels}
    return tuple(name for name in circumstances.suspects if name in outcomes)


def _inputs_unusual(circumstances: Circumstances) -> bool:
    """Whether an input is far more unusual than the outcomes are."""
    outcomes = {*circumstances.predictions, *circumstances.labels}
    inside = [v.severity for v in circumstances.findings if outcomes & set(circumstances.named(v))]
    outside = [v.severity for v in circumstances.findings if not outcomes & set(circumstances.named(v))]
    return max(outside, default=0.0) > 2 * max(inside, default=0.0)


def _inputs_said(circumstances: Circumstances) -> str:
    outcomes = {*circumstances.predictions, *circumstances.labels}
    unusual = [name for name in circumstances.suspects if name not in outcomes]
    return (
        f"of the inputs only {listed(unusual, 2)} is unusual, and less so"
        if unusual
        else "no input is unusual"
    )


def _quality(circumstances: Circumstances, name: str) -> Sequence[Verdict]:
    found = circumstances.of_family("quality")
    return [v for v in found if name in circumstances.named(v) and "labelled" not in v.metric.name]


def _by_slice(circumstances: Circumstances, name: str, column: str) -> dict[str, float]:
    """A metric of quality by the values of a column."""
    return {
        v.metric.slice: v.metric.value
        for v in circumstances.verdicts
        if v.metric.family == "quality"
        and _name(v) == name
        and _column(v) == column
        and v.metric.value is not None
        if not v.metric.slice.endswith("=*")
    }


def _odd(values: Mapping[str, float]) -> str | None:
    """The one that lies apart from all others by more than these lie apart from each other."""
    for place, value in values.items():
        others = [other for name, other in values.items() if name != place]
        if others and min(abs(value - other) for other in others) > 1.5 * (max(others) - min(others)):
            return place
    return None


def _name(verdict: Verdict) -> str:
    return verdict.metric.name.rpartition(".")[2]


def _column(verdict: Verdict) -> str:
    return verdict.metric.slice.partition("=")[0]


def _said(circumstances: Circumstances, verdict: Verdict) -> str:
    metric = verdict.metric
    usual = expectation(verdict.lower, verdict.upper, verdict.expected, metric.scale)
    place = f" where {circumstances.where(metric.slice)}" if metric.slice else ""
    return (
        f"{_name(verdict).replace('_', ' ')}{place} is {amount(metric.value, metric.scale)}, expected {usual}"
    )
