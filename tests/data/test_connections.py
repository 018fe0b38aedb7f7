"""Connections outside Airflow, in every way that Airflow writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_mlmonitor.data.connections import Details, EnvironmentConnections, NamedConnections
from airflow_mlmonitor.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("postgres://reader@db/shop", "postgresql://reader@db/shop"),
        (
            "postgresql://reader:s%40fe%2F@db:5433/shop?sslmode=require",
            "postgresql://reader:s%40fe%2F@db:5433/shop?sslmode=require",
        ),
        ("postgresql+psycopg://db/shop", "postgresql+psycopg://db/shop"),
        ("postgres://db/shop?cursor=dictcursor&sslmode=prefer", "postgresql://db/shop?sslmode=prefer"),
        ("mysql://root@[::1]:3306/shop", "mysql://root@[::1]:3306/shop"),
        ("mariadb://root@db/shop?charset=utf8mb4", "mariadb://root@db/shop?charset=utf8mb4"),
        ("sqlite:///shop.db", "sqlite:///shop.db"),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
        ("duckdb:////data/shop.duckdb", "duckdb:////data/shop.duckdb"),
        ("trino://me@db:8080/hive?source=x", "trino://me@db:8080/hive?source=x"),
    ],
)
def test_a_uri_becomes_a_database_url(text: str, url: str) -> None:
    assert NamedConnections({"db": text}).url("db") == url


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        (
            {
                "conn_type": "postgres",
                "host": "db",
                "login": "me",
                "password": "p@ss/:",
                "schema": "shop",
                "port": 5432,
            },
            "postgresql://me:p%40ss%2F%3A@db:5432/shop",
        ),
        (
            {
                "conn_type": "mysql",
                "host": "db",
                "port": "3306",
                "extra": '{"charset": "utf8", "local_infile": true}',
            },
            "mysql://db:3306?charset=utf8",
        ),
        ({"conn_type": "sqlite", "host": "/data/shop.db"}, "sqlite:////data/shop.db"),
        ({"conn_type": "duckdb", "schema": "shop.duckdb"}, "duckdb:///shop.duckdb"),
    ],
)
def test_json_becomes_a_database_url(fields: dict[str, Any], url: str) -> None:
    assert NamedConnections({"db": json.dumps(fields)}).url("db") == url


def test_a_uri_says_what_airflow_reads_in_it() -> None:
    airflow = pytest.importorskip("airflow.sdk")
    texts = [
        "postgres://reader:s%40fe@db.example:5432/shop?sslmode=require",
        "my-database://login@host/schema?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+1%7D%7D",
        "aws://key:secret%2F@/?region_name=eu-west-1",
        "sqlite:///shop.db",
    ]
    for text in texts:
        theirs = airflow.Connection.from_uri(text, conn_id="db")
        ours = Details.parse(text)
        for name in ("conn_type", "login", "password", "schema", "port"):
            assert (getattr(ours, name) or None) == (getattr(theirs, name) or None), (text, name)
        assert (ours.host or None) == (theirs.host or None)
        assert ours.extra == theirs.extra_dejson


def test_the_environment_is_read_as_airflow_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgres://me:secret@db/shop")
    assert EnvironmentConnections().url("warehouse") == "postgresql://me:secret@db/shop"
    with pytest.raises(
        ConfigurationError, match="no connection 'lake': set the environment variable AIRFLOW_CONN_LAKE"
    ):
        EnvironmentConnections().url("lake")


def test_a_name_that_is_missing_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="no connection 'x'; there are a, b"):
        NamedConnections({"b": "sqlite:///b", "a": "sqlite:///a"}).url("x")


@pytest.mark.parametrize(
    "text", ["secret", '{"password": "secret"', "postgres://me:secret@db:port/x", '["secret"]']
)
def test_a_text_that_is_no_connection_is_never_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="The connection 'db' is not readable") as caught:
        NamedConnections({"db": text}).url("db")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_neither_details_nor_names_show_passwords() -> None:
    details = Details.parse("postgres://me:secret@db/shop?token=secret")
    assert "secret" not in repr(details) + repr(NamedConnections({"db": "postgres://me:secret@db"}))


def test_an_object_store_gets_what_fsspec_needs() -> None:
    text = json.dumps(
        {
            "conn_type": "aws",
            "login": "key",
            "password": "secret",
            "extra": {"endpoint_url": "http://store:9000", "anon": False, "use_ssl": True},
        }
    )
    assert Details.parse(text).storage_options() == {
        "key": "key",
        "secret": "secret",
        "client_kwargs": {"endpoint_url": "http://store:9000"},
        "anon": False,
        "use_ssl": True,
    }


def test_a_file_system_is_opened_with_the_extras_of_its_connection() -> None:
    memory = NamedConnections({"lake": '{"conn_type": "generic", "extra": {"skip_instance_cache": true}}'})
    assert type(memory.filesystem("memory://bucket/x", "lake")).__name__ == "MemoryFileSystem"
    with pytest.raises(ConfigurationError, match="Files at nowhere:// cannot be opened"):
        memory.filesystem("nowhere://bucket/x", None)
