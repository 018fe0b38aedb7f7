"""Somebody who uses Airflow's API with the cookie that the UI has."""

from __future__ import annotations

from typing import Any

import httpx

COOKIE = "_token"
PATIENCE = 180
"""Seconds: the first task makes the server load much, and a machine that runs all tests is slow."""


class User:
    """A user of an Airflow, logged in.

    :param url: where its UI is.
    :param name: of the simple auth manager.
    :param password: theirs; without one nobody is logged in.
    """

    def __init__(self, url: str, name: str = "", password: str = "") -> None:
        self.name, self.password = name, password
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False)
        if password:
            told = self.http.post("/auth/token", json={"username": name, "password": password})
            told.raise_for_status()
            self.http.cookies.set(COOKIE, told.json()["access_token"])

    def health(self) -> dict[str, Any]:
        """What Airflow says of its own health; nothing while it does not answer."""
        try:
            return self.get("/api/v2/monitor/health")
        except httpx.HTTPError:
            return {}

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Read a JSON document; an HTTP error is raised."""
        told = self.http.get(path, params=parameters)
        if told.is_error:
            raise httpx.HTTPStatusError(
                f"{told.url}: {told.status_code} {told.text}", request=told.request, response=told
            )
        found: dict[str, Any] = told.json()
        return found

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Send a JSON document and return the answer; an HTTP error is raised."""
        told = self.http.post(path, json=body)
        if told.is_error:
            raise httpx.HTTPStatusError(
                f"{told.url}: {told.status_code} {told.text}", request=told.request, response=told
            )
        found: dict[str, Any] = told.json()
        return found

    def run_dag(self, dag_id: str, logical_date: str) -> str:
        """Trigger a DAG and return the id of its run."""
        return str(self.post(f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": logical_date})["dag_run_id"])

    def backfill(self, dag_id: str, begin: str, end: str) -> None:
        """Ask the scheduler to run a DAG for every day of a span, one after the other."""
        wanted = {"dag_id": dag_id, "from_date": begin, "to_date": end, "max_active_runs": 1}
        self.post("/api/v2/backfills", wanted | {"reprocess_behavior": "none", "run_backwards": False})

    def knows(self, dag_id: str) -> bool:
        """Whether Airflow has read a DAG of this name, and this user may see it."""
        return self.http.get(f"/api/v2/dags/{dag_id}").is_success

    def ended(self, dag_id: str, count: int) -> bool:
        """Whether so many runs of a DAG have come to an end."""
        return sum(state in ("success", "failed") for state in self.runs(dag_id).values()) >= count

    def runs(self, dag_id: str) -> dict[str, str]:
        """The runs of a DAG: logical day to state."""
        runs = self.get(f"/api/v2/dags/{dag_id}/dagRuns", limit=100)["dag_runs"]
        return {str(run["logical_date"])[:10]: run["state"] for run in runs}
