"""The ``mlmonitor`` command."""

from __future__ import annotations

from airflow_mlmonitor.cli.entry import VERBS, main, run
from airflow_mlmonitor.cli.verb import Verb

__all__ = ["VERBS", "Verb", "main", "run"]
