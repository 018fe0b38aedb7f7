"""Arrow arrays as numpy arrays, without pandas (which pyarrow's own conversions import wherever it is installed)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.schemas import is_moment, is_text, plain

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY = 86_400


def is_number(type_: pa.DataType) -> bool:
    """Whether values of the type are numbers."""
    return bool(
        kinds.is_integer(type_)
        or kinds.is_floating(type_)
        or kinds.is_decimal(type_)
        or kinds.is_time(type_)
        or kinds.is_duration(type_)
    )


def is_name(type_: pa.DataType) -> bool:
    """Whether values of the type are names."""
    if kinds.is_dictionary(type_):
        return is_name(type_.value_type) or is_number(type_.value_type)
    return is_text(type_) or bool(kinds.is_boolean(type_))


def validity(array: pa.Array) -> NDArray[np.bool_] | None:
    """True where there is a value; None where there is one everywhere."""
    if not array.null_count:
        return None
    if kinds.is_null(array.type):
        return np.zeros(len(array), dtype=np.bool_)
    bits = np.frombuffer(array.buffers()[0], dtype=np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].view(
        np.bool_
    )


def floats(array: pa.Array) -> NDArray[np.float64]:
    """Numbers as floats, moments as seconds since 1970, lengths of time as seconds; anything where null."""
    type_ = array.type
    if kinds.is_decimal(type_):
        return _buffer(array.cast(pa.float64(), safe=False), np.float64)
    if kinds.is_date32(type_):
        return _buffer(array, np.int32) * float(_DAY)
    if kinds.is_date64(type_):
        return _buffer(array, np.int64) / 1e3
    if kinds.is_timestamp(type_) or kinds.is_time(type_) or kinds.is_duration(type_):
        width = np.int32 if kinds.is_time32(type_) else np.int64
        return _buffer(array, width) / float(_PER_SECOND[type_.unit])
    return _buffer(array, np.dtype(str(type_) if str(type_) not in _FLOATS else _FLOATS[str(type_)])).astype(
        np.float64, copy=False
    )


_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}


def moments(array: pa.Array) -> NDArray[np.float64]:
    """Moments, dates or ISO 8601 texts as seconds since 1970 (UTC); NaN where there is none."""
    if not is_moment(array.type):
        array = array.cast(pa.string()).cast(pa.timestamp("us"))
    seconds = floats(array)
    valid = validity(array)
    return seconds if valid is None else np.where(valid, seconds, np.nan)


def codes(array: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Names as positions in a dictionary, -1 where null, and the dictionary."""
    encoded = array if kinds.is_dictionary(array.type) else _encodable(array).dictionary_encode()
    positions = _buffer(encoded.indices, np.dtype(str(encoded.indices.type))).astype(np.int64)
    valid = validity(encoded.indices)
    if valid is not None:
        positions[~valid] = -1
    return positions, encoded.dictionary


def texts(dictionary: pa.Array) -> list[str | None]:
    """The values of a dictionary as text."""
    try:
        values: list[Any] = dictionary.to_pylist()
    except UnicodeDecodeError:  # Arrow takes a file's word for it that its texts are UTF-8
        raw = dictionary.cast(pa.large_binary()).to_pylist()
        values = [None if value is None else value.decode(errors="backslashreplace") for value in raw]
    if is_text(dictionary.type):
        return values
    return [None if value is None else _spelled(value) for value in values]


def taken(batch: pa.RecordBatch, positions: NDArray[np.int64]) -> pa.RecordBatch:
    """The rows at some positions."""
    rows = pa.Array.from_buffers(pa.int64(), positions.size, [None, pa.py_buffer(positions)])
    return pa.RecordBatch.from_arrays(
        [plain(column).take(rows) for column in batch.columns], names=batch.schema.names
    )


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # A whole number is the same name wherever a null beside it has made a float of it.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _encodable(array: pa.Array) -> pa.Array:
    type_ = array.type
    if kinds.is_float16(type_):  # which pyarrow below 26 does not encode
        return array.cast(pa.float32())
    narrow = kinds.is_decimal(type_) and type_.bit_width < 128
    return array.cast(pa.decimal128(type_.precision, type_.scale)) if narrow else array


def _buffer(array: pa.Array, dtype: Any) -> NDArray[Any]:
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.empty(0, dtype=dtype) if not len(array) else np.zeros(len(array), dtype=dtype)
    width = np.dtype(dtype).itemsize
    return np.frombuffer(buffer, dtype=dtype, count=len(array), offset=array.offset * width)
