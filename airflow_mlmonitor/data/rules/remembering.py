"""Memories and novelties as bytes, versioned, without pickle.

Written as four letters, one byte of version, and a zlib stream of: the length of a JSON document (4 bytes,
little-endian), the document, and the hashes of all sets, end to end. As they ascend they are written as their
differences, the bytes of equal weight side by side, so that zlib finds the zeros among the heavy ones.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from airflow_mlmonitor.data.rules.memory import Memory, Novelty, Range
from airflow_mlmonitor.data.rules.seen import Seen, ShortHashes
from airflow_mlmonitor.errors import EncodingError

MAGIC: Mapping[type, bytes] = {Novelty: b"MLMN", Memory: b"MLMR"}
VERSION = 1

Kept = TypeVar("Kept", bound=Novelty)

_LENGTH = struct.Struct("<I")
_BYTES = 4


def encode(kept: Novelty) -> bytes:
    """Write a memory or a novelty as bytes."""
    sets = [*kept.seen.values(), *kept.latest.values()]
    shape = {
        "seen": _sets_out(kept.seen),
        "latest": _sets_out(kept.latest),
        "ranges": {column: list(range_) for column, range_ in kept.ranges.items()},
    }
    document = json.dumps(shape, separators=(",", ":"), ensure_ascii=False).encode()
    content = _LENGTH.pack(len(document)) + document + _packed(sets)
    return MAGIC[type(kept)] + bytes([VERSION]) + zlib.compress(content)


def decode(content: bytes, kind: type[Kept]) -> Kept:
    """Read what :func:`encode` wrote.

    Raises
    ------
    EncodingError
        The bytes are damaged, or written by a newer version.
    """
    noun = kind.__name__.lower()
    if content[:4] != MAGIC[kind] or len(content) <= len(MAGIC[kind]):
        raise EncodingError(f"These bytes are not a {noun}; pin the baseline again.")
    if content[4:5] != bytes([VERSION]):
        raise EncodingError(
            f"This {noun} has format {content[4]}, and this version of airflow_mlmonitor reads format {VERSION}; "
            "use the version that wrote it or a later one."
        )
    try:
        plain = zlib.decompress(content[5:])
        end = _LENGTH.size + _LENGTH.unpack_from(plain)[0]
        shape, hashes = json.loads(plain[_LENGTH.size : end]), _unpacked(plain[end:])
        seen, latest = shape["seen"], shape["latest"]
        return kind(
            seen=_sets_in(seen, hashes),
            latest=_sets_in(latest, hashes[sum(count for *_, count in seen.values()) :]),
            ranges={column: Range(*map(float, numbers)) for column, numbers in shape["ranges"].items()},
        )
    except Exception as damage:  # damaged bytes may break any step
        raise EncodingError(f"This {noun} is damaged ({damage}); pin the baseline again.") from damage


def _sets_out(sets: Mapping[str, Seen]) -> dict[str, list[int]]:
    return {key: [known.size, known.level, len(known)] for key, known in sets.items()}


def _sets_in(shape: dict[str, Any], hashes: ShortHashes) -> dict[str, Seen]:
    ends = np.cumsum([0, *(count for *_, count in shape.values())]).tolist()
    if ends[-1] > hashes.size:
        raise ValueError(f"{ends[-1]} hashes promised, {hashes.size} found")
    return {
        key: Seen(size, level, hashes[begin:end])
        for (key, (size, level, _)), (begin, end) in zip(shape.items(), pairwise(ends), strict=True)
    }


def _packed(sets: Iterable[Seen]) -> bytes:
    hashes = np.concatenate([np.empty(0, dtype=np.uint32), *(known.hashes for known in sets)])
    steps = np.diff(hashes, prepend=np.uint32(0)).astype("<u4")  # from one set to the next it wraps around
    return steps.view(np.uint8).reshape(-1, _BYTES).T.tobytes()


def _unpacked(content: bytes) -> ShortHashes:
    planes = np.frombuffer(content, dtype=np.uint8).reshape(_BYTES, -1)
    return np.cumsum(np.ascontiguousarray(planes.T).view("<u4").ravel(), dtype=np.uint32)
