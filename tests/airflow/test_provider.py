from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
from airflow.sdk import BaseNotifier

import airflow_mlmonitor
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.provider import get_provider_info

PACKAGE = Path(airflow_mlmonitor.__file__).parent


@pytest.fixture(scope="module")
def manager() -> ProvidersManager:
    found = ProvidersManager()
    found.initialize_providers_list()
    found.initialize_providers_hooks()
    return found


def test_airflow_finds_the_provider(manager):
    provider = manager.providers["airflow-provider-mlmonitor"]
    assert provider.version == airflow_mlmonitor.__version__
    assert provider.data["name"] == "ML Monitor"


def test_what_the_provider_says_of_itself_is_what_airflow_understands():
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())
    assert set(get_provider_info()) <= set(schema["properties"])
    jsonschema.validate(get_provider_info(), schema)


def test_the_connection_type_leads_to_the_hook(manager):
    hook = manager.hooks["mlmonitor"]
    assert hook is not None
    assert (
        hook.hook_class_name
        == f"{MetricsStoreHook.__module__.rpartition('.')[0]}.{MetricsStoreHook.__name__}"
    )
    assert (hook.connection_id_attribute_name, hook.hook_name) == (
        "metrics_conn_id",
        MetricsStoreHook.hook_name,
    )


def test_the_connection_form_asks_for_the_database_and_says_what_to_write(manager):
    (field,) = (
        found.field
        for name, found in manager.connection_form_widgets.items()
        if name.startswith("extra__mlmonitor__")
    )
    assert field["schema"]["title"] == "Database"
    assert set(field["schema"]["enum"]) == {"postgresql", "mysql", "mariadb", "sqlite"}
    behaviour = manager.field_behaviours["mlmonitor"]
    assert behaviour["relabeling"]["host"] == "Host, or SQLite file"
    assert "sslmode" in behaviour["placeholders"]["extra"]


def test_airflow_loads_the_plugin_once_from_its_entry_point():
    from airflow import plugins_manager

    from airflow_mlmonitor.ui.plugin import MLMonitorPlugin

    plugins_manager.ensure_plugins_loaded()
    loaded, errors = plugins_manager._get_plugins()
    (plugin,) = [plugin for plugin in loaded if plugin.name == "mlmonitor"]
    assert plugin is MLMonitorPlugin or isinstance(plugin, MLMonitorPlugin)
    assert not any("mlmonitor" in source for source in errors)
    assert "plugins" not in get_provider_info(), (
        "the same plugin twice is an error in Airflow's list of plugins"
    )


def test_airflow_knows_the_link_of_a_monitoring_task(manager):
    assert "airflow_mlmonitor.operators.report_link.ReportLink" in manager.extra_links_class_names


def test_a_monitoring_task_of_any_kind_links_to_its_report():
    from airflow_mlmonitor import operators
    from airflow_mlmonitor.operators import MonitorOperator
    from airflow_mlmonitor.operators.report_link import ReportLink

    kinds = [getattr(operators, name) for name in operators.__all__]
    monitors = [kind for kind in kinds if issubclass(kind, MonitorOperator)]
    assert len(monitors) >= 8
    assert all(isinstance(kind.operator_extra_links[0], ReportLink) for kind in monitors)


def test_the_configuration_has_defaults_that_the_environment_overrides(monkeypatch):
    assert conf.get("mlmonitor", "metrics_conn_id") == MetricsStoreHook.default_conn_name
    assert conf.getboolean("mlmonitor", "auto_upgrade") is False
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "warehouse")
    assert conf.get("mlmonitor", "metrics_conn_id") == "warehouse"


def airflow(*words: str) -> None:
    """Run the ``airflow`` command in this process."""
    from airflow.cli import cli_parser

    arguments = cli_parser.get_parser().parse_args([*words])
    arguments.func(arguments)


def test_airflow_config_shows_a_value(capsys):
    airflow("config", "get-value", "mlmonitor", "metrics_conn_id")
    assert capsys.readouterr().out.splitlines()[-1] == "mlmonitor_default"


def test_airflow_mlmonitor_is_the_command_line_on_the_store_of_the_tasks(monkeypatch, tmp_path, capsys):
    from airflow_mlmonitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/elsewhere.db").pin("flight_delay", "v3", b"", rows=1)
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "elsewhere")
    monkeypatch.setenv("AIRFLOW_CONN_ELSEWHERE", f"sqlite:///{tmp_path}/elsewhere.db")
    with pytest.raises(SystemExit) as ended:
        airflow("mlmonitor", "db", "current", "--json")
    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert said["store"] == f"sqlite:///{tmp_path}/elsewhere.db"


def test_airflow_mlmonitor_says_in_a_sentence_that_the_connection_is_missing(monkeypatch, capsys):
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "nowhere")
    with pytest.raises(SystemExit) as ended:
        airflow("mlmonitor", "runs")
    assert ended.value.code == 2
    assert "mlmonitor: The connection 'nowhere' is not defined in Airflow" in capsys.readouterr().err


def test_nothing_stands_beside_the_json(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    with pytest.raises(SystemExit):
        airflow("mlmonitor", "db", "upgrade", "--json")
    assert json.loads(capsys.readouterr().out)["store"] == f"sqlite:///{tmp_path}/mlmonitor.db"


def test_airflow_mlmonitor_ends_with_the_status_of_the_command_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        airflow("mlmonitor", "profile", str(tmp_path / "none.csv"))
    assert ended.value.code == 2
    assert "none.csv does not exist" in capsys.readouterr().err


def test_airflow_mlmonitor_has_every_verb_of_the_command_line(capsys):
    from airflow_mlmonitor.cli import VERBS

    for verb in VERBS:
        with pytest.raises(SystemExit):
            airflow("mlmonitor", verb.name, "--help")
        assert verb.help.partition(" ")[0] in capsys.readouterr().out


def test_every_process_of_airflow_reads_the_provider_and_pays_nothing_for_it():
    code = "import sys; old = set(sys.modules); import airflow_mlmonitor.provider; print(*set(sys.modules) - old)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()} - sys.stdlib_module_names
    assert loaded == {"airflow_mlmonitor"}


API_SERVER = PACKAGE / "ui" / "server"
"""What only the api-server imports; it may ask Airflow's database."""


def test_no_module_that_a_task_imports_reaches_for_airflows_database():
    refused = ("airflow.models", "airflow.settings", "airflow.utils.session", "airflow.utils.db")
    found = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in refused
        if API_SERVER not in path.parents and name in path.read_text("utf-8")
    ]
    assert found == []


def test_one_module_knows_airflows_api_server():
    found = {path.name for path in PACKAGE.rglob("*.py") if "airflow.api_fastapi" in path.read_text("utf-8")}
    assert found == {"access.py"}


def test_airflow_knows_the_notifier(manager):
    from airflow._shared.module_loading import import_string

    (path,) = manager.providers["airflow-provider-mlmonitor"].data["notifications"]
    assert issubclass(import_string(path), BaseNotifier)
