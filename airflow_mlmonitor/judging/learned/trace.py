"""What a run leaves for later judgements: named arrays, packed."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "learned"
"""Under which name the trace stands beside a run."""

MAGIC = b"mlt\x01"
"""How a trace of this version begins; what begins otherwise is not read."""

HEAD = struct.Struct("<12scxxxIII")
TYPES = {b"f": "<f4", b"d": "<f8", b"k": "<u8"}
CODES = {np.dtype(name): code for code, name in TYPES.items()}

Packed = NDArray[Any]


def pack(parts: Mapping[str, Packed]) -> bytes:
    """Pack named arrays of one or two dimensions: float32, float64 or 64-bit hashes.

    Examples
    --------
    >>> unpack(pack({"values": np.array([1.0, 2.0])}))["values"]
    array([1., 2.])
    """
    content = [MAGIC, struct.pack("<I", len(parts))]
    for name, array in parts.items():
        rows, columns = array.shape if array.ndim > 1 else (0, array.shape[0])
        content.append(HEAD.pack(name.encode(), CODES[array.dtype], rows, columns, array.nbytes))
        content.append(np.ascontiguousarray(array).tobytes())
    return b"".join(content)


def unpack(trace: bytes) -> dict[str, Packed]:
    """Read what :func:`pack` wrote; nothing where the version is not known or the end is missing.

    >>> unpack(b"of another version")
    {}
    """
    try:
        return _unpacked(trace) if trace[:4] == MAGIC else {}
    except (struct.error, ValueError, KeyError):
        return {}


def _unpacked(trace: bytes) -> dict[str, Packed]:
    parts = {}
    (count,) = struct.unpack_from("<I", trace, 4)
    place = 8
    for _ in range(count):
        name, code, rows, columns, size = HEAD.unpack_from(trace, place)
        place += HEAD.size
        array = np.frombuffer(trace, TYPES[code], (rows or 1) * columns, place)
        parts[name.rstrip(b"\0").decode()] = array.reshape(rows, columns) if rows else array
        place += size
    return parts


@lru_cache(maxsize=65_536)
def key_hash(*words: str) -> int:
    """A hash of 64 bits that is the same in every process.

    >>> key_hash("null_share", "temp", "") == key_hash("null_share", "temp", "")
    True
    """
    return int.from_bytes(blake2b("\0".join(words).encode(), digest_size=8).digest(), "little")
