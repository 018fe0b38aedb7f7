"""Which numbers are not normal."""

from __future__ import annotations

from airflow_mlmonitor.judging.bounds import Bounds
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.significance import Significance
from airflow_mlmonitor.judging.verdict import Status, Verdict

__all__ = ["Bounds", "Judge", "Judgement", "Learned", "Significance", "Status", "Verdict"]
