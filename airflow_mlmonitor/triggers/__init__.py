"""Triggers: what deferred tasks leave behind to wait for them."""

from __future__ import annotations

from airflow_mlmonitor.triggers.dependency_trigger import DependencyTrigger
from airflow_mlmonitor.triggers.question_trigger import QuestionTrigger

__all__ = ["DependencyTrigger", "QuestionTrigger"]
