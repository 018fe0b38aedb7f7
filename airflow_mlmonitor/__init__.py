"""Monitoring machine-learning systems from inside Apache Airflow."""

from __future__ import annotations

__version__ = "0.1.0"
