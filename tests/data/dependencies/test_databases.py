"""Schemas, views and upstream rows in every kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.dependencies import Fingerprint, TableSchema, UpstreamTable, ViewDefinition
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable
from tests.data.dependencies.looking import look, parts
from tests.data.sql.conftest import run_server

Run = Callable[..., None]

TABLE = "CREATE TABLE flights (n INTEGER NOT NULL PRIMARY KEY, fare DOUBLE PRECISION, origin VARCHAR(9), ts TIMESTAMP NULL)"
VIEW = "CREATE VIEW late AS SELECT n, fare FROM flights WHERE fare > 15"


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, str], Run]:
    """A connection to a fresh database of each kind, with a table and a view, and a way to change them."""
    if request.param == "sqlite":
        path = tmp_path / "shop.db"

        def run(*statements: str) -> None:
            with closing(sqlite3.connect(path)) as connection, connection:
                for statement in statements:
                    connection.execute(statement)

        url = f"sqlite:///{path}"
    else:
        fixture = "postgres_database" if request.param == "postgresql" else "mysql_database"
        url = request.getfixturevalue(fixture)

        def run(*statements: str) -> None:
            run_server(url, *statements)

    run(TABLE, VIEW)
    return {"shop": url}, run


def test_a_schema_names_the_column_that_changed(database: tuple[dict[str, str], Run]) -> None:
    connections, run = database
    before = parts(TableSchema("flights", conn_id="shop"), connections)
    assert before.keys() == {"column fare", "column n", "column origin", "column ts", "primary key"}
    assert before["column n"] in {"INTEGER NOT NULL", "INTEGER(11) NOT NULL"}
    assert before["column origin"].startswith("VARCHAR(9)")
    assert before["primary key"] == "n"
    run("ALTER TABLE flights ADD COLUMN tip INTEGER")
    after = parts(TableSchema("flights", conn_id="shop"), connections)
    assert after.pop("column tip").startswith("INTEGER")
    assert after == before
    assert parts(TableSchema("late", conn_id="shop"), connections).keys() == {"column n", "column fare"}


def test_a_views_query_is_seen_to_change(database: tuple[dict[str, str], Run]) -> None:
    connections, run = database
    view = ViewDefinition("late", conn_id="shop")
    before = parts(view, connections)
    assert parts(view, connections) == before
    assert "15" in before["definition"]
    run("DROP VIEW late", VIEW.replace("15", "30"))
    assert "30" in parts(view, connections)["definition"]
    with pytest.raises(DataError):
        parts(ViewDefinition("nothing", conn_id="shop"), connections)


def test_rows_and_age_are_those_of_the_windows_end(database: tuple[dict[str, str], Run]) -> None:
    connections, run = database
    moments = ["2013-02-08 06:00:00", "2013-02-08 21:00:00", "2013-02-09 06:00:00"]
    run(*(f"INSERT INTO flights VALUES ({n}, 1.5, 'EWR', '{ts}')" for n, ts in enumerate(moments)))
    upstream = UpstreamTable("flights", conn_id="shop", timestamp="ts")
    assert numbers(look(upstream, connections)) == {"upstream_rows": 2, "upstream_age_hours": 3}
    later = upstream.fingerprint(NamedConnections(connections), Window.parse("2013-02-09"))
    assert numbers(later) == {"upstream_rows": 3, "upstream_age_hours": 18}
    assert numbers(look(UpstreamTable("flights", conn_id="shop"), connections)) == {"upstream_rows": 3}


def test_an_empty_table_has_no_age_and_says_why(database: tuple[dict[str, str], Run]) -> None:
    connections, _ = database
    found = look(UpstreamTable("flights", conn_id="shop", timestamp="ts"), connections)
    assert numbers(found) == {"upstream_rows": 0, "upstream_age_hours": None}
    assert found.measures[1].why == "no row has a ts before 2013-02-09 00:00"


def test_a_table_that_is_not_there_is_named(database: tuple[dict[str, str], Run]) -> None:
    connections, _ = database
    with pytest.raises(DataError, match="nothing"):
        parts(TableSchema("nothing", conn_id="shop"), connections)


def test_no_database_is_made_and_no_password_shown(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DataError, match="does not exist"):
        parts(TableSchema("a", conn_id="shop"), {"shop": f"sqlite:///{path}"})
    assert not path.exists()
    away = {"shop": "postgresql://me:hunter2@127.0.0.1:1/shop"}
    with pytest.raises(SourceUnavailable, match="shop cannot be asked for its schema") as told:
        parts(TableSchema("a", conn_id="shop"), away)
    assert "hunter2" not in str(told.value)
    with pytest.raises(ConfigurationError, match="names no table"):
        parts(TableSchema("a.b.c.d", conn_id="shop"), away)


def numbers(found: Fingerprint) -> dict[str, float | None]:
    return {measure.name: measure.value for measure in found.measures}
