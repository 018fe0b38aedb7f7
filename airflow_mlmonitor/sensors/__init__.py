"""Sensors: the tasks that wait."""

from __future__ import annotations

from airflow_mlmonitor.sensors.dependency_sensor import DependencyChangeSensor

__all__ = ["DependencyChangeSensor"]
