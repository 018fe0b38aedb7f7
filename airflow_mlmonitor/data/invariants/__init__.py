"""Expectations of a suite, held against rows: in one pass where that gives the same numbers."""

from __future__ import annotations

from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept
from airflow_mlmonitor.data.invariants.suite import read_suite

__all__ = ["Invariant", "Kept", "read_suite"]
