"""Every route, and something to ask it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

ACTIONS = {
    "acknowledge": {"reason": "on it"},
    "snooze": {"unless_worse": True},
    "accept": {"reason": "the new fares"},
    "bad": {"reason": "half a file"},
    "note": {"text": "asked the feed's owner"},
    "undo": {},
}
"""What can be decided, and with what."""

READS = (
    "/api/report",
    "/api/run",
    "/api/dag",
    "/api/series",
    "/api/series/names",
    "/api/incident/{number}",
    "/api/models",
    "/api/banner",
    "/report",
    "/incident/{number}",
    "/models",
)
OF_A_DAG = READS[:6] + READS[8:10]
"""Those that say something of one DAG."""

ASKED = {
    "/api/report": ("dag_id", "run_id", "task_id"),
    "/report": ("dag_id", "run_id", "task_id"),
    "/api/run": ("dag_id", "run_id"),
    "/api/dag": ("dag_id",),
    "/api/series": ("monitor",),
    "/api/series/names": ("monitor",),
}
"""What they are asked with."""

OTHERS = ("/openapi.json", "/static/{name:path}")
DECIDES = "/api/incident/{number}/{action}"


def address(route: str, about: dict[str, Any]) -> str:
    """Where to ask a route about something: a DAG, its run, task, monitor and incident."""
    path = route.replace("{number}", str(about.get("incident"))).replace("{name:path}", "main.js")
    asked = {name: about[name] for name in ASKED.get(route, ())}
    if route == "/api/series":
        asked["metric"] = "rows"
    return f"/mlmonitor{path}" + (f"?{urlencode(asked)}" if asked else "")


def about(ran: dict[str, list[Any]], store: Any, dag_id: str, task_id: str, monitor: str) -> dict[str, Any]:
    """Return the names of what a DAG ran last, and the incident that its monitor opened."""
    (incident,) = store.incidents(monitor=monitor)
    run_id = ran[dag_id][-1]._run.run_id
    return {
        "dag_id": dag_id,
        "run_id": run_id,
        "task_id": task_id,
        "monitor": monitor,
        "incident": incident.id,
    }
