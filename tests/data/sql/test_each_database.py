"""What each database has of its own: types, ways of failing, and drivers that are not there."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import make_url

from airflow_mlmonitor.data import Query, Table, Window
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.sql import alchemy, reader
from airflow_mlmonitor.data.sql.alchemy import AlchemyReader
from airflow_mlmonitor.data.sql.reader import open_reader
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable
from tests.data.sql.conftest import query, run_server, table
from tests.sources import opened, rows_of, types_of

DAY = Window.parse("2013-02-08")
MOMENT = dt.datetime(2013, 2, 8, 1, 2, 3)


def at(url: str) -> NamedConnections:
    return NamedConnections({"warehouse": url})


def read(source: Table | Query, url: str, window: Window | None = None) -> list[dict[str, Any]]:
    return rows_of(source, window, at(url))


# PostgreSQL

POSTGRES = {
    "smallint": ("1::int2", "int16", 1),
    "bigint": ("9223372036854775807", "int64", 2**63 - 1),
    "real": ("1.5::real", "float", 1.5),
    "numeric": ("12.34::numeric(10,2)", "double", 12.34),
    "huge numeric": ("1e300::numeric", "double", 1e300),
    "money": ("'3.50'::money", "double", 3.5),
    "bool": ("true", "bool", True),
    "text": ("'x'", "string", "x"),
    "bytes": (r"'\x00ff'::bytea", "binary", b"\x00\xff"),
    "date": ("date '2013-02-08'", "date32[day]", MOMENT.date()),
    "timestamp": ("timestamp '2013-02-08 01:02:03'", "timestamp[us]", MOMENT),
    "zoned": ("timestamptz '2013-02-08 03:02:03+02'", "timestamp[us, tz=UTC]", MOMENT.replace(tzinfo=dt.UTC)),
    "never": ("timestamptz 'infinity'", "timestamp[us, tz=UTC]", None),
    "no day": ("date '-infinity'", "date32[day]", None),
    "time": ("time '01:02:03'", "time64[us]", MOMENT.time()),
    "interval": ("interval '1 day 2 hours'", "double", 93_600.0),
    "uuid": (
        "'00000000-0000-0000-0000-000000000001'::uuid",
        "string",
        "00000000-0000-0000-0000-000000000001",
    ),
    "json": ("""'{"a":1}'::json""", "string", '{"a":1}'),
    "array": ("ARRAY[1,2]", "list<item: int32>", [1, 2]),
    "numeric array": ("ARRAY[1.5]", "string", "{1.5}"),
    "record": ("ROW(1, 'a')", "string", "(1,a)"),
    "enum": ("'ok'::mood", "string", "ok"),
    "inet": ("'10.0.0.1'::inet", "string", "10.0.0.1/32"),
    "range": ("'[1,3)'::int4range", "string", "[1,3)"),
    "unknown": ("NULL", "string", None),
}


@pytest.fixture(scope="module")
def moods(request: pytest.FixtureRequest) -> Any:
    from tests.starting import fresh_database

    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        run_server(url, "CREATE TYPE mood AS ENUM ('sad', 'ok')")
        yield url


@pytest.mark.parametrize(("sql", "type_", "value"), POSTGRES.values(), ids=POSTGRES)
def test_postgres_types(moods: str, sql: str, type_: str, value: Any) -> None:
    source = query(f"SELECT {sql} AS x")
    assert types_of(source, connections=at(moods)) == {"x": type_}
    assert read(source, moods) == [{"x": value}]


def test_postgres_types_without_adbc(moods: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "find_spec", lambda name: name != "adbc_driver_postgresql")
    columns = ", ".join(
        f"{sql} AS {name.replace(' ', '_')}" for name, (sql, _, _) in POSTGRES.items() if name != "never"
    )
    (row,) = read(
        query(f"SELECT {columns.replace('infinity', '9999-12-31').replace('-9999', '9999')}"), moods
    )
    assert (row["numeric"], row["zoned"], row["uuid"]) == (
        12.34,
        MOMENT.replace(tzinfo=dt.UTC),
        "00000000-0000-0000-0000-000000000001",
    )
    assert (row["interval"], row["json"], row["array"]) == (
        dt.timedelta(days=1, hours=2),
        '{"a": 1}',
        "[1, 2]",
    )
    types = types_of(query("SELECT NULL::numeric AS n, NULL::timestamptz AS t"), connections=at(moods))
    assert types == {"n": "double", "t": "timestamp[us, tz=UTC]"}


def test_postgres_names_that_need_quotes_and_columns_of_one_name(moods: str) -> None:
    run_server(moods, 'CREATE TABLE "Odd" ("Select" INTEGER, n NUMERIC)', 'INSERT INTO "Odd" VALUES (1, 2.5)')
    assert read(table("Odd", columns=("Select",)), moods) == [{"Select": 1}]
    assert read(query('SELECT n AS a, "Select" AS a FROM "Odd"'), moods) == [{"a": 2.5, "a.1": 1}]


def test_an_error_far_down_a_postgres_answer_is_told_as_the_database_tells_it(moods: str) -> None:
    with pytest.raises(DataError, match="does not answer the query: division by zero"):
        read(query("SELECT 1 / (50000 - n) AS x FROM generate_series(1, 100000) n"), moods)


def test_a_postgres_server_that_goes_away_may_be_tried_again(moods: str) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%going away%' AND pid <> pg_backend_pid()"
    sql = "SELECT n, 'going away' AS s, repeat('x', 1000) AS t FROM generate_series(1, 500000) n"
    rows = opened(query(sql), connections=at(moods))
    batches = iter(rows.parts[0]())
    next(batches)
    run_server(moods, end)
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        list(batches)


# MySQL and MariaDB

MYSQL = {
    "tinyint(1)": ("x TINYINT(1)", "1", "int64", 1),
    "bigint unsigned": ("x BIGINT UNSIGNED", "18446744073709551615", "uint64", 2**64 - 1),
    "decimal": ("x DECIMAL(10,2)", "12.34", "double", 12.34),
    "float": ("x FLOAT", "1.5", "double", 1.5),
    "datetime": ("x DATETIME", "'2013-02-08 01:02:03'", "timestamp[us]", MOMENT),
    "date": ("x DATE", "'2013-02-08'", "date32[day]", MOMENT.date()),
    "no date": ("x DATE", "'0000-00-00'", "date32[day]", None),
    "no moment": ("x DATETIME", "'0000-00-00'", "timestamp[us]", None),
    "time": ("x TIME", "'101:02:03'", "duration[us]", dt.timedelta(hours=101, minutes=2, seconds=3)),
    "year": ("x YEAR", "2013", "int64", 2013),
    "bits": ("x BIT(9)", "b'100000001'", "int64", 257),
    "blob": ("x BLOB", "x'00ff'", "binary", b"\x00\xff"),
    "text": ("x TEXT", "'é'", "string", "é"),
    "json": ("x JSON", """'{"a": 1}'""", "string", '{"a": 1}'),
    "enum": ("x ENUM('a', 'b')", "'a'", "string", "a"),
    "null": ("x DECIMAL(10,2)", "NULL", "double", None),
}


@pytest.fixture(scope="module")
def maria(request: pytest.FixtureRequest) -> Any:
    from tests.starting import fresh_database

    with fresh_database(request.getfixturevalue("mysql_url")) as url:
        yield url


@pytest.mark.parametrize(("column", "value", "type_", "expected"), MYSQL.values(), ids=MYSQL)
def test_mysql_types(maria: str, column: str, value: str, type_: str, expected: Any) -> None:
    lax = "SET SESSION sql_mode = ''"
    run_server(
        maria,
        "DROP TABLE IF EXISTS types",
        f"CREATE TABLE types ({column})",
        lax,
        f"INSERT INTO types VALUES ({value})",
    )
    assert types_of(table("types"), connections=at(maria)) == {"x": type_}
    assert read(table("types"), maria) == [{"x": expected}]


def test_a_mysql_timestamp_is_utc_whatever_the_server_thinks(maria: str) -> None:
    east = "SET SESSION time_zone = '+05:00'"
    run_server(
        maria,
        "CREATE TABLE moments (ts TIMESTAMP)",
        east,
        "INSERT INTO moments VALUES ('2013-02-08 04:00'), ('2013-02-08 06:00')",
    )
    assert read(table("moments", timestamp="ts"), maria, DAY) == [{"ts": dt.datetime(2013, 2, 8, 1)}]


def test_mysql_texts_may_hold_escaped_quotes(maria: str) -> None:
    source = query(r"""SELECT 'it\'s :start' AS a, "say \":end" AS b, 'a%' AS c""")
    assert read(source, maria, DAY) == [{"a": "it's :start", "b": 'say ":end', "c": "a%"}]


def test_a_mysql_server_that_goes_away_may_be_tried_again(maria: str) -> None:
    rows = opened(
        query("SELECT seq AS n, REPEAT('x', 1000) AS t FROM seq_1_to_500000"), connections=at(maria)
    )
    batches = iter(rows.parts[0]())
    next(batches)
    find = "SELECT id FROM information_schema.processlist WHERE info LIKE '%seq_1_to_500000%' AND id <> CONNECTION_ID()"
    (found,) = read(query(find), maria)
    run_server(maria, f"KILL {found['id']}")
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        list(batches)


LATER = {"huge": 2**64, "float": 2.5, "text": "text", "null": None, "truth": True}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_a_column_that_changes_its_type_far_down_is_named(
    monkeypatch: pytest.MonkeyPatch, later: Any
) -> None:
    monkeypatch.setattr(alchemy, "BLOCK_ROWS", 10)
    # Drivers with types of their own never do this; SQLite's does, when nobody has looked at every value before.
    odd = AlchemyReader(make_url("sqlite://"))
    raw = odd.connection.connection.dbapi_connection
    raw.create_function("later", 1, lambda n: n if n < 11 else (str(later) if later == 2**64 else later))
    numbers = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 11) SELECT later(n) AS n FROM x"
    answer = odd.answer((numbers,), None)
    assert answer.schema.field("n").type == "int64"
    if later is None or later is True:
        assert sum(batch.num_rows for batch in answer.part()) == 11
        return
    with pytest.raises(
        DataError, match=r"Column 'n' in sqlite.* is int64 in its first 10 rows and later holds .*; cast it"
    ):
        list(answer.part())


def test_a_column_of_nothing_but_nulls_so_far_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alchemy, "BLOCK_ROWS", 2)
    odd = AlchemyReader(make_url("sqlite://"))
    answer = odd.answer(("SELECT NULL AS x UNION ALL SELECT NULL UNION ALL SELECT 7.5",), None)
    assert [value for batch in answer.part() for value in batch.column(0).to_pylist()] == [None, None, "7.5"]
    short = AlchemyReader(make_url("sqlite://")).answer(("SELECT NULL AS x",), None)
    assert short.schema.field("x").type == "null"


# SQLite


@pytest.fixture
def lite(tmp_path: Path) -> Any:
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as connection:
        yield connection


def test_sqlite_values_have_types_and_columns_have_the_widest(
    lite: sqlite3.Connection, tmp_path: Path
) -> None:
    lite.execute("CREATE TABLE x (i, r, ir, t, b, n, mixed)")
    rows = [(1, 1.5, 1, "a", b"\xff", None, 1)] * 12_000 + [
        (2, 2.5, 0.5, None, None, None, "x"),
        (3, None, 3, "c", None, None, b"\xff"),
    ]
    lite.executemany("INSERT INTO x VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    lite.commit()
    url = f"sqlite:///{tmp_path}/x.sqlite"
    assert types_of(table("x"), connections=at(url)) == {
        "i": "int64",
        "r": "double",
        "ir": "double",
        "t": "string",
        "b": "binary",
        "n": "null",
        "mixed": "string",
    }
    assert opened(table("x"), connections=at(url)).notes == {
        "mixed": "holds blob and integer and text values; read as text"
    }
    assert [row["mixed"] for row in read(table("x"), url)[-3:]] == ["1", "x", r"\xff"]


@pytest.mark.parametrize("sep", [" ", "T"])
def test_sqlite_moments_are_texts_in_any_of_its_ways(
    lite: sqlite3.Connection, tmp_path: Path, sep: str
) -> None:
    lite.execute("CREATE TABLE x (ts TEXT)")
    texts = [
        "2013-02-07T23:59:59.999",
        "2013-02-08",
        f"2013-02-08{sep}00:00:00",
        f"2013-02-08{sep}12:00",
        "2013-02-09T00:30:00+01:00",
        "2013-02-09",
    ]
    lite.executemany("INSERT INTO x VALUES (?)", [(text,) for text in texts])
    lite.commit()
    found = read(table("x", timestamp="ts"), f"sqlite:///{tmp_path}/x.sqlite", DAY)
    assert [row["ts"].isoformat() for row in found] == [
        "2013-02-08T00:00:00+00:00",
        "2013-02-08T00:00:00+00:00",
        "2013-02-08T12:00:00+00:00",
        "2013-02-08T23:30:00+00:00",
    ]


# DuckDB


def test_duckdb_types(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE x AS SELECT 1.5::DECIMAL(10,2) AS d, 'a'::ENUM('a', 'b') AS e, [1] AS l, uuid() AS u, "
            "INTERVAL 1 DAY AS i, 'infinity'::TIMESTAMP AS never, TIMESTAMPTZ '2013-02-08 01:00:00+01' AS tz, 1::UTINYINT AS b"
        )
    url = f"duckdb:///{tmp_path}/x.duckdb"
    (row,) = read(table("x"), url)
    assert (row["e"], row["l"], row["i"], row["never"], row["b"]) == ("a", [1], 86_400.0, None, 1)
    assert row["tz"] == dt.datetime(2013, 2, 8, tzinfo=dt.UTC)
    assert types_of(table("x", columns=("d", "u")), connections=at(url)) == {
        "d": "decimal128(10, 2)",
        "u": "string",
    }
    with pytest.raises(
        DataError, match="does not answer the query: Conversion Error: Could not convert string 'a'"
    ):
        read(query("SELECT CAST(e::VARCHAR AS INTEGER) FROM x"), url)


def test_a_duckdb_file_that_somebody_else_writes_to_may_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE x (a INTEGER)")
        with pytest.raises(SourceUnavailable, match=r"duckdb:///.*x\.duckdb cannot be reached"):
            read(table("x"), f"duckdb:///{path}")


# Getting in


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "mysql", "mariadb"])
def test_a_server_that_is_down_may_be_tried_again_and_no_password_is_shown(scheme: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        read(table("x"), f"{scheme}://me:tops3cret@127.0.0.1:1/shop")
    said = str(caught.value)
    assert "me:***@127.0.0.1:1/shop cannot be reached" in said
    assert "Is it running, and are host, login and password of the connection right?" in said
    assert "tops3cret" not in said
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/x.sqlite", "duckdb:////nowhere/x.duckdb", "sqlite://", "duckdb://"]
)
def test_a_file_that_is_not_there_is_not_made(url: str) -> None:
    with pytest.raises(
        DataError, match=r"The (SQLite|DuckDB) file (/nowhere/x|:memory:).* does not exist; correct the path"
    ):
        read(table("x"), url)


def test_a_driver_that_is_not_there_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "find_spec", lambda _: None)
    for scheme, extra in {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}.items():
        with pytest.raises(
            ConfigurationError, match=rf"No driver for {scheme} is installed; .*mlmonitor\[{extra}\]"
        ):
            open_reader(f"{scheme}://db/shop")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "is not a database URL; write one such as postgresql://"),
        ("nowhere://db/shop", "No driver for nowhere is installed .*; install SQLAlchemy's dialect for it"),
        ("mysql+nodriver://db/shop", r"No driver for mysql\+nodriver is installed"),
    ],
)
def test_a_url_that_leads_to_no_database_is_a_mistake(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        open_reader(url)
