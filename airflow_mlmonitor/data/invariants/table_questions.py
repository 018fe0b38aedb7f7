"""Questions about the table: its rows, its columns and their types. Most need no look at the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pyarrow.types as kinds

from airflow_mlmonitor.data.invariants.column_questions import BOUNDS
from airflow_mlmonitor.data.invariants.kept import Kept
from airflow_mlmonitor.data.invariants.question import Asked, Question


def row_count(asked: Asked) -> Question | None:
    """The number of rows."""
    if not asked.knows(*BOUNDS, "value"):
        return None
    return Question(("COUNT(*)",), lambda values: _sized(asked, int(values[0])))


def column_count(asked: Asked) -> Question | None:
    """The number of columns."""
    if not asked.knows(*BOUNDS, "value"):
        return None
    return _known(_sized(asked, len(asked.schema.names)))


def ordered_list(asked: Asked) -> Question | None:
    """The columns are these, in this order."""
    wanted = asked.invariant.arguments.get("column_list")
    if not asked.knows("column_list") or wanted is None:
        return None
    return _known(_found(asked, asked.schema.names == list(wanted), list(asked.schema.names)))


def column_set(asked: Asked) -> Question | None:
    """The columns are these, in any order, or these and others."""
    given = asked.invariant.arguments
    if not asked.knows("column_set", "exact_match") or given.get("column_set") is None:
        return None
    wanted, there = set(given["column_set"]), set(asked.schema.names)
    exact = given.get("exact_match", True)
    kept = wanted == there if exact or exact is None else wanted <= there
    return _known(_found(asked, kept, sorted(there)))


def exists(asked: Asked) -> Question | None:
    """A column is there, perhaps at a place."""
    if not asked.knows("column_index"):
        return None
    names, (column,), index = (
        asked.schema.names,
        asked.invariant.columns,
        asked.invariant.arguments.get("column_index"),
    )
    kept = column in names and (index is None or names.index(column) == index)
    return _known(Kept(invariant=asked.invariant, success=kept))


def of_type(asked: Asked) -> Question | None:
    """A column has a type, or one of several, as pandas would name it."""
    given = asked.invariant.arguments
    if not asked.knows("type_", "type_list"):
        return None
    wanted = given.get("type_list") or [given.get("type_")]
    type_ = asked.schema.field(asked.invariant.columns[0]).type
    if asked.kind(asked.invariant.columns[0]) == "text":
        return _known(_found(asked, success=True, observed="str")) if "str" in wanted else None
    scalars = [_scalar(name) for name in wanted]
    if (
        not (kinds.is_integer(type_) or kinds.is_floating(type_))
        or None in scalars
        or not find_spec("pandas")
    ):
        return None

    def told(values: Sequence[Any]) -> Kept:
        rows, filled = values
        # A whole number beside a null is a decimal one to pandas.
        is_widened = kinds.is_integer(type_) and filled < rows
        found = np.float64 if is_widened else np.dtype(_NAMES.get(str(type_), str(type_))).type
        return _found(asked, success=found in scalars, observed=found.__name__)

    value = asked.sql(asked.invariant.columns[0])
    return Question(("COUNT(*)", f"COUNT({value})"), told)


TABLE_QUESTIONS: Mapping[str, Callable[[Asked], Question | None]] = {
    "expect_table_row_count_to_be_between": row_count,
    "expect_table_row_count_to_equal": row_count,
    "expect_table_column_count_to_be_between": column_count,
    "expect_table_column_count_to_equal": column_count,
    "expect_table_columns_to_match_ordered_list": ordered_list,
    "expect_table_columns_to_match_set": column_set,
    "expect_column_to_exist": exists,
    "expect_column_values_to_be_of_type": of_type,
    "expect_column_values_to_be_in_type_list": of_type,
}

_NAMES = {"halffloat": "float16", "float": "float32", "double": "float64"}


def _known(kept: Kept | None) -> Question | None:
    return Question((), lambda _: kept)


def _found(asked: Asked, success: bool, observed: Any) -> Kept:
    return Kept(invariant=asked.invariant, success=success, observed=observed)


def _sized(asked: Asked, number: int) -> Kept | None:
    given = asked.invariant.arguments
    low, high = given.get("min_value"), given.get("max_value")
    if "value" in given:
        low = high = given["value"]
    if not all(end is None or isinstance(end, int | float) for end in (low, high)):
        return None
    above = low is None or (number > low if given.get("strict_min") else number >= low)
    below = high is None or (number < high if given.get("strict_max") else number <= high)
    return _found(asked, above and below, number)


def _scalar(name: Any) -> type | None:
    """The numpy type of a name; None for one that is not numpy's, such as a database's."""
    try:
        scalar: type = np.dtype(name).type
    except TypeError:
        return None
    return scalar
