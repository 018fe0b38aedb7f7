"""Causes that make numbers of a model none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.judging.verdict import Status, Verdict


class TrainingDiverged(Cause):
    """The loss of the training exploded, and the weights and predictions that are no numbers come from it."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for a loss that ended as no number, or far above its best."""
        losses = _failed(circumstances, "diverged", "loss_rise")
        if losses:
            weights = _failed(circumstances, "nonfinite_weights")
            outputs = _failed(circumstances, "nan_share", "infinite_share")
            yield _told(
                self.name,
                "the training that made the model diverged",
                "keep the model before it; look for features without scale or with NaN, and lower the learning rate",
                (losses, weights, outputs),
            )


class BrokenWeights(Cause):
    """The model holds weights that are no numbers, and so are its predictions."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for weights that are no numbers where the training is not known to have diverged."""
        weights = _failed(circumstances, "nonfinite_weights")
        if weights and not _failed(circumstances, "diverged", "loss_rise"):
            outputs = _failed(circumstances, "nan_share", "infinite_share")
            yield _told(
                self.name,
                "the model holds weights that are no numbers",
                "keep the model before it, and look at the log of its training and at what converted it",
                (weights, outputs),
            )


def _failed(circumstances: Circumstances, *names: str) -> list[Verdict]:
    return [
        verdict
        for verdict in circumstances.of_family("stability")
        if verdict.status is Status.FAIL and verdict.metric.name.rpartition(".")[2] in names
    ]


def _told(cause: str, likely: str, todo: str, kinds: Sequence[Sequence[Verdict]]) -> Diagnosis:
    evidence = [_said(found[0]) for found in kinds if found]
    columns = dict.fromkeys(one.metric.column for found in kinds for one in found if one.metric.column)
    return Diagnosis(
        cause=cause,
        likely=likely,
        evidence=tuple(evidence),
        next=todo,
        confidence=0.97,
        columns=tuple(columns),
    )


def _said(verdict: Verdict) -> str:
    """What happened, with the column that it happened to."""
    column, why = verdict.metric.column or "", verdict.metric.why or verdict.why
    return why if column in why else f"{column}: {why}"
