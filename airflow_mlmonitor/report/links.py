"""Where the links of a page lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit


@dataclass(frozen=True, kw_only=True)
class Links:
    """The addresses of pages, in Airflow's UI or beside it.

    Parameters
    ----------
    base
        Where Airflow's UI is: ``https://airflow.example.com`` for a page that is kept elsewhere; empty or a path
        such as ``/team`` for one that the same server shows.
    dag_id, run_id
        The DAG run that a page is about, for links to its other tasks; empty for runs of the command line.
    tabs
        Whether links lead to the tabs of Airflow's UI; otherwise they lead to the pages without scripts.

    Examples
    --------
    >>> links = Links(base="https://airflow.example.com/", dag_id="fares", run_id="manual__2026-11-20T03:00:00+00:00")
    >>> links.task("check features")
    'https://airflow.example.com/dags/fares/runs/manual__2026-11-20T03%3A00%3A00%2B00%3A00/tasks/check%20features/plugin/mlmonitor_task'
    >>> links.incident(142)
    'https://airflow.example.com/plugin/mlmonitor/incident/142'
    >>> Links(tabs=False).incident(142)
    '/mlmonitor/incident/142'
    """

    base: str = ""
    dag_id: str = ""
    run_id: str = ""
    tabs: bool = True

    def of(self, dag_id: str, run_id: str) -> Links:
        """Return the links of a page about another DAG run."""
        return replace(self, dag_id=dag_id, run_id=run_id)

    def task(self, task_id: str, map_index: int = -1) -> str:
        """Return the address of what a task of the DAG run found; empty where the run is none of Airflow's."""
        if not (self.dag_id and self.run_id and task_id):
            return ""
        if self.tabs:
            mapped = f"/mapped/{map_index}" if map_index >= 0 else ""
            return self._at(f"{self._run}/tasks/{_part(task_id)}{mapped}/plugin/mlmonitor_task")
        asked = {"dag_id": self.dag_id, "run_id": self.run_id, "task_id": task_id, "map_index": map_index}
        return self._at(f"/mlmonitor/report?{urlencode(asked)}")

    def run(self) -> str:
        """Return the address of the DAG run's tab; it has no page without scripts."""
        return self._at(f"{self._run}/plugin/mlmonitor_run") if self.dag_id and self.run_id else ""

    def dag(self) -> str:
        """Return the address of the DAG's tab, where the history is."""
        return self._at(f"/dags/{_part(self.dag_id)}/plugin/mlmonitor_dag") if self.dag_id else ""

    def incident(self, number: int) -> str:
        """Return the address of an incident's page."""
        return self._at(
            f"/plugin/mlmonitor/incident/{number}" if self.tabs else f"/mlmonitor/incident/{number}"
        )

    def models(self, **asked: str) -> str:
        """Return the address of the list of models, with what was asked for."""
        given = urlencode({name: value for name, value in asked.items() if value})
        path = "/plugin/mlmonitor" if self.tabs else "/mlmonitor/models"
        return self._at(f"{path}?{given}" if given else path)

    def to(self, place: str) -> str:
        """Return the address of a link in a document; empty for what is no address of a page.

        Texts of a store must never run as scripts: only two kinds of address leave Airflow.

        >>> Links(base="https://airflow.example.com").to("/dags/fares")
        'https://airflow.example.com/dags/fares'
        >>> Links().to("javascript:alert(1)"), Links().to("https://wiki.example.com/runbook")
        ('', 'https://wiki.example.com/runbook')
        """
        if place.startswith("/") and not place.startswith("//"):
            return self._at(place)
        if place.startswith("?"):  # a series, in the explorer of its DAG
            return f"{self.dag()}{place}" if self.dag_id else ""
        return place if re.match(r"https?://", place, re.IGNORECASE) and urlsplit(place).netloc else ""

    @property
    def _run(self) -> str:
        return f"/dags/{_part(self.dag_id)}/runs/{_part(self.run_id)}"

    def _at(self, path: str) -> str:
        return f"{self.base.rstrip('/')}{path}"


def _part(text: str) -> str:
    return quote(text, safe="")
