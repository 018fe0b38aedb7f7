"""What findings probably come from, and what to do about it."""

from __future__ import annotations

from airflow_mlmonitor.diagnosis.catalogue import CAUSES, diagnose
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances

__all__ = ["CAUSES", "Cause", "Circumstances", "Diagnosis", "diagnose"]
