"""Triggers: what deferred tasks leave behind to wait for them, and what DAGs are scheduled by."""

from __future__ import annotations

from airflow_mlmonitor.triggers.dependency_trigger import DependencyTrigger
from airflow_mlmonitor.triggers.incident_trigger import IncidentTrigger
from airflow_mlmonitor.triggers.question_trigger import QuestionTrigger

__all__ = ["DependencyTrigger", "IncidentTrigger", "QuestionTrigger"]
