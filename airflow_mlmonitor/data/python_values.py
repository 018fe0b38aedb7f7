"""Columns of Python values as Arrow arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from numbers import Integral
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.schemas import common_type, is_text, spelled
from airflow_mlmonitor.data.window import utc

_FAMILIES: Mapping[type, str] = {
    bool: "truth",
    Integral: "whole number",
    float: "number",
    Decimal: "number",
    str: "text",
    bytes: "bytes",
    datetime: "moment",
    date: "day",
    time: "time",
    timedelta: "length of time",
}
"""Python class to what it holds; a class comes before those it is made of."""

_NULLS = {"NoneType", "NAType", "NaTType"}
_TYPES: Mapping[frozenset[str], pa.DataType] = {
    frozenset(): pa.null(),
    frozenset({"truth"}): pa.bool_(),
    frozenset({"number"}): pa.float64(),
    frozenset({"number", "whole number"}): pa.float64(),
    frozenset({"text"}): pa.string(),
    frozenset({"bytes"}): pa.binary(),
    frozenset({"day"}): pa.date32(),
    frozenset({"time"}): pa.time64("us"),
    frozenset({"length of time"}): pa.duration("us"),
}

_PLAIN: Mapping[pa.DataType, type] = {
    pa.bool_(): bool,
    pa.int64(): int,
    pa.float64(): float,
    pa.string(): str,
    pa.binary(): bytes,
    pa.date32(): date,
    pa.timestamp("us", "UTC"): datetime,
    pa.time64("us"): time,
    pa.duration("us"): timedelta,
}
"""Types whose values Arrow takes from Python as they are, as long as they are all of one class."""


def type_of(values: Sequence[Any]) -> tuple[pa.DataType, str]:
    """The type that holds all values, and a note if that is text only because they differ.

    Examples
    --------
    >>> import decimal
    >>> type_of([1, None, decimal.Decimal("2.5")])
    (DataType(double), '')
    >>> type_of([1, "x"])
    (DataType(string), 'holds text and whole number values; read as text')
    """
    classes = set(map(type, values))
    families = set(map(_family, classes)) - {""}
    numbers = tuple(class_ for class_ in classes if _family(class_) == "number")
    if len(families) > 1 and numbers and _only_nan(value for value in values if isinstance(value, numbers)):
        # NaN is how pandas writes null among objects.
        families.discard("number")
    known = _TYPES.get(frozenset(families))
    if known is not None:
        return known, ""
    if families == {"whole number"}:
        return _integer(values), ""
    if families <= {"moment", "day"}:
        zoned = any(isinstance(value, datetime) and value.tzinfo for value in values)
        return pa.timestamp("us", "UTC" if zoned else None), ""
    if len(families) == 1:
        return pa.string(), f"holds {families.pop()} values; read as text"
    return pa.string(), f"holds {' and '.join(sorted(families))} values; read as text"


def array_of(values: Sequence[Any], type_: pa.DataType) -> pa.Array:
    """The values as an Arrow array of a type that :func:`type_of` found for them, or of a wider one.

    Raises
    ------
    ValueError
        The type does not hold them.
    """
    if set(map(type, values)) <= {_PLAIN.get(type_), type(None)}:
        with suppress(OverflowError, UnicodeEncodeError):
            return pa.array(values, type_)
    found, _ = type_of(values)
    if not (is_text(type_) or found == type_ or common_type(found, type_) == type_):
        raise ValueError(f"holds {found}")
    convert = _converter(type_)
    return pa.array([None if _is_null(value) else convert(value) for value in values], type_)


def _converter(type_: pa.DataType) -> Callable[[Any], Any]:
    if is_text(type_):
        return spelled
    if kinds.is_floating(type_):
        return float
    if kinds.is_integer(type_):
        return int
    if kinds.is_boolean(type_):
        return bool
    if kinds.is_timestamp(type_):
        return _moment
    return lambda value: value


def _family(class_: type) -> str:
    """What values of a class hold; nothing for those that stand for null."""
    if class_.__name__ in _NULLS:
        return ""
    if class_.__name__ in ("bool", "bool_"):
        return "truth"
    for known, family in _FAMILIES.items():
        if issubclass(class_, known):
            return family
    if class_.__name__.startswith("float"):
        return "number"
    return class_.__name__


def _only_nan(values: Iterable[Any]) -> bool:
    return all(value != value for value in values)  # noqa: PLR0124


def _is_null(value: Any) -> bool:
    return value is None or type(value).__name__ in _NULLS


def _integer(values: Iterable[Any]) -> pa.DataType:
    known = [value for value in values if not _is_null(value)]
    if min(known) >= -(2**63) and max(known) < 2**63:
        return pa.int64()
    return pa.uint64() if min(known) >= 0 and max(known) < 2**64 else pa.float64()


def _moment(value: date) -> datetime:
    return utc(
        value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    )
