"""Operators: the tasks that profile and monitor."""

from __future__ import annotations

from airflow_mlmonitor.operators.dependency_operator import DependencyChangeOperator
from airflow_mlmonitor.operators.digest_operator import DigestOperator
from airflow_mlmonitor.operators.invariants_operator import FeatureInvariantsOperator
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator
from airflow_mlmonitor.operators.parity_operator import FeatureParityOperator
from airflow_mlmonitor.operators.profile_operator import ProfileOperator
from airflow_mlmonitor.operators.quality_operator import PredictionQualityOperator
from airflow_mlmonitor.operators.report_operator import MonitorReportOperator
from airflow_mlmonitor.operators.skew_operator import TrainServeSkewOperator
from airflow_mlmonitor.operators.stability_operator import NumericalStabilityOperator
from airflow_mlmonitor.operators.staleness_operator import ModelStalenessOperator

__all__ = [
    "DependencyChangeOperator",
    "DigestOperator",
    "FeatureInvariantsOperator",
    "FeatureParityOperator",
    "ModelStalenessOperator",
    "MonitorOperator",
    "MonitorReportOperator",
    "NumericalStabilityOperator",
    "PredictionQualityOperator",
    "ProfileOperator",
    "TrainServeSkewOperator",
]
