"""What Airflow's UI is told of the provider.

Airflow imports this in the api-server, the scheduler, the triggerer, the DAG processor and every single task: it costs
nothing but itself, and what answers the browser is imported when the browser first asks.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk.plugins_manager import AirflowPlugin

from airflow_mlmonitor.provider import NAME
from airflow_mlmonitor.ui.late_app import LateApp
from airflow_mlmonitor.ui.static_files import address

PREFIX = "mlmonitor"
"""Where everything lies, below Airflow's own address."""


def _views() -> list[dict[str, Any]]:
    """The places of Airflow's UI in which the one bundle is shown; it sees from the address where it is.

    Addresses are relative to Airflow's own, which may have a path. ``nav_top_level`` is known from Airflow 3.3 on;
    earlier ones put the page into the menu *Plugins* where there are others.
    """
    folder = f"{PREFIX}/{address('')}"
    icons = {"icon": f"{folder}icon.svg", "icon_dark_mode": f"{folder}icon_dark.svg"}
    places: dict[str, dict[str, Any]] = {
        "nav": {"url_route": "mlmonitor", "nav_top_level": True, **icons},
        "dag": {"url_route": "mlmonitor_dag"},
        "dag_run": {"url_route": "mlmonitor_run"},
        "task_instance": {"url_route": "mlmonitor_task"},
        "dashboard": {},  # a banner, which has no address
    }
    about = {"name": NAME, "bundle_url": f"{folder}main.js"}
    return [{**about, "destination": place, **more} for place, more in places.items()]


class MLMonitorPlugin(AirflowPlugin):
    """Tabs of a task, a DAG run and a DAG, a page of all models, and a banner; with what answers them."""

    name = PREFIX
    fastapi_apps = [{"app": LateApp(), "url_prefix": f"/{PREFIX}", "name": NAME}]  # noqa: RUF012 - as Airflow declares it
    react_apps = _views()
