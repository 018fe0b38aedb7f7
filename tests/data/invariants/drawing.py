"""Real rows, and expectations about them drawn at random: some kept, some not, some about what is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn import datasets

from demo.flights import table

Draw = Callable[[np.random.Generator, pd.DataFrame], "tuple[str, dict[str, Any]] | None"]


@cache
def frames() -> dict[str, pd.DataFrame]:
    """Flights, flowers and wines; with holes, whole numbers, texts, truths and moments."""
    flights = table("flights").sample(1500, random_state=1).reset_index(drop=True)
    flights["time_hour"] = pd.to_datetime(flights["time_hour"]).dt.tz_localize(None)
    flights["late"] = flights["arr_delay"].fillna(0) > 15
    flights["short"] = flights["distance"].astype("float32") / np.float32(3)
    iris = datasets.load_iris(as_frame=True).frame
    iris.columns = pd.Index([name.replace(" (cm)", "") for name in iris.columns])
    wine = datasets.load_wine(as_frame=True).frame
    return {"flights": flights, "iris": iris, "wine": wine}


def drawn(rng: np.random.Generator, frame: pd.DataFrame, count: int) -> list[dict[str, Any]]:
    """Some expectations about the columns of a frame."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        made = DRAWS[rng.integers(len(DRAWS))](rng, frame)
        if made is not None:
            type_, arguments = made
            if type_ in WITH_MOSTLY and rng.random() < 0.4:
                arguments["mostly"] = float(rng.choice([0.5, 0.9, 0.95, 0.99, 1.0]))
            found.append({"type": type_, "kwargs": arguments})
    return found


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind in "if"]


def _texts(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if isinstance(frame[name].dropna().iloc[0], str)]


def _any(rng: np.random.Generator, names: list[str]) -> str | None:
    return str(rng.choice(names)) if names else None


def _value(rng: np.random.Generator, column: pd.Series) -> Any:
    value = column.dropna().iloc[rng.integers(column.notna().sum())]
    return value.item() if hasattr(value, "item") else value


def _ends(rng: np.random.Generator, low: Any, high: Any, *, strict: bool = True) -> dict[str, Any]:
    low, high = sorted([low, high])
    ends: dict[str, Any] = {"min_value": low, "max_value": high}
    if rng.random() < 0.3:
        del ends[str(rng.choice(list(ends)))]
    if strict and rng.random() < 0.3:
        ends[str(rng.choice(["strict_min", "strict_max"]))] = True
    return ends


def _null(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    word = "not_be" if rng.random() < 0.7 else "be"
    return f"expect_column_values_to_{word}_null", {"column": _any(rng, list(frame.columns))}


def _between(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    name = _any(rng, _numbers(frame))
    ends = _ends(rng, _value(rng, frame[name]), _value(rng, frame[name]))
    return "expect_column_values_to_be_between", {"column": name, **ends}


def _moments(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]] | None:
    if "time_hour" not in frame:
        return None
    low, high = (str(_value(rng, frame["time_hour"])) for _ in range(2))
    return "expect_column_values_to_be_between", {"column": "time_hour", **_ends(rng, low, high)}


def _in_set(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    name = _any(rng, [*_numbers(frame), *_texts(frame), *_texts(frame)])
    values = [_value(rng, frame[name]) for _ in range(rng.integers(1, 20))]
    if rng.random() < 0.1:
        values.append("another")
    word = "not_be" if rng.random() < 0.4 else "be"
    return f"expect_column_values_to_{word}_in_set", {"column": name, "value_set": values}


def _regex(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]] | None:
    name = _any(rng, _texts(frame))
    if name is None:
        return None
    pattern = str(
        rng.choice(
            [r"^[A-Z]+$", r"^N\d+", r"\w{3}", "A|B", r"^(?!N)", r"[^A-Z0-9]", ".", r"(?i)^n", r"[A-Z]{2}$"]
        )
    )
    word = "not_match" if rng.random() < 0.4 else "match"
    return f"expect_column_values_to_{word}_regex", {"column": name, "regex": pattern}


def _lengths(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]] | None:
    name = _any(rng, _texts(frame))
    if name is None:
        return None
    if rng.random() < 0.4:
        return "expect_column_value_lengths_to_equal", {"column": name, "value": int(rng.integers(1, 8))}
    ends = _ends(rng, int(rng.integers(1, 5)), int(rng.integers(2, 8)))
    return "expect_column_value_lengths_to_be_between", {"column": name, **ends}


