"""What a run leaves for later judgements: named arrays, packed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NAME = "learned"
"""Under which name the trace stands beside a run."""

MAGIC = b"mlt\x01"
"""How a trace of this version begins; what begins otherwise is not read."""

BLAMED = "blamed"
"""Name of the array of groups that a run alerted for."""

START = struct.Struct("<4sI")
ENTRY = struct.Struct("<11scII")
TYPES: Mapping[bytes, np.dtype[Any]] = {b"f": np.dtype("<f4"), b"d": np.dtype("<f8"), b"k": np.dtype("<u8")}
CODES = {type_: code for code, type_ in TYPES.items()}

Packed = NDArray[Any]


class Entry(NamedTuple):
    """Where an array stands in a trace."""

    type: np.dtype[Any]
    rows: int
    columns: int
    begin: int
    end: int


class Trace(Mapping[str, Packed]):
    """The arrays of a trace, by name; each is made when it is asked for.

    Parameters
    ----------
    content
        The trace.
    layout
        Where its arrays stand.

    Examples
    --------
    >>> trace = unpack(pack({"values": np.array([1.0, 2.0])}))
    >>> list(trace), trace["values"].tolist()
    (['values'], [1.0, 2.0])
    """

    def __init__(self, content: bytes, layout: Mapping[str, Entry]) -> None:
        self.content = content
        self.layout = layout

    def __getitem__(self, name: str) -> Packed:
        entry = self.layout[name]
        count = entry.columns * (entry.rows or 1)
        array = np.frombuffer(self.content, entry.type, count, entry.begin)
        return array.reshape(entry.rows, entry.columns) if entry.rows else array

    def __contains__(self, name: object) -> bool:
        return name in self.layout

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout)

    def __len__(self) -> int:
        return len(self.layout)


def pack(parts: Mapping[str, Packed]) -> bytes:
    """Pack named arrays of one or two dimensions: float32, float64 or 64-bit hashes."""
    head, body = [START.pack(MAGIC, len(parts))], []
    for name, array in parts.items():
        rows, columns = array.shape if array.ndim > 1 else (0, array.shape[0])
        head.append(ENTRY.pack(name.encode(), CODES[array.dtype], rows, columns))
        body.append(np.ascontiguousarray(array).tobytes())
    return b"".join((*head, *body))


def unpack(trace: bytes) -> Mapping[str, Packed]:
    """Read what :func:`pack` wrote; nothing where the version is not known or the end is missing.

    >>> unpack(b"of another version"), unpack(pack({"values": np.array([1.0, 2.0])})[:-1])
    ({}, {})
    """
    if len(trace) < START.size or trace[:4] != MAGIC:
        return {}
    _, count = START.unpack_from(trace)
    head = START.size + count * ENTRY.size
    layout = _layout(trace[:head]) if len(trace) >= head else {}
    end = max((entry.end for entry in layout.values()), default=0)
    return Trace(trace, layout) if end == len(trace) else {}


def stacked(traces: Sequence[Mapping[str, Packed]], name: str) -> Packed:
    """The same array of several traces, the traces being the first axis; they must be of one shape.

    >>> one, other = ({"values": np.array([1.0, 2.0])}, {"values": np.array([3.0, 4.0])})
    >>> stacked([unpack(pack(one)), unpack(pack(other))], "values").tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    packed = [trace for trace in traces if isinstance(trace, Trace)]
    if len(packed) < len(traces):
        return np.array([trace[name] for trace in traces])
    entries = [trace.layout[name] for trace in packed]
    parts = zip(packed, entries, strict=True)
    content = b"".join([trace.content[entry.begin : entry.end] for trace, entry in parts])
    first = entries[0]
    shape = (len(packed), first.rows, first.columns) if first.rows else (len(packed), first.columns)
    return np.frombuffer(content, first.type).reshape(shape)


def raw(parts: Mapping[str, Packed], name: str) -> bytes:
    """The bytes of one array of a trace, nothing where it has none.

    >>> raw(unpack(pack({"values": np.array([1.0])})), "values") == np.array([1.0]).tobytes()
    True
    """
    if not isinstance(parts, Trace):
        return parts[name].tobytes() if name in parts else b""
    entry = parts.layout.get(name)
    return parts.content[entry.begin : entry.end] if entry else b""


@lru_cache(maxsize=256)
def _layout(head: bytes) -> Mapping[str, Entry]:
    layout, place = {}, len(head)
    for begin in range(START.size, len(head), ENTRY.size):
        name, code, rows, columns = ENTRY.unpack_from(head, begin)
        type_ = TYPES.get(code, TYPES[b"d"])
        end = place + (rows or 1) * columns * type_.itemsize
        layout[name.rstrip(b"\0").decode("ascii", "replace")] = Entry(type_, rows, columns, place, end)
        place = end
    return layout


@lru_cache(maxsize=65_536)
def key_hash(*words: str) -> int:
    """A hash of 64 bits that is the same in every process.

    >>> key_hash("null_share", "temp", "") == key_hash("null_share", "temp", "")
    True
    """
    return int.from_bytes(blake2b("\0".join(words).encode(), digest_size=8).digest(), "little")
