"""What holds for tables and queries of every database."""

from __future__ import annotations

import re

import pytest

from airflow_mlmonitor.data import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.data.sql.conftest import Warehouse, query, table

DAY = Window.parse("2013-02-08")


def test_a_table_is_read_whole(flights: Warehouse) -> None:
    rows = flights.rows(table("flights"))
    assert sorted(row["n"] for row in rows) == list(range(48))
    assert {row["n"]: row["delay"] for row in rows}[20] is None
    assert list(rows[0]) == ["n", "delay", "origin", "ts", "Odd Name"]


def test_only_the_wanted_columns_and_rows_are_read(flights: Warehouse) -> None:
    source = table("flights", columns=("n", "Odd Name"), where="origin = 'EWR' AND n > 5", timestamp="ts")
    rows = flights.rows(source, DAY)
    assert sorted(row["n"] for row in rows) == list(range(25, 48, 2))
    assert list(rows[0]) == ["n", "Odd Name", "ts"]
    assert flights.opened(source, DAY).hidden == ("ts",)
    assert len(flights.rows(source)) == 21


def test_the_window_is_half_open_in_utc(flights: Warehouse) -> None:
    for text, expected in {
        "2013-02-08": range(24, 48),
        "2013-02-07T23:00/2013-02-08T01:00": range(23, 25),
        "2013-02-07T05:00:00+05:00/2013-02-07T01:00": range(1),
        "2013-02-07T00:00:00.000001/2013-02-07T02:00": range(1, 2),
    }.items():
        window = Window.parse(text)
        rows = flights.rows(table("flights", timestamp="ts"), window)
        assert [row["n"] for row in rows] == list(expected), text
        bound = query("SELECT n FROM flights WHERE ts >= :start AND ts < :end ORDER BY n")
        assert [row["n"] for row in flights.rows(bound, window)] == list(expected), text


def test_a_query_is_bound_to_the_window_and_nothing_else(flights: Warehouse) -> None:
    source = query(
        "SELECT n, ':start, 50 %' AS said FROM flights WHERE ts >= :start AND ts < :end -- until :end\n;"
    )
    assert flights.rows(source, DAY)[0]["said"] == ":start, 50 %"
    assert len(flights.rows(source, DAY)) == 24


def test_a_window_that_is_asked_for_must_be_there(flights: Warehouse) -> None:
    for source in (query("SELECT * FROM flights WHERE ts < :end"), table("flights", where="ts < :end")):
        with pytest.raises(ConfigurationError, match="asks for :end, but it is read without a window"):
            flights.rows(source)


def test_a_query_may_be_narrowed(flights: Warehouse) -> None:
    source = query(
        "SELECT n AS number, ts FROM flights -- all of them",
        columns=("number",),
        where="number < 30 -- only some",
        timestamp="ts",
    )
    assert sorted(row["number"] for row in flights.rows(source, DAY)) == list(range(24, 30))


def test_columns_of_one_name_are_kept_apart(flights: Warehouse) -> None:
    source = query("SELECT n AS a, origin AS a FROM flights WHERE n = 1")
    assert flights.rows(source) == [{"a": 1, "a.1": "EWR"}]
    assert flights.opened(source).notes == {
        "a.1": "column 2 is called 'a', like one before it; here it is 'a.1'"
    }


def test_a_missing_column_is_named_with_what_is_near(flights: Warehouse) -> None:
    with pytest.raises(DataError) as caught:
        flights.rows(table("flights", columns=("dealy",)))
    assert str(caught.value) == (
        "flights on warehouse has no column 'dealy', asked for as columns; did you mean 'delay'? "
        "It has n, delay, origin, ts, Odd Name."
    )


