"""Questions about each row: how many rows break an invariant."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import combinations
from typing import Any

import duckdb

from airflow_mlmonitor.data.invariants.kept import Kept, counted
from airflow_mlmonitor.data.invariants.question import Asked, Question

CONSIDERED: Mapping[str, str] = {
    "both_values_are_missing": "any",
    "either_value_is_missing": "all",
    "all_values_are_missing": "any",
    "any_value_is_missing": "all",
    "neither": "every row",
    "never": "every row",
}
"""``ignore_row_if`` to which of the values a row must have to be looked at."""

_SHORTHAND = re.compile(r"\\[dDwWsSbB]|\(\?[a-zA-Z]*i")
"""What means more characters in Python than in DuckDB, outside of ASCII."""

_OTHERWISE = re.compile(r"\{,|\[\[|\(\?[a-zA-Z]*[xLu]")
"""What Python and DuckDB read differently."""


def not_null(asked: Asked) -> Question | None:
    """Every row has a value."""
    return _null(asked, wanted=False)


def null(asked: Asked) -> Question | None:
    """No row has a value."""
    return _null(asked, wanted=True)


def between(asked: Asked) -> Question | None:
    """Values lie between two numbers or moments."""
    if not asked.knows("min_value", "max_value", "strict_min", "strict_max"):
        return None
    kind = asked.kind(_column(asked))
    if kind not in ("number", "moment") or (kind == "moment" and "moments" not in asked.dialect.has):
        return None
    ends = _ends(asked, kind)
    return _of_values(asked, _between(asked, asked.sql(_column(asked)), *ends)) if ends else None


def lengths(asked: Asked) -> Question | None:
    """Texts have so many characters."""
    given = asked.invariant.arguments
    if asked.kind(_column(asked)) != "text":
        return None
    length = f"{asked.dialect.length}({asked.sql(_column(asked))})"
    if "value" in given:
        met = f"{length} = {asked.dialect.literal(given['value'])}"
        return _of_values(asked, met) if asked.knows("value") and _is_number(given["value"]) else None
    ends = (
        _ends(asked, "number") if asked.knows("min_value", "max_value", "strict_min", "strict_max") else None
    )
    return _of_values(asked, _between(asked, length, *ends)) if ends else None


def in_set(asked: Asked, *, wanted: bool = True) -> Question | None:
    """Values are, or are not, among some."""
    values, kind = asked.invariant.arguments.get("value_set"), asked.kind(_column(asked))
    if not asked.knows("value_set") or not isinstance(values, list | tuple | set) or not values:
        return None
    is_kind = {"number": _is_number, "text": lambda value: isinstance(value, str)}.get(kind)
    if is_kind is None or not all(map(is_kind, values)) or not asked.comparable([_column(asked)]):
        return None
    listed = ", ".join(map(asked.dialect.literal, values))
    return _of_values(asked, f"{asked.sql(_column(asked))} {'' if wanted else 'NOT '}IN ({listed})")


def regex(asked: Asked, *, wanted: bool = True) -> Question | None:
    """Texts have, or have not, something that a pattern fits."""
    pattern = asked.invariant.arguments.get("regex")
    if not asked.knows("regex") or asked.kind(_column(asked)) != "text" or not isinstance(pattern, str):
        return None
    if "patterns" not in asked.dialect.has or not _same_in_both(pattern):
        return None
    text = asked.sql(_column(asked))
    fits = f"regexp_matches({text}, {asked.dialect.literal(pattern)})"
    question = _of_values(asked, fits if wanted else f"NOT {fits}")
    odd = _odd(pattern, text)
    if odd is None:
        return question

    def told(values: Sequence[Any]) -> Kept | None:
        return None if values[-1] else question.told(values[:-1])

    return Question((*question.asked, f"COUNT(CASE WHEN {odd} THEN 1 END)"), told)


def _odd(pattern: str, text: str) -> str | None:
    """Which texts Python and DuckDB may take differently: outside of ASCII, or before a last end of line."""
    if _SHORTHAND.search(pattern):
        return f"regexp_matches({text}, '[^ -~]')"
    return f"contains({text}, chr(10))" if "$" in pattern else None


def pair_equal(asked: Asked) -> Question | None:
    """Two columns have the same value."""
    if not asked.knows("column_A", "column_B", "ignore_row_if") or not asked.comparable(
        asked.invariant.columns
    ):
        return None
    low, high = map(asked.sql, asked.invariant.columns)
    return _of_rows(asked, f"{low} = {high}", "both_values_are_missing")


def pair_greater(asked: Asked) -> Question | None:
    """One column has the greater value."""
    columns = asked.invariant.columns
    if not asked.knows("column_A", "column_B", "or_equal", "ignore_row_if") or not asked.comparable(columns):
        return None
    if asked.kinds(columns) == {"text"}:  # each database has an order of letters of its own
        return None
    sign = ">=" if asked.invariant.arguments.get("or_equal") else ">"
    return _of_rows(asked, f" {sign} ".join(map(asked.sql, columns)), "both_values_are_missing")


def pair_in_set(asked: Asked) -> Question | None:
    """The values of two columns are among some pairs; where one is missing, a row must not be looked at."""
    given, columns = asked.invariant.arguments, asked.invariant.columns
    pairs = given.get("value_pairs_set")
    if (
        given.get("ignore_row_if") != "either_value_is_missing"
        or not isinstance(pairs, list | tuple)
        or not pairs
    ):
        return None
    if not asked.knows("column_A", "column_B", "value_pairs_set", "ignore_row_if") or not asked.comparable(
        columns
    ):
        return None
    if asked.kinds(columns) != {"text"} or not all(
        isinstance(value, str) for pair in pairs for value in pair
    ):
        return None
    # Texts of two are joined by what stands in neither.
    joined = " || '\x1f' || ".join(map(asked.sql, columns))
    listed = ", ".join(asked.dialect.literal("\x1f".join(pair)) for pair in pairs)
    return _of_rows(asked, f"{joined} IN ({listed})", "both_values_are_missing")


def multicolumn_sum(asked: Asked) -> Question | None:
    """Several columns add up to a number."""
    total, columns = asked.invariant.arguments.get("sum_total"), asked.invariant.columns
    if not asked.knows("column_list", "sum_total", "ignore_row_if") or not _is_number(total):
        return None
    if asked.kinds(columns) != {"number"}:
        return None
    added = " + ".join(f"CAST({asked.sql(name)} AS {asked.dialect.real})" for name in columns)
    return _of_rows(asked, f"{added} = {asked.dialect.literal(total)}", "all_values_are_missing")


def different_in_row(asked: Asked) -> Question | None:
    """No two columns of a row have the same value; two missing ones are the same."""
    columns = asked.invariant.columns
    if not asked.knows("column_list", "ignore_row_if") or not asked.comparable(columns):
        return None
    pairs = [(asked.sql(one), asked.sql(other)) for one, other in combinations(columns, 2)]
    same = [f"({a} = {b} OR ({a} IS NULL AND {b} IS NULL))" for a, b in pairs]
    met = f"CASE WHEN {' OR '.join(same) or '1 = 0'} THEN 0 ELSE 1 END = 1"
    return _of_rows(asked, met, "all_values_are_missing")


ROW_QUESTIONS: Mapping[str, Callable[[Asked], Question | None]] = {
    "expect_column_values_to_not_be_null": not_null,
    "expect_column_values_to_be_null": null,
    "expect_column_values_to_be_between": between,
    "expect_column_value_lengths_to_be_between": lengths,
    "expect_column_value_lengths_to_equal": lengths,
    "expect_column_values_to_be_in_set": in_set,
    "expect_column_values_to_not_be_in_set": partial(in_set, wanted=False),
    "expect_column_values_to_match_regex": regex,
    "expect_column_values_to_not_match_regex": partial(regex, wanted=False),
    "expect_column_pair_values_to_be_equal": pair_equal,
    "expect_column_pair_values_a_to_be_greater_than_b": pair_greater,
    "expect_column_pair_values_to_be_in_set": pair_in_set,
    "expect_multicolumn_sum_to_equal": multicolumn_sum,
    "expect_select_column_values_to_be_unique_within_record": different_in_row,
}


def considered(asked: Asked, default: str) -> str | None:
    """The condition for a row to be looked at; None where ``ignore_row_if`` is not known."""
    which = CONSIDERED.get(asked.invariant.arguments.get("ignore_row_if") or default)
    present = [f"{asked.sql(name)} IS NOT NULL" for name in asked.invariant.columns]
    conditions = {"any": " OR ".join(present), "all": " AND ".join(present), "every row": "1 = 1"}
    return conditions.get(which or "")


def _null(asked: Asked, *, wanted: bool) -> Question | None:
    if not asked.knows():
        return None
    value = asked.sql(_column(asked))
    seen = (
        (f"MIN({value})", f"MAX({value})")
        if wanted and asked.kind(_column(asked)) in ("number", "text")
        else ()
    )

    def told(values: Sequence[Any]) -> Kept:
        rows, filled, *samples = values
        unexpected = filled if wanted else rows - filled
        return counted(asked.invariant, rows=rows, missing=0, unexpected=unexpected, samples=tuple(samples))

    return Question(("COUNT(*)", f"COUNT({value})", *seen), told)


def _of_values(asked: Asked, met: str) -> Question:
    """How many values do not meet a condition, and the smallest and the largest of these."""
    value = asked.sql(_column(asked))
    broken = f"CASE WHEN NOT ({met}) THEN {value} END"

    def told(values: Sequence[Any]) -> Kept:
        rows, filled, unexpected, *samples = values
        missing = rows - filled
        return counted(
            asked.invariant, rows=rows, missing=missing, unexpected=unexpected, samples=tuple(samples)
        )

    asks = ("COUNT(*)", f"COUNT({value})", f"COUNT({broken})", f"MIN({broken})", f"MAX({broken})")
    return Question(asks, told)


def _of_rows(asked: Asked, met: str, default: str) -> Question | None:
    """How many of the rows looked at do not meet a condition; where values are missing they do not."""
    looked = considered(asked, default)
    if looked is None:
        return None
    broken = f"({looked}) AND CASE WHEN {met} THEN 0 ELSE 1 END = 1"
    shown = f"CASE WHEN {broken} THEN {asked.dialect.joined(*map(asked.sql, asked.invariant.columns))} END"

    def told(values: Sequence[Any]) -> Kept:
        rows, seen, unexpected, *samples = values
        missing = rows - seen
        return counted(
            asked.invariant, rows=rows, missing=missing, unexpected=unexpected, samples=tuple(samples)
        )

    looking = f"COUNT(CASE WHEN {looked} THEN 1 END)"
    return Question(("COUNT(*)", looking, f"COUNT(CASE WHEN {broken} THEN 1 END)", f"MIN({shown})"), told)


def _column(asked: Asked) -> str:
    return asked.invariant.columns[0]


def _between(asked: Asked, value: str, low: Any, high: Any) -> str:
    given, literal = asked.invariant.arguments, asked.dialect.literal
    above = f"{value} {'>' if given.get('strict_min') else '>='} {literal(low)}"
    below = f"{value} {'<' if given.get('strict_max') else '<='} {literal(high)}"
    return " AND ".join(([] if low is None else [above]) + ([] if high is None else [below]))


def _ends(asked: Asked, kind: str) -> tuple[Any, Any] | None:
    """Both ends, at least one of them not None; None where they are not of the kind, or the wrong way round."""
    given = [asked.invariant.arguments.get(name) for name in ("min_value", "max_value")]
    ends = [_moment(end) if kind == "moment" and end is not None else end for end in given]
    fits = _is_number if kind == "number" else (lambda end: isinstance(end, datetime))
    known = [end for end in ends if end is not None]
    if not known or not all(map(fits, known)) or known != sorted(known):
        return None
    return ends[0], ends[1]


def _moment(value: Any) -> datetime | None:
    """A moment without a zone; None for what is none that can be read in one way only."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is None else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@cache
def _same_in_both(pattern: str) -> bool:
    """Whether Python and DuckDB, which knows no looking ahead, both take a pattern and mean the same by it."""
    try:
        re.compile(pattern)
        with duckdb.connect() as connection:
            connection.execute("SELECT regexp_matches('', ?)", [pattern])
    except (re.error, duckdb.Error):
        return False
    return not _OTHERWISE.search(pattern)
