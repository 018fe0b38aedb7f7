"""Finding the window's places in SQL that somebody wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.data.sql.statement import Bound, joined, statement
from airflow_mlmonitor.errors import ConfigurationError


def places(sql: str, *, backslashes: bool = False) -> list[str]:
    return [piece.value for piece in statement(sql, backslashes=backslashes) if isinstance(piece, Bound)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ts >= :start AND ts < :end", ["start", "end"]),
        ("(:start,:end)", ["start", "end"]),
        ("x::start, y::end, :start::date", ["start"]),
        ("':start' || \":end\" || `:start`", []),
        ("'it''s :start' || :end", ["end"]),
        ("-- :start\n:end", ["end"]),
        ("/* :start\n */ :end", ["end"]),
        ("$$ :start $$ || $tag$ :end $$ $tag$ || :start", ["start"]),
        (":started, :ending, :other, a[1:end]", []),
        ("data->'$.a:start' = :end", ["end"]),
        (r"'C:\' || :start", ["start"]),
    ],
)
def test_only_the_window_outside_of_texts_names_and_comments(sql: str, expected: list[str]) -> None:
    assert places(sql) == expected


def test_mysql_escapes_quotes_by_backslashes_and_comments_by_hashes() -> None:
    assert places(r"'it\'s :start' || :end # and :start", backslashes=True) == ["end"]
    assert places('"say \\":start" || :end', backslashes=True) == ["end"]


@pytest.mark.parametrize("sql", ["SELECT 1;", "SELECT 1 ; -- done", "SELECT 1;;\n", "SELECT ';'"])
def test_a_semicolon_at_the_end_is_left_out(sql: str) -> None:
    assert "".join(map(str, statement(sql))).strip() in ("SELECT 1", "SELECT ';'")


@pytest.mark.parametrize(
    "sql", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE x", "SELECT ':';/* */ DELETE FROM x;"]
)
def test_a_second_statement_is_refused(sql: str) -> None:
    with pytest.raises(ConfigurationError, match="one statement; there is another one after a semicolon"):
        statement(sql)


@given(st.text(alphabet="ab :start'\"`-/*$end\n"))
def test_what_was_written_is_kept(sql: str) -> None:
    again = "".join(piece if isinstance(piece, str) else f":{piece.value}" for piece in statement(sql))
    assert again == sql


def test_statements_are_joined() -> None:
    assert joined([("a >= ", Bound.START), ("b",)], " AND ") == ("a >= ", Bound.START, " AND ", "b")
    assert joined([], " AND ") == ()
