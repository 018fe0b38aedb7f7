from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.cli.location import store_url


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLMONITOR_STORE", "AIRFLOW_CONN_MLMONITOR_DEFAULT", "AIRFLOW_HOME"):
        monkeypatch.delenv(name, raising=False)


def found(given: str | None = None) -> str:
    return store_url(given).render_as_string(hide_password=False)


def test_the_file_beside_airflow_is_the_last_resort(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert found() == f"sqlite+pysqlite:///{tmp_path}/airflow/mlmonitor.db"
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    assert found() == f"sqlite+pysqlite:///{tmp_path}/home/mlmonitor.db"


FIELDS = '"host": "db.example", "login": "me", "password": "s@fe", "port": 5433, "schema": "metrics"'


@pytest.mark.parametrize(
    "connection",
    [
        "postgres://me:s%40fe@db.example:5433/metrics",
        f'{{"conn_type": "postgres", {FIELDS}}}',
        f'{{"conn_type": "mlmonitor", {FIELDS}, "extra": {{"dialect": "postgresql"}}}}',
    ],
)
def test_airflows_connection_in_the_environment_comes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, connection: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", connection)
    assert found() == "postgresql+psycopg://me:s%40fe@db.example:5433/metrics"


def test_what_is_said_comes_before_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", "postgres://db.example/metrics")
    monkeypatch.setenv("MLMONITOR_STORE", "sqlite:////data/set.db")
    assert found() == "sqlite+pysqlite:////data/set.db"
    assert found("sqlite:////data/said.db") == "sqlite+pysqlite:////data/said.db"
