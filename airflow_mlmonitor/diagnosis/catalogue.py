"""The causes that are known, asked one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.filling import DefaultFill, StuckValue
from airflow_mlmonitor.diagnosis.instability import BrokenWeights, TrainingDiverged
from airflow_mlmonitor.diagnosis.missing import JoinFailed, ValuesMissing
from airflow_mlmonitor.diagnosis.mixing import ColumnsSwapped, RowsMixed, UpstreamFrozen
from airflow_mlmonitor.diagnosis.precision import DecimalsLost, NoiseAdded
from airflow_mlmonitor.diagnosis.renaming import BlanksAdded, CategoriesMerged, CategoryRenamed
from airflow_mlmonitor.diagnosis.rescaling import ConstantOffset, DecimalSlip, UnitChange
from airflow_mlmonitor.diagnosis.serving import (
    ConstantPrediction,
    LabelsFlipped,
    LabelsMissing,
    NewModelVersion,
    OtherModel,
    PredictionBias,
)
from airflow_mlmonitor.diagnosis.structure import SchemaChanged
from airflow_mlmonitor.diagnosis.time_shift import DayMonthSwapped, TimeZoneShift
from airflow_mlmonitor.diagnosis.volume import DuplicatedLoad, SegmentLost, UpstreamStopped, VolumeChange
from airflow_mlmonitor.judging.verdict import Verdict

CAUSES: tuple[Cause, ...] = (
    SchemaChanged(),
    TrainingDiverged(),
    BrokenWeights(),
    JoinFailed(),
    ValuesMissing(),
    UpstreamStopped(),
    UpstreamFrozen(),
    DuplicatedLoad(),
    SegmentLost(),
    VolumeChange(),
    TimeZoneShift(),
    DayMonthSwapped(),
    ColumnsSwapped(),
    UnitChange(),
    DecimalSlip(),
    ConstantOffset(),
    DefaultFill(),
    StuckValue(),
    BlanksAdded(),
    CategoryRenamed(),
    CategoriesMerged(),
    DecimalsLost(),
    NoiseAdded(),
    RowsMixed(),
    LabelsMissing(),
    ConstantPrediction(),
    NewModelVersion(),
    PredictionBias(),
    LabelsFlipped(),
    OtherModel(),
)
"""Every cause that is looked for; to add one, write its class and put it here."""

ALONE = {"triples": "upstream_frozen"}
"""Families of findings that only one cause brings about."""

MOST = 8
"""Diagnoses that one run gets: who reads a ninth?"""


def diagnose(circumstances: Circumstances, causes: Sequence[Cause] = CAUSES) -> list[Diagnosis]:
    """Say what the findings of a run probably come from, the surest first; nothing for a run without findings.

    A diagnosis whose columns a surer one explains already is left out. Looking for causes never fails: one that
    stumbles over its run says nothing.
    """
    if not circumstances.findings:
        return []
    found = sorted(_found(circumstances, causes), key=lambda one: -_rank(one, circumstances))
    kept: list[Diagnosis] = []
    for diagnosis in found:
        if not any(_explains(surer, diagnosis) for surer in kept):
            kept.append(diagnosis)
    return kept[:MOST]


def _found(circumstances: Circumstances, causes: Sequence[Cause]) -> Iterator[Diagnosis]:
    for cause in causes:
        try:
            yield from list(cause.look(circumstances))
        except Exception:  # noqa: BLE001, S112 - a guess that fails must not take the findings with it
            continue


def _rank(diagnosis: Diagnosis, circumstances: Circumstances) -> float:
    """Its confidence, the more of it the farther out what it explains is."""
    mine = [
        verdict.severity for verdict in circumstances.findings if _is_about(diagnosis, verdict, circumstances)
    ]
    most = max(verdict.severity for verdict in circumstances.findings) or 1.0
    return diagnosis.confidence * (0.35 + 0.65 * math.sqrt(max(mine, default=0.0) / most))


def _is_about(diagnosis: Diagnosis, verdict: Verdict, circumstances: Circumstances) -> bool:
    family = verdict.metric.family
    if verdict.metric.column is None:
        return family in diagnosis.families
    own = ALONE.get(family, diagnosis.cause) == diagnosis.cause
    return own and bool(set(circumstances.named(verdict)) & set(diagnosis.columns))


def _explains(surer: Diagnosis, other: Diagnosis) -> bool:
    """Whether one diagnosis leaves another nothing to explain."""
    if not other.columns or not surer.columns:
        return surer.columns == other.columns
    return set(other.columns) <= set(surer.columns)
