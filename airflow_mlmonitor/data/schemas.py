"""Several schemas made into one, and batches made to fit it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds


def named_apart(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Give every column a name of its own, such as ``price.1`` for the second ``price``; say so in notes.

    Examples
    --------
    >>> named_apart(["price", "", "price"])[0]
    ['price', 'column_2', 'price.1']
    """
    wanted = [name or f"column_{position}" for position, name in enumerate(names, start=1)]
    unique: list[str] = []
    notes: dict[str, str] = {}
    for position, name in enumerate(wanted, start=1):
        own = name
        if name in unique:
            others = (f"{name}.{number}" for number in count(1))
            own = next(other for other in others if other not in unique and other not in wanted)
            notes[own] = f"column {position} is called {name!r}, like one before it; here it is {own!r}"
        unique.append(own)
    return unique, notes


def united(schemas: Sequence[tuple[str, pa.Schema]]) -> tuple[pa.Schema, dict[str, str]]:
    """One schema for all: every column of any, wide enough for each; text, with a note, where types do not meet.

    Parameters
    ----------
    schemas
        What each schema is of, for the notes, and the schema.
    """
    fields: dict[str, tuple[str, pa.DataType]] = {}
    notes: dict[str, str] = {}
    for label, schema in schemas:
        for field in schema:
            where, known = fields.setdefault(field.name, (label, field.type))
            if known == field.type:
                continue
            wider = common_type(known, field.type)
            if wider is None:
                said = (
                    f"is {type_name(known)} in {where} but {type_name(field.type)} in {label}; read as text"
                )
                notes.setdefault(field.name, said)
            fields[field.name] = (where if known == wider else label, wider or pa.string())
    return pa.schema([(name, type_) for name, (_, type_) in fields.items()]), notes


def common_type(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    """The type that holds the values of both; None where only text does."""
    for one, other in ((left, right), (right, left)):
        if one == other or kinds.is_null(one):
            return other
        if kinds.is_dictionary(one):
            return common_type(one.value_type, other.value_type if kinds.is_dictionary(other) else other)
    for both_are, common in _MEETINGS:
        if both_are(left) and both_are(right):
            return common(left, right)
    return _merged_by_arrow(left, right)


def conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with exactly the columns of a schema; nulls stand for a column it does not have."""
    columns = []
    for field in schema:
        position = batch.schema.get_field_index(field.name)
        known = pa.nulls(batch.num_rows, field.type) if position < 0 else batch.column(position)
        columns.append(cast(known, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def cast(array: pa.Array, type_: pa.DataType) -> pa.Array:
    """The values as a wider type, or as text."""
    if array.type == type_:
        return array
    if is_text(type_) and (kinds.is_nested(array.type) or is_bytes(array.type)):
        return pa.array([spelled(value) for value in array.to_pylist()], type_)
    # A moment without a zone is cast to one of UTC, as it is meant everywhere in this package.
    return array.cast(type_, safe=False)


def spelled(value: Any) -> str | None:
    """Any value as text; JSON for lists and the like."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None  # NaN is how pandas writes null among texts
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    text = json.dumps(value, default=str) if isinstance(value, list | tuple | dict) else str(value)
    # Python's texts may hold halves of characters, which UTF-8 has no bytes for.
    return text.encode(errors="backslashreplace").decode()


def plain(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Values without a type of somebody's own, such as a UUID's, laid out so that every kernel takes them."""
    if isinstance(values, pa.ChunkedArray):
        return pa.chunked_array(
            [plain(chunk) for chunk in values.chunks] or [plain(pa.nulls(0, values.type))]
        )
    if kinds.is_run_end_encoded(values.type):
        return plain(pc.run_end_decode(values))
    if isinstance(values.type, pa.BaseExtensionType):
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())
    if kinds.is_dictionary(values.type) and kinds.is_string_view(values.type.value_type):
        return pa.DictionaryArray.from_arrays(values.indices, values.dictionary.cast(pa.string()))
    if kinds.is_string_view(values.type):
        return values.cast(pa.string())
    return values.cast(pa.binary()) if kinds.is_binary_view(values.type) else values


def is_text(type_: pa.DataType) -> bool:
    """Whether values of the type are text."""
    return bool(kinds.is_string(type_) or kinds.is_large_string(type_) or kinds.is_string_view(type_))


def type_name(type_: pa.DataType) -> str:
    """The type as people name it: how texts are laid out in memory is no part of a schema.

    Examples
    --------
    >>> type_name(pa.dictionary(pa.int32(), pa.large_string()))
    'string'
    """
    if kinds.is_dictionary(type_):
        return type_name(type_.value_type)
    return "string" if is_text(type_) else str(type_)


def is_bytes(type_: pa.DataType) -> bool:
    """Whether values of the type are bytes."""
    return bool(
        kinds.is_binary(type_)
        or kinds.is_large_binary(type_)
        or kinds.is_fixed_size_binary(type_)
        or kinds.is_binary_view(type_)
    )


def is_moment(type_: pa.DataType) -> bool:
    """Whether values of the type are moments or days."""
    return bool(kinds.is_timestamp(type_) or kinds.is_date(type_))


def _common_integer(left: pa.DataType, right: pa.DataType) -> pa.DataType:
    if kinds.is_signed_integer(left) == kinds.is_signed_integer(right):
        return left if left.bit_width >= right.bit_width else right
    unsigned = right if kinds.is_signed_integer(left) else left
    # No Arrow integer holds both negative numbers and those past 2^63.
    return pa.float64() if unsigned.bit_width == 64 else pa.int64()


def _common_moment(left: pa.DataType, right: pa.DataType) -> pa.DataType:
    units = [type_.unit for type_ in (left, right) if kinds.is_timestamp(type_)]
    if not units:
        return pa.date64() if kinds.is_date64(left) or kinds.is_date64(right) else pa.date32()
    zoned = any(type_.tz for type_ in (left, right) if kinds.is_timestamp(type_))
    # Nanoseconds reach from 1677 to 2262 only: too short for the 9999-12-31 that others write for "never".
    finest = max(("us" if unit == "ns" else unit for unit in units), key=["s", "ms", "us"].index)
    return pa.timestamp(finest, "UTC" if zoned else None)


def _is_exact(type_: pa.DataType) -> bool:
    return bool(kinds.is_integer(type_) or kinds.is_decimal(type_))


def _common_exact(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    if kinds.is_decimal(left) and kinds.is_decimal(right):
        return _merged_by_arrow(left, right)
    return pa.float64()


def _merged_by_arrow(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    pair = [pa.schema([("", left)]), pa.schema([("", right)])]
    try:
        return pa.unify_schemas(pair, promote_options="permissive").field(0).type
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return None


_MEETINGS: Sequence[
    tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType, pa.DataType], pa.DataType | None]]
] = (
    (kinds.is_integer, _common_integer),
    (_is_exact, _common_exact),
    (is_moment, _common_moment),
    (is_text, lambda left, right: pa.string()),
)
"""Kinds of types that have a way of their own to what two of them have in common; the first that fits counts."""
