"""Invariants, and how rows kept them, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept

SHOWN = 5
"""Values of a set that words name."""

ABOUT_ROWS = (
    "expect_column_values_",
    "expect_column_value_lengths_",
    "expect_column_value_z_scores_",
    "expect_column_pair_values_",
    "expect_compound_columns_",
    "expect_multicolumn_",
    "expect_select_column_values_",
)
"""How the types of expectations begin that are about each row."""

ABOUT_TYPES = {"expect_column_values_to_be_of_type", "expect_column_values_to_be_in_type_list"}


def is_about_rows(invariant: Invariant) -> bool:
    """Whether some rows may break it while others keep it."""
    return invariant.type.startswith(ABOUT_ROWS) and invariant.type not in ABOUT_TYPES


def words(invariant: Invariant) -> str:
    """What an invariant expects, in a few words.

    >>> words(Invariant("expect_column_values_to_be_between", {"column": "fare", "min_value": 0, "max_value": 600}))
    "'column values to be between 0 and 600'"
    >>> words(Invariant("expect_column_values_to_not_be_null", {"column": "fare"}))
    "'column values to not be null'"
    """
    say = _ARGUMENTS.get(_ending(invariant.type))
    plain = invariant.type.removeprefix("expect_").replace("_", " ")
    return f"'{say(plain, invariant.arguments) if say else plain}'"


def told(kept: Kept, private: frozenset[str]) -> str:
    """How rows kept an invariant, with examples of what did not.

    >>> fares = Invariant("expect_column_values_to_be_between", {"column": "fare", "min_value": 0})
    >>> told(Kept(invariant=fares, success=False, rows=4, missing=1, unexpected=1, samples=(-1.0,)), frozenset())
    "1 of 3 rows breaks 'column values to be at least 0', such as -1"
    """
    expected = words(kept.invariant)
    if kept.unexpected is not None:
        verb = "breaks" if kept.unexpected == 1 else "break"
        examples = kept.examples(private) if kept.unexpected else ()
        such = f", such as {' and '.join(examples[:2])}" if examples else ""
        return f"{kept.unexpected:,} of {kept.considered or 0:,} rows {verb} {expected}{such}"
    hidden = not private.isdisjoint(kept.invariant.columns)
    seen = "" if kept.observed is None or hidden else f"; it is {_observed(kept.observed)}"
    return f"{expected} is {'kept' if kept.success else 'broken'}{seen}"


def _ending(type_: str) -> str:
    return next((ending for ending in _ARGUMENTS if type_.endswith(ending)), "")


def _between(plain: str, given: Mapping[str, Any]) -> str:
    low, high = given.get("min_value"), given.get("max_value")
    start = plain.removesuffix(" between")
    if low is None or high is None:
        return f"{start} {f'at least {low}' if high is None else f'at most {high}'}"
    return f"{plain} {low} and {high}"


def _set(plain: str, given: Mapping[str, Any]) -> str:
    values = list(map(str, given.get("value_set") or ()))
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return f"{plain} {', '.join(values[:SHOWN])}{more}"


def _greater(plain: str, given: Mapping[str, Any]) -> str:
    sign = ">=" if given.get("or_equal") else ">"
    return f"{given.get('column_A')} {sign} {given.get('column_B')}"


_ARGUMENTS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "_between": _between,
    "_in_set": _set,
    "_regex": lambda plain, given: f"{plain} {given.get('regex')}",
    "_of_type": lambda plain, given: f"{plain} {given.get('type_')}",
    "_type_list": lambda plain, given: f"{plain} {', '.join(map(str, given.get('type_list') or ()))}",
    "pair_values_to_be_equal": lambda plain, given: f"{given.get('column_A')} = {given.get('column_B')}",
    "_greater_than_b": _greater,
    "_sum_to_equal": lambda plain, given: (
        f"{' + '.join(given.get('column_list') or ())} = {given.get('sum_total')}"
    ),
    "_equal": lambda plain, given: f"{plain} {given.get('value', '')}".rstrip(),
}
"""How a type ends, and how its arguments are said."""


def _observed(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_observed(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_observed, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)
