"""Profiles as bytes, versioned, without pickle.

A profile is written as ``MLMP``, one byte of version, and a zlib stream of: the length of a JSON document (4 bytes,
little-endian), the document, and the arrays it refers to, end to end. In the document an array is
``{"array": [type, offset, length]}`` with the offset in bytes and a numpy type such as ``<f8``. What a profile does not
have to have, such as rules, is left out of the document; who does not know it does not look for it.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn, UnknownColumn
from airflow_mlmonitor.data.distinct import HashSample
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.sketch import Sketch
from airflow_mlmonitor.errors import EncodingError

MAGIC = b"MLMP"
VERSION = 1

_TYPES = {"<f8", "<u8", "|b1", "|u1"}
_LENGTH = struct.Struct("<I")

_PLAIN = {
    UnknownColumn: (),
    NumberColumn: ("nans", "infinite", "zeros", "integers", "min", "max", "mean", "m2", "is_time"),
    CategoryColumn: ("counts", "others", "error", "characters", "private"),
}
_CLASSES = {
    "unknown": UnknownColumn,
    "number": NumberColumn,
    "time": NumberColumn,
    "category": CategoryColumn,
}


def encode(profile: Profile) -> bytes:
    """Write a profile as bytes."""
    arrays: list[bytes] = []
    document = json.dumps(_profile_out(profile, arrays), separators=(",", ":"), ensure_ascii=False).encode()
    content = _LENGTH.pack(len(document)) + document + b"".join(arrays)
    return MAGIC + bytes([VERSION]) + zlib.compress(content, level=1)


def decode(content: bytes) -> Profile:
    """Read what :func:`encode` wrote.

    Raises
    ------
    EncodingError
        The bytes are damaged, or written by a newer version.
    """
    if content[:4] != MAGIC or len(content) <= len(MAGIC):
        raise EncodingError("These bytes are not a profile; read it again from its source.")
    if content[4:5] != bytes([VERSION]):
        raise EncodingError(
            f"This profile has format {content[4]}, and this version of airflow_mlmonitor reads format {VERSION}; "
            "use the version that wrote it or a later one."
        )
    try:
        plain = zlib.decompress(content[5:])
        end = _LENGTH.size + _LENGTH.unpack_from(plain)[0]
        return _profile_in(json.loads(plain[_LENGTH.size : end]), memoryview(plain)[end:])
    except Exception as damage:  # damaged bytes may break any step
        raise EncodingError(f"This profile is damaged ({damage}); read it again from its source.") from damage


def _profile_out(profile: Profile, arrays: list[bytes]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "rows": profile.rows,
        "timestamp": profile.timestamp,
        "repeated": profile.repeated,
        "remarks": dict(profile.remarks),
        "unsliced": list(profile.unsliced),
        "columns": {name: _column_out(column, arrays) for name, column in profile.columns.items()},
        "slices": {name: _profile_out(part, arrays) for name, part in profile.slices.items()},
    }
    if profile.measures:
        document["measures"] = profile.measures
    if profile.rules is not None:
        memory = np.frombuffer(profile.rules.memory.encode(), dtype=np.uint8)
        document["rules"] = {**profile.rules.document(), "memory": _array_out(memory, arrays)}
    return document


def _profile_in(document: dict[str, Any], arrays: memoryview) -> Profile:
    return Profile(
        rows=document["rows"],
        timestamp=document["timestamp"],
        repeated=document["repeated"],
        remarks=document["remarks"],
        unsliced=tuple(document["unsliced"]),
        columns={name: _column_in(column, arrays) for name, column in document["columns"].items()},
        slices={name: _profile_in(part, arrays) for name, part in document["slices"].items()},
        measures=tuple(Measure(*measure) for measure in document.get("measures", ())),
        rules=_rules_in(document["rules"], arrays) if "rules" in document else None,
    )


def _rules_in(document: dict[str, Any], arrays: memoryview) -> Rules:
    return Rules.read(document, Memory.decode(_array_in(document["memory"], arrays).tobytes()))


def _column_out(column: Column, arrays: list[bytes]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": column.kind,
        "type": column.type,
        "rows": column.rows,
        "nulls": column.nulls,
        "note": column.note,
        **{name: getattr(column, name) for name in _PLAIN[type(column)]},
    }
    if isinstance(column, NumberColumn):
        sketch = column.sketch
        document["sketch"] = [_array_out(array, arrays) for array in (sketch.x, sketch.w, sketch.atoms)]
    if isinstance(column, NumberColumn | CategoryColumn) and column.values is not None:
        sample = column.values
        document["values"] = [sample.size, sample.level, _array_out(sample.hashes, arrays)]
    return document


def _column_in(document: dict[str, Any], arrays: memoryview) -> Column:
    shape = _CLASSES[document["kind"]]
    fields = {name: document[name] for name in ("type", "rows", "nulls", "note", *_PLAIN[shape])}
    if "sketch" in document:
        fields["sketch"] = Sketch(*(_array_in(array, arrays) for array in document["sketch"]))
    if "values" in document:
        size, level, hashes = document["values"]
        known = _array_in(hashes, arrays)
        # How often each value came matters for rows only, and row hashes are not stored.
        fields["values"] = HashSample(size, level, known, np.ones(known.size, dtype=np.int64))
    column: Column = shape(**fields)
    return column


def _array_out(array: np.ndarray[Any, Any], arrays: list[bytes]) -> dict[str, list[Any]]:
    offset = sum(map(len, arrays))
    arrays.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return {"array": [array.dtype.newbyteorder("<").str, offset, int(array.size)]}


def _array_in(document: dict[str, list[Any]], arrays: memoryview) -> np.ndarray[Any, Any]:
    type_, offset, length = document["array"]
    if type_ not in _TYPES:
        raise ValueError(f"array of type {type_}")
    array = np.frombuffer(arrays, dtype=type_, offset=offset, count=length)
    return array.astype(array.dtype.newbyteorder("="), copy=False)
