"""The judge that learns what is normal from the monitor's own past."""

from __future__ import annotations

from airflow_mlmonitor.judging.learned.learned import Learned

__all__ = ["Learned"]