@pytest.mark.parametrize(
    "source",
    [
        table("nowhere"),
        table("flights", where="nothing = 1"),
        table("flights", where="n = = 1"),
        query("SELECT nothing FROM flights"),
        query("SELEC 1"),
    ],
    ids=lambda source: str(source.label),
)
def test_the_database_is_quoted_when_it_refuses(flights: Warehouse, source: object) -> None:
    with pytest.raises(
        DataError, match=r"does not answer the query: .*(nowhere|nothing|=|SELEC|near)"
    ) as caught:
        flights.rows(source)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM flights", "INSERT INTO flights (n) VALUES (1)", "CREATE TABLE x (a INTEGER)"]
)
def test_a_source_changes_nothing(flights: Warehouse, sql: str) -> None:
    with pytest.raises((ConfigurationError, DataError)):
        flights.rows(query(sql))
    assert len(flights.rows(table("flights"))) == 48


def test_one_statement_is_enough(flights: Warehouse) -> None:
    with pytest.raises(ConfigurationError, match="there is another one after a semicolon"):
        flights.rows(query("SELECT 1; DROP TABLE flights"))


def test_a_query_without_rows_still_has_columns(flights: Warehouse) -> None:
    source = query("SELECT n, origin FROM flights WHERE 1 = 0")
    assert flights.rows(source) == []
    assert list(flights.types(source)) == ["n", "origin"]


def test_slices_and_private_columns_must_be_there(flights: Warehouse) -> None:
    for option in ("slices", "private"):
        with pytest.raises(DataError, match="no column 'nope', asked for as"):
            flights.rows(query("SELECT n FROM flights", **{option: ("nope",)}))


def test_a_common_table_expression_and_a_union_are_queries_too(flights: Warehouse) -> None:
    sql = "WITH x AS (SELECT n FROM flights WHERE n < 3) SELECT n FROM x UNION ALL SELECT n FROM x"
    assert len(flights.rows(query(sql))) == 6
    assert len(flights.rows(query(sql, where="n = 1"))) == 2


def test_part_of_an_answer_may_be_enough(flights: Warehouse) -> None:
    rows = flights.opened(table("flights"))
    for part in rows.parts:
        batches = iter(part())
        next(batches)
        del batches
    assert len(flights.rows(table("flights"))) == 48


def test_a_table_may_name_its_schema(flights: Warehouse) -> None:
    schema = {"postgresql": "public", "psycopg": "public", "duckdb": "main", "sqlite": "main"}.get(
        flights.kind
    )
    schema = schema or flights.url.rpartition("/")[2]
    assert len(flights.rows(table(f"{schema}.flights"))) == 48
    assert len(flights.rows(table(f'{schema}."flights"'))) == 48
    with pytest.raises(ConfigurationError, match="names no table; write 'features' or 'schema.features'"):
        flights.rows(table(""))


def test_labels_say_what_is_read(flights: Warehouse) -> None:
    assert table("flights").label == "flights on warehouse"
    assert re.fullmatch(r"SELECT n\.* on warehouse", query("SELECT  n").label)
    assert len(query("SELECT " + "n, " * 100).label) == 76


def test_jinja_reaches_the_query(flights: Warehouse) -> None:
    source = query("SELECT n FROM flights WHERE n = {{ n }}").rendered(
        lambda text: text.replace("{{ n }}", "7")
    )
    assert flights.rows(source) == [{"n": 7}]


def test_bounded_memory_comes_in_batches(flights: Warehouse) -> None:
    digits = "SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
    tables = ", ".join(f"({digits}) t{number}" for number in range(7))
    total = " + ".join(f"t{number}.d * {5**number}" for number in range(7))
    rows = flights.opened(query(f"SELECT {total} AS n, 'a text of some length' AS s FROM {tables}"))
    sizes: list[int] = []
    seen = 0
    for part in rows.parts:
        for batch in part():
            sizes.append(batch.nbytes)
            seen += batch.num_rows
    assert seen == 5**7
    assert len(sizes) > 1 or flights.kind == "postgresql"
    assert max(sizes) < 20_000_000
