"""Triggers: what deferred tasks leave behind to wait for them."""

from __future__ import annotations

from airflow_mlmonitor.triggers.dependency_trigger import DependencyTrigger

__all__ = ["DependencyTrigger"]
