"""What Airflow may find here. Every process of Airflow reads this, so it imports nothing."""

from __future__ import annotations

from typing import Any

NAME = "ML Monitor"


def get_provider_info() -> dict[str, Any]:
    """Describe the provider to Airflow."""
    return {
        "package-name": "airflow-provider-mlmonitor",
        "name": NAME,
        "description": "Monitors machine-learning systems: profiles, checks, verdicts, and a history that later runs "
        "can read.",
        "hooks": [{"integration-name": NAME, "python-modules": ["airflow_mlmonitor.hooks"]}],
        "operators": [{"integration-name": NAME, "python-modules": ["airflow_mlmonitor.operators"]}],
        "sensors": [{"integration-name": NAME, "python-modules": ["airflow_mlmonitor.sensors"]}],
        "triggers": [{"integration-name": NAME, "python-modules": ["airflow_mlmonitor.triggers"]}],
        "notifications": ["airflow_mlmonitor.notifications.MLMonitorNotifier"],
        "connection-types": [_CONNECTION_TYPE],
        "extra-links": ["airflow_mlmonitor.operators.report_link.ReportLink"],
        "config": {"mlmonitor": _CONFIG},
        "cli": ["airflow_mlmonitor.commands.get_commands"],
    }


_CONNECTION_TYPE = {
    "connection-type": "mlmonitor",
    "hook-class-name": "airflow_mlmonitor.hooks.MetricsStoreHook",
    "hook-name": f"{NAME} metrics store",
    "conn-fields": {
        "dialect": {
            "label": "Database",
            "description": "Which database keeps the metrics.",
            "schema": {
                "type": "string",
                "enum": ["postgresql", "mysql", "mariadb", "sqlite"],
                "default": "postgresql",
            },
        },
    },
    "ui-field-behaviour": {
        "hidden-fields": [],
        "relabeling": {
            "host": "Host, or SQLite file",
            "login": "User",
            "schema": "Database name",
            "extra": "Options",
        },
        "placeholders": {
            "host": "db.example.com, or /data/mlmonitor.db",
            "port": "5432",
            "schema": "mlmonitor",
            "extra": '{"sslmode": "require"}',
        },
    },
}

_CONFIG = {
    "description": "Settings of the ML Monitor provider.",
    "options": {
        "metrics_conn_id": {
            "description": "The connection of the metrics store, for tasks that name none. While the default "
            "connection is not defined, the store is the SQLite file mlmonitor.db in AIRFLOW_HOME.",
            "version_added": "0.1.0",
            "type": "string",
            "example": "warehouse",
            "default": "mlmonitor_default",
        },
        "auto_upgrade": {
            "description": "Whether a task may create or upgrade the tables of a store on a database server. "
            "Otherwise `mlmonitor db upgrade` does, and tasks fail with an error that says so. A SQLite file is "
            "always created on first use.",
            "version_added": "0.1.0",
            "type": "boolean",
            "example": "True",
            "default": "False",
        },
    },
}
