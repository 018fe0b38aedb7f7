"""Sensors: the tasks that wait."""

from __future__ import annotations

from airflow_mlmonitor.sensors.dependency_sensor import DependencyChangeSensor
from airflow_mlmonitor.sensors.freshness_sensor import ModelFreshnessSensor
from airflow_mlmonitor.sensors.metric_sensor import MetricSensor
from airflow_mlmonitor.sensors.profile_sensor import ProfileSensor

__all__ = ["DependencyChangeSensor", "MetricSensor", "ModelFreshnessSensor", "ProfileSensor"]
