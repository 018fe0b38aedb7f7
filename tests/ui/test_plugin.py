from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

IN_A_TASK = """
import sys
from airflow.sdk import DAG
from airflow.sdk.plugins_manager import AirflowPlugin
old = set(sys.modules)
import airflow_mlmonitor.ui.plugin
print(*sorted(set(sys.modules) - old))
"""


def test_a_task_process_imports_four_small_modules_of_the_plugin():
    command = [sys.executable, "-c", IN_A_TASK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) - {"airflow_mlmonitor", "airflow_mlmonitor.provider"} == {
        "airflow_mlmonitor.ui",
        "airflow_mlmonitor.ui.late_app",
        "airflow_mlmonitor.ui.plugin",
        "airflow_mlmonitor.ui.static_files",
    }


def test_airflow_shows_every_place_of_the_plugin(client_of):
    plugins = {plugin["name"]: plugin for plugin in client_of("vic").get("/api/v2/plugins").json()["plugins"]}
    places = {view["destination"]: view for view in plugins["mlmonitor"]["react_apps"]}
    assert set(places) == {"nav", "dag", "dag_run", "task_instance", "dashboard"}
    assert {view["name"] for view in places.values()} == {"ML Monitor"}
    assert len({view["bundle_url"] for view in places.values()}) == 1
    routes = [view["url_route"] for view in places.values() if view["url_route"]]
    assert sorted(routes) == ["mlmonitor", "mlmonitor_dag", "mlmonitor_run", "mlmonitor_task"]


def test_no_route_of_the_plugin_is_dropped_as_a_duplicate(caplog):
    from airflow.plugins_manager import _get_ui_plugins

    _get_ui_plugins.cache_clear()
    _get_ui_plugins()
    assert "mlmonitor" not in caplog.text


def test_its_addresses_are_relative_so_that_airflow_may_lie_under_a_path():
    from airflow_mlmonitor.ui.plugin import MLMonitorPlugin

    assert all(view["bundle_url"].startswith("mlmonitor/static/") for view in MLMonitorPlugin.react_apps)


@pytest.mark.parametrize("nav_top_level", [False, True], ids=["Airflow 3.2", "Airflow 3.3"])
def test_a_key_that_an_airflow_does_not_know_does_not_hide_the_plugin(nav_top_level):
    """Airflow drops a plugin, without a word in the UI, if one of its views does not fit what it expects."""
    from typing import Literal

    from pydantic import BaseModel, ConfigDict, create_model

    from airflow_mlmonitor.ui.plugin import MLMonitorPlugin

    class View(BaseModel):  # as both have it
        model_config = ConfigDict(extra="allow")
        name: str
        icon: str | None = None
        icon_dark_mode: str | None = None
        url_route: str | None = None
        category: str | None = None
        bundle_url: str
        destination: Literal["nav", "dag", "dag_run", "task", "task_instance", "base", "dashboard"] = "nav"

    expected = create_model("Expected", __base__=View, nav_top_level=(bool, False)) if nav_top_level else View
    for view in MLMonitorPlugin.react_apps:
        expected.model_validate(view)
