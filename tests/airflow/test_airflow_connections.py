from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import fsspec
import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.hooks import AirflowConnections
from airflow_mlmonitor.operators import MonitorOperator


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Define the connection ``warehouse``, as JSON or as a URI."""

    def defined(**fields: Any) -> AirflowConnections:
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", fields.get("uri") or json.dumps(fields))
        return AirflowConnections()

    return defined


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        (
            "postgres://me:p%40ss@db:5433/shop?sslmode=require",
            "postgresql://me:p%40ss@db:5433/shop?sslmode=require",
        ),
        ("postgresql://me@db/shop", "postgresql://me@db/shop"),
        ("mysql://me:secret@db/shop?charset=utf8mb4", "mysql://me:secret@db/shop?charset=utf8mb4"),
        ("mariadb://me@db/shop", "mariadb://me@db/shop"),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
        ("sqlite:///shop.db", "sqlite:///shop.db"),
        ("duckdb:////data/shop.duckdb", "duckdb:////data/shop.duckdb"),
    ],
)
def test_a_connection_becomes_a_database_url(define, uri, url):
    assert define(uri=uri).url("warehouse") == url


@pytest.mark.parametrize(
    ("dialect", "url"),
    [
        ("postgresql", "postgresql://me:p%40ss@db:5433/shop?sslmode=require"),
        ("mysql", "mysql://me:p%40ss@db:5433/shop"),
        (None, "postgresql://me:p%40ss@db:5433/shop?sslmode=require"),
    ],
)
def test_a_connection_of_our_own_type_says_which_database_it_is(define, dialect, url):
    extra = {"sslmode": "require"} | ({"dialect": dialect} if dialect else {})
    fields = {"host": "db", "login": "me", "password": "p@ss", "port": 5433, "schema": "shop"}
    assert define(conn_type="mlmonitor", extra=extra, **fields).url("warehouse") == url


def test_a_file_of_our_own_type_stands_in_the_host(define):
    connections = define(conn_type="mlmonitor", host="/data/metrics.db", extra={"dialect": "sqlite"})
    assert connections.url("warehouse") == "sqlite:////data/metrics.db"


def test_options_for_airflows_own_hooks_are_left_out(define):
    connections = define(
        conn_type="postgres", host="db", extra={"cursor": "dictcursor", "sslmode": "require"}
    )
    assert connections.url("warehouse") == "postgresql://db?sslmode=require"


def test_a_connection_that_is_not_defined_is_named():
    with pytest.raises(
        ConfigurationError, match="The connection 'nowhere' is not defined in Airflow; add it"
    ):
        AirflowConnections().url("nowhere")


def test_a_file_system_of_an_airflow_provider_goes_first():
    from airflow.sdk.io import get_fs

    assert AirflowConnections().filesystem("file:///data/x.csv", None) == get_fs("file")


def test_any_other_file_system_is_fsspecs_with_the_extra_of_the_connection(define):
    connections = define(conn_type="generic", extra={"listings_expiry_time": 5})
    filesystem = connections.filesystem("memory://x.csv", "warehouse")
    assert isinstance(filesystem, fsspec.get_filesystem_class("memory"))
    assert filesystem.storage_options == {"listings_expiry_time": 5}


def test_a_file_system_that_is_not_installed_says_what_to_install():
    with pytest.raises(
        ConfigurationError, match=r"gs:// cannot be opened: .*Install the Airflow provider for it"
    ):
        AirflowConnections().filesystem("gs://bucket/x.csv", None)


def test_a_task_reads_files_of_an_object_store(run_dag, store):
    fsspec.filesystem("memory").pipe("/flights/2013-02-07.csv", b"fare\n1.5\n2.5\n")
    with DAG("object_store", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)) as dag:
        MonitorOperator(
            task_id="look",
            model="fares",
            source=Files("memory://flights/{{ window.label }}.csv"),
            checks=[Shape()],
        )
    assert run_dag(dag, "scheduled", datetime(2013, 2, 8, tzinfo=UTC)).xcom("look")["rows"] == 2
