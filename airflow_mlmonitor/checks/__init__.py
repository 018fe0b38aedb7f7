"""Questions about data and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.check import Check, check
from airflow_mlmonitor.checks.consistency import Consistency
from airflow_mlmonitor.checks.drift import Drift
from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.quality import Quality
from airflow_mlmonitor.checks.shape import Shape
from airflow_mlmonitor.checks.skew import Skew
from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.checks.values import Values

if TYPE_CHECKING:
    from airflow_mlmonitor.checks.dependency_change import DependencyChange
    from airflow_mlmonitor.checks.feature_invariants import FeatureInvariants
    from airflow_mlmonitor.checks.model_staleness import ModelStaleness
    from airflow_mlmonitor.checks.model_weights import ModelWeights
    from airflow_mlmonitor.checks.numerical_stability import NumericalStability
    from airflow_mlmonitor.checks.observation import Series
    from airflow_mlmonitor.checks.parity import FeatureParity
    from airflow_mlmonitor.checks.training_log import TrainingLog

__all__ = [
    "Check",
    "Consistency",
    "DependencyChange",
    "Drift",
    "FeatureInvariants",
    "FeatureParity",
    "Inspected",
    "Inspection",
    "Metric",
    "ModelStaleness",
    "ModelWeights",
    "NumericalStability",
    "Quality",
    "Scene",
    "Series",
    "Shape",
    "Skew",
    "TrainingLog",
    "Values",
    "check",
    "standard_checks",
]

# All checks together took 80 ms to load, and a DAG file or the command line names a few.
_CHECKS = {
    "DependencyChange": "dependency_change",
    "FeatureInvariants": "feature_invariants",
    "FeatureParity": "parity",
    "ModelStaleness": "model_staleness",
    "ModelWeights": "model_weights",
    "NumericalStability": "numerical_stability",
    "Series": "observation",
    "TrainingLog": "training_log",
}


def __getattr__(name: str) -> Any:
    if name not in _CHECKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_CHECKS[name]}"), name)
