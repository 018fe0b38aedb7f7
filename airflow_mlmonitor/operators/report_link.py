"""From a task in Airflow's grid to what its monitor found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from airflow.sdk import BaseOperatorLink

from airflow_mlmonitor.provider import NAME


class ReportLink(BaseOperatorLink):
    """The button on a task's *Details* tab that opens the page of its run.

    The worker computes it when the task ends, whatever its state. It is relative to Airflow's own address, which may
    have a path that no worker knows.

    >>> from types import SimpleNamespace
    >>> ti = SimpleNamespace(dag_id="fares", run_id="manual__2026-11-20T03:00:00+00:00", task_id="skew", map_index=None)
    >>> ReportLink().get_link(None, ti_key=ti)
    'mlmonitor/report?dag_id=fares&run_id=manual__2026-11-20T03%3A00%3A00%2B00%3A00&task_id=skew&map_index=-1'
    """

    name = NAME

    @property
    def xcom_key(self) -> str:
        """The key under which Airflow keeps it."""
        return "_link_mlmonitor"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address of the page of a task instance."""
        map_index = -1 if ti_key.map_index is None else ti_key.map_index
        asked = {
            "dag_id": ti_key.dag_id,
            "run_id": ti_key.run_id,
            "task_id": ti_key.task_id,
            "map_index": map_index,
        }
        return f"mlmonitor/report?{urlencode(asked)}"