def _aggregate(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    which = str(rng.choice(["mean", "min", "max", "sum", "stdev", "median"]))
    name = _any(rng, _numbers(frame))
    ends = _ends(rng, _value(rng, frame[name]), _value(rng, frame[name]))
    return f"expect_column_{which}_to_be_between", {"column": name, **ends}


def _quantiles(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    name = _any(rng, _numbers(frame))
    places = sorted({float(place) for place in rng.random(3).round(2)})
    ranges = [sorted([_value(rng, frame[name]), _value(rng, frame[name])]) for _ in places]
    if rng.random() < 0.3:
        ranges[0][0] = None
    given = {"quantiles": places, "value_ranges": ranges}
    return "expect_column_quantile_values_to_be_between", {"column": name, "quantile_ranges": given}


def _distinct(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    name = _any(rng, [*_numbers(frame), *_texts(frame)])
    if rng.random() < 0.5:
        ends = _ends(rng, int(rng.integers(1, 50)), int(rng.integers(10, 900)))
        return "expect_column_unique_value_count_to_be_between", {"column": name, **ends}
    ends = _ends(rng, float(rng.random()), float(rng.random()))
    type_ = str(rng.choice(["unique_values", "non_null_values"]))
    return f"expect_column_proportion_of_{type_}_to_be_between", {"column": name, **ends}


def _unique(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    names = [*_numbers(frame), *_texts(frame)]
    if rng.random() < 0.5:
        return "expect_column_values_to_be_unique", {"column": _any(rng, names)}
    chosen = [str(name) for name in rng.choice(names, rng.integers(2, 4), replace=False)]
    arguments: dict[str, Any] = {"column_list": chosen}
    if rng.random() < 0.5:
        arguments["ignore_row_if"] = str(
            rng.choice(["all_values_are_missing", "any_value_is_missing", "never"])
        )
    return "expect_compound_columns_to_be_unique", arguments


def _pair(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    names = _texts(frame) if _texts(frame) and rng.random() < 0.2 else _numbers(frame)
    one, other = (str(name) for name in rng.choice(names, 2, replace=False))
    arguments: dict[str, Any] = {"column_A": one, "column_B": other}
    if rng.random() < 0.5:
        ignored = ["both_values_are_missing", "either_value_is_missing", "neither"]
        arguments["ignore_row_if"] = str(rng.choice(ignored))
    if names == _texts(frame) or rng.random() < 0.4:
        return "expect_column_pair_values_to_be_equal", arguments
    if rng.random() < 0.5:
        arguments["or_equal"] = True
    return "expect_column_pair_values_a_to_be_greater_than_b", arguments


def _several(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    chosen = [str(name) for name in rng.choice(_numbers(frame), rng.integers(2, 4), replace=False)]
    if rng.random() < 0.5:
        return "expect_select_column_values_to_be_unique_within_record", {"column_list": chosen}
    total = sum(_value(rng, frame[name]) for name in chosen)
    return "expect_multicolumn_sum_to_equal", {"column_list": chosen, "sum_total": total}


def _type(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    name = _any(rng, list(frame.columns))
    names = ["int64", "float64", "str", "float32", "bool", "int", "object", "datetime64"]
    if rng.random() < 0.5:
        return "expect_column_values_to_be_of_type", {"column": name, "type_": str(rng.choice(names))}
    chosen = [str(one) for one in rng.choice(names, 2, replace=False)]
    return "expect_column_values_to_be_in_type_list", {"column": name, "type_list": chosen}


def _table(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    some = [str(name) for name in rng.permutation(names)[: rng.integers(1, len(names) + 1)]]
    ends = _ends(rng, int(rng.integers(1, 200)), int(rng.integers(100, 2000)), strict=False)
    made: list[tuple[str, dict[str, Any]]] = [
        ("expect_table_row_count_to_be_between", ends),
        ("expect_table_row_count_to_equal", {"value": int(rng.choice([len(frame), 7]))}),
        ("expect_table_column_count_to_equal", {"value": int(rng.choice([len(names), 7]))}),
        ("expect_table_column_count_to_be_between", {"min_value": 3, "max_value": int(rng.integers(3, 30))}),
        (
            "expect_table_columns_to_match_ordered_list",
            {"column_list": names if rng.random() < 0.5 else some},
        ),
        ("expect_table_columns_to_match_set", {"column_set": some, "exact_match": bool(rng.random() < 0.5)}),
        ("expect_column_to_exist", {"column": str(rng.choice([*names, "nowhere"]))}),
        ("expect_column_to_exist", {"column": str(rng.choice(names)), "column_index": 1}),
    ]
    return made[rng.integers(len(made))]


DRAWS: list[Draw] = [
    *(_null, _between, _between, _moments, _in_set, _in_set, _regex, _lengths, _aggregate, _aggregate),
    *(_quantiles, _distinct, _unique, _pair, _several, _type, _table),
]

WITH_MOSTLY = {
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_be_null",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_match_regex",
    "expect_column_values_to_not_match_regex",
    "expect_column_value_lengths_to_equal",
    "expect_column_value_lengths_to_be_between",
    "expect_column_values_to_be_unique",
    "expect_compound_columns_to_be_unique",
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_select_column_values_to_be_unique_within_record",
    "expect_multicolumn_sum_to_equal",
}
