"""Files of weights, made of bytes as their formats say."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

FLOAT, INT64, FLOAT16, DOUBLE, BFLOAT16 = 1, 7, 10, 11, 16


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(number: int, content: bytes | int) -> bytes:
    """One field of a protocol buffer: a number of variable length, or bytes."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def tensor(name: str, shape: tuple[int, ...], dtype: int, *parts: bytes, packed: bool = False) -> bytes:
    """An initializer of an ONNX model."""
    dims = field(1, b"".join(map(varint, shape))) if packed else b"".join(field(1, size) for size in shape)
    return dims + field(2, dtype) + field(8, name.encode()) + b"".join(parts)


def outside(**entries: str) -> bytes:
    """Where an initializer lies that is in no file of its own."""
    return b"".join(
        field(13, field(1, key.encode()) + field(2, value.encode())) for key, value in entries.items()
    )


def onnx(*tensors: bytes) -> bytes:
    """A model with a node that nobody looks at, some initializers and a version of its operators."""
    node = field(1, field(1, b"x") + field(4, b"MatMul"))
    graph = node + field(2, b"main") + b"".join(field(5, one) for one in tensors)
    return field(1, 8) + field(2, b"tests") + field(7, graph) + field(8, field(2, 17))


def safetensors(tensors: Mapping[str, tuple[str, Any, bytes]], **header: Any) -> bytes:
    """A file of safetensors: name to dtype, shape and bytes."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, (dtype, shape, content) in tensors.items():
        entries[name] = {
            "dtype": dtype,
            "shape": list(shape),
            "data_offsets": [len(body), len(body) + len(content)],
        }
        body += content
    written = json.dumps(entries | header).encode()
    return struct.pack("<Q", len(written)) + written + body


def bfloat16(values: Any) -> bytes:
    """Numbers as the upper halves of floats."""
    return (np.asarray(values, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
