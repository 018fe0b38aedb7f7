"""Questions about a whole column: numbers that must lie between two others, and values that must not come twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.invariants.kept import Kept, counted
from airflow_mlmonitor.data.invariants.question import ROWS, Asked, Question
from airflow_mlmonitor.data.invariants.row_questions import considered

BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")


def mean(asked: Asked) -> Question | None:
    """The mean."""
    return _number(asked, f"AVG({_real(asked)})")


def smallest(asked: Asked) -> Question | None:
    """The smallest value."""
    return _number(asked, f"MIN({_value(asked)})")


def largest(asked: Asked) -> Question | None:
    """The largest value."""
    return _number(asked, f"MAX({_value(asked)})")


def total(asked: Asked) -> Question | None:
    """The sum."""
    return _number(asked, f"SUM({_real(asked)})")


def spread(asked: Asked) -> Question | None:
    """The standard deviation, with n - 1."""
    if "spread" not in asked.dialect.has:
        return None
    return _number(asked, f"STDDEV_SAMP({_real(asked)})", least=2)


def median(asked: Asked) -> Question | None:
    """The median."""
    return _number(asked, f"MEDIAN({_real(asked)})") if "lists" in asked.dialect.has else None


def quantiles(asked: Asked) -> Question | None:
    """Several quantiles, each the value nearest to where it lies."""
    ranges: Any = asked.invariant.arguments.get("quantile_ranges")
    if not asked.knows("quantile_ranges") or "lists" not in asked.dialect.has or not _is_ranges(ranges):
        return None
    if asked.kind(asked.invariant.columns[0]) != "number":
        return None

    def told(values: Sequence[Any]) -> Kept | None:
        numbers = values[0]
        if numbers is None or not len(numbers):
            return None
        found = np.quantile(np.asarray(numbers), ranges["quantiles"], method="nearest").tolist()
        kept = all(
            (low is None or value >= low) and (high is None or value <= high)
            for value, (low, high) in zip(found, ranges["value_ranges"], strict=True)
        )
        observed = {"quantiles": ranges["quantiles"], "values": found}
        return Kept(invariant=asked.invariant, success=kept, observed=observed)

    value = _value(asked)
    return Question((f"LIST({value}) FILTER (WHERE {value} IS NOT NULL)",), told)


def filled(asked: Asked) -> Question | None:
    """The share of rows that have a value."""
    if not asked.knows(*BOUNDS):
        return None
    return Question(
        ("COUNT(*)", f"COUNT({_value(asked)})"),
        lambda values: _within(asked, values[1] / values[0]) if values[0] else None,
    )


def distinct(asked: Asked) -> Question | None:
    """The number of distinct values, or their share."""
    column = asked.invariant.columns[0]
    if not asked.knows(*BOUNDS) or not asked.comparable([column]):
        return None
    is_share = "proportion" in asked.invariant.type

    def told(values: Sequence[Any]) -> Kept | None:
        found, count = values
        number = len(_repeats(found)) if "lists" in asked.dialect.has else found
        if is_share and not count:
            return None
        return _within(asked, number / count if is_share else number)

    value = _value(asked)
    found = (
        _hashes(value, f"{value} IS NOT NULL") if "lists" in asked.dialect.has else f"COUNT(DISTINCT {value})"
    )
    return Question((found, f"COUNT({value})"), told)


def unique(asked: Asked) -> Question | None:
    """No value comes twice, nor does a combination of values; all rows that share one are counted."""
    columns, is_one = asked.invariant.columns, "column" in asked.invariant.arguments
    known = () if is_one else ("column_list", "ignore_row_if")
    if not asked.knows(*known) or not all(asked.comparable([name]) for name in columns):
        return None
    looked = considered(asked, "all_values_are_missing")
    if looked is None:
        return None

    def told(values: Sequence[Any]) -> Kept:
        rows, seen, found = values
        if "lists" in asked.dialect.has:
            counts = _repeats(found)
            found = int(counts[counts > 1].sum())
        return counted(asked.invariant, rows=rows, missing=rows - seen, unexpected=int(found or 0))

    names = ", ".join(map(asked.sql, columns))
    if "lists" in asked.dialect.has:
        repeated = _hashes(names, looked)
    else:
        groups = f"SELECT COUNT(*) AS n FROM {ROWS} WHERE {looked} GROUP BY {names} HAVING COUNT(*) > 1"  # noqa: S608
        repeated = f"(SELECT SUM(n) FROM ({groups}) mlmonitor_groups)"  # noqa: S608
    return Question(("COUNT(*)", f"COUNT(CASE WHEN {looked} THEN 1 END)", repeated), told)


COLUMN_QUESTIONS: Mapping[str, Callable[[Asked], Question | None]] = {
    "expect_column_mean_to_be_between": mean,
    "expect_column_min_to_be_between": smallest,
    "expect_column_max_to_be_between": largest,
    "expect_column_sum_to_be_between": total,
    "expect_column_stdev_to_be_between": spread,
    "expect_column_median_to_be_between": median,
    "expect_column_quantile_values_to_be_between": quantiles,
    "expect_column_proportion_of_non_null_values_to_be_between": filled,
    "expect_column_unique_value_count_to_be_between": distinct,
    "expect_column_proportion_of_unique_values_to_be_between": distinct,
    "expect_column_values_to_be_unique": unique,
    "expect_compound_columns_to_be_unique": unique,
}


def _value(asked: Asked) -> str:
    return asked.sql(asked.invariant.columns[0])


def _real(asked: Asked) -> str:
    return f"CAST({_value(asked)} AS {asked.dialect.real})"


def _number(asked: Asked, aggregate: str, *, least: int = 1) -> Question | None:
    if not asked.knows(*BOUNDS) or asked.kind(asked.invariant.columns[0]) != "number":
        return None

    def told(values: Sequence[Any]) -> Kept | None:
        number, count = values
        return None if number is None or count < least else _within(asked, number)

    return Question((aggregate, f"COUNT({_value(asked)})"), told)


def _within(asked: Asked, number: float) -> Kept | None:
    """Whether a number lies within the bounds; where these are no numbers, Great Expectations is asked."""
    low, high, strict_low, strict_high = (asked.invariant.arguments.get(name) for name in BOUNDS)
    if not all(end is None or isinstance(end, int | float) for end in (low, high)):
        return None
    above = low is None or (number > low if strict_low else number >= low)
    below = high is None or (number < high if strict_high else number <= high)
    return Kept(invariant=asked.invariant, success=above and below, observed=number)


def _hashes(names: str, looked: str) -> str:
    return f"LIST(HASH({names})) FILTER (WHERE {looked})"


def _repeats(hashes: Any) -> NDArray[np.int64]:
    """How often each hash comes; at 64 bits, among ten million values two share one in a run of 370,000."""
    return np.unique(np.asarray([] if hashes is None else hashes), return_counts=True)[1]


def _is_ranges(ranges: Any) -> bool:
    if not isinstance(ranges, Mapping) or set(ranges) != {"quantiles", "value_ranges"}:
        return False
    ends = [end for pair in ranges["value_ranges"] for end in pair]
    return all(end is None or isinstance(end, int | float) for end in ends)
