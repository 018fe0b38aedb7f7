"""Causes in the model and in its labels, not in what it is fed with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.filling import stuck
from airflow_mlmonitor.diagnosis.missing import gaps
from airflow_mlmonitor.diagnosis.rescaling import quantile_steps
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.report.words import amount, expectation, number, percent, plural


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
                    f"{gap.column} is missing in {gap.nulls:,} of {plural(circumstances.now.rows, 'row')}, "
                    f"usually in {percent(gap.usual)}",
                ),
                next=f"check whether the step that brings {gap.column} is late; run this window again when it has come",
                confidence=0.93,
                columns=(gap.column,),
                rows=round(gap.extra),
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
                *([] if _inputs_unusual(circumstances) else ["no input is unusual"]),
            ),
            next=f"compare {version} with {known[-1]} on the same rows; roll back, or accept it as the new normal",
            confidence=0.6 if _inputs_unusual(circumstances) else 0.9,
            columns=touched,
        )


class PredictionBias(Cause):
    """The predictions are higher or lower by one amount, and the inputs are as usual."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the quantiles of the predictions, and their mean error."""
        if _inputs_unusual(circumstances):
            return
        for name in circumstances.predictions:
            new, old = circumstances.pair(name)
            bias = [v for v in _quality(circumstances, name) if "bias" in v.metric.name]
            if (
                name not in circumstances.suspects
                or not isinstance(new, NumberColumn)
                or not isinstance(old, NumberColumn)
            ):
                continue
            steps, spread = quantile_steps(new, old), old.sd or 0.0
            step = float(np.median(steps))
            even = bool(spread) and abs(step) > 0.2 * spread and float(np.ptp(steps)) < 0.7 * abs(step)
            if not even and not bias:
                continue
            said = [_said(verdict) for verdict in bias[:2]]
            if even:
                said.insert(
                    0, f"its quantiles moved by {number(float(steps.min()))} to {number(float(steps.max()))}"
                )
            way = "high" if step > 0 else "low"
            yield Diagnosis(
                cause=self.name,
                likely=f"{name} is too {way} by about {number(abs(step))} in all rows",
                evidence=(*said, "no input is unusual"),
                next="check the model's intercept, its calibration and what is added to its answer after it",
                confidence=0.88 if even else 0.7,
                columns=(name,),
                rows=new.count,
            )


class LabelsFlipped(Cause):
    """In one part of the rows the predictions no longer meet the labels; elsewhere they do."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for quality that fell in a segment alone."""
        found = circumstances.of_family("quality")
        sliced = [
            verdict for verdict in found if verdict.metric.slice and not verdict.metric.slice.endswith("=*")
        ]
        if not sliced:
            return
        places = dict.fromkeys(verdict.metric.slice for verdict in sliced)
        place = next(iter(places))
        names = {name for verdict in sliced for name in circumstances.named(verdict)}
        if len({label for label in places if label.partition("=")[0] == place.partition("=")[0]}) > 1:
            return
        where = circumstances.where(place)
        here = [verdict for verdict in sliced if verdict.metric.slice == place]
        turned = [v for v in here if "correlation" in v.metric.name and (v.metric.value or 0.0) < 0]
        yield Diagnosis(
            cause=self.name,
            likely=f"labels are wrong, perhaps turned round, where {where}",
            evidence=(
                *(_said(verdict) for verdict in here[:2]),
                "nowhere else are predictions and labels further apart than usual",
                *(["there they even go against each other"] if turned else []),
            ),
            next=f"check how labels are made where {where}",
            confidence=0.85 if turned else 0.7,
            columns=tuple(name for name in circumstances.labels if name in names),
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
        said = [_said(verdict) for verdict in (*quality[:2], *own[:1])]
        yield Diagnosis(
            cause=self.name,
            likely=f"{touched[0]} does not come from the usual model, or not from the usual inputs",
            evidence=(*said, "no input is unusual"),
            next="check which version of the model served these rows",
            confidence=0.62 if quality and own else 0.5,
            columns=touched,
        )


def _touched(circumstances: Circumstances) -> tuple[str, ...]:
    """The outcomes that findings speak of."""
    outcomes = {*circumstances.predictions, *circumstances.labels}
    return tuple(name for name in circumstances.suspects if name in outcomes)


def _inputs_unusual(circumstances: Circumstances) -> bool:
    return bool(set(circumstances.suspects) - {*circumstances.predictions, *circumstances.labels})


def _quality(circumstances: Circumstances, name: str) -> Sequence[Verdict]:
    return [v for v in circumstances.of_family("quality") if name in circumstances.named(v)]


def _said(verdict: Verdict) -> str:
    metric = verdict.metric
    usual = expectation(verdict.lower, verdict.upper, verdict.expected, metric.scale)
    place = f" where {metric.slice.replace('=', ' = ')}" if metric.slice else ""
    return f"{metric.name.replace('_', ' ')}{place} is {amount(metric.value, metric.scale)}, expected {usual}"
