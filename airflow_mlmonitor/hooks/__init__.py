"""How Airflow's connections reach the metrics store and the sources."""

from __future__ import annotations

from airflow_mlmonitor.hooks.airflow_connections import AirflowConnections
from airflow_mlmonitor.hooks.metrics_store_hook import MetricsStoreHook

__all__ = ["AirflowConnections", "MetricsStoreHook"]
