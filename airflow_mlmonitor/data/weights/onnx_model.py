"""The initializers of ONNX models, with what little of the format that takes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from airflow_mlmonitor.data.weights.protobuf_wire import BYTES, VARINT, fields, varints
from airflow_mlmonitor.data.weights.tensor import Bytes, Spans, Tensor
from airflow_mlmonitor.errors import DataError

GRAPH, INITIALIZER = 7, 5
"""Fields of a model and of its graph."""

DIMS, TYPE, FLOATS, INT32S, NAME, RAW, DOUBLES, EXTERNAL = 1, 2, 4, 5, 8, 9, 10, 13
"""Fields of a tensor."""

DTYPES = {
    1: "<f4",
    2: "|u1",
    3: "|i1",
    10: "<f2",
    11: "<f8",
    16: "BF16",
    17: "F8_E4M3",
    19: "F8_E5M2",
}
"""The format's numbers of types that weights have, to ours; other whole numbers are shapes and places."""

LARGEST_SPELLED = 64 << 20
"""Bytes of a tensor whose numbers are of variable length; those are read as a whole."""

Beside = Callable[[str], AbstractContextManager[Any]]
"""Opens a file that lies beside the model."""


@dataclass
class _Parts:
    """A tensor as the file has it, field by field."""

    title: str = ""
    shape: list[int] = field(default_factory=list)
    dtype: int = 0
    plain: list[tuple[int, int]] = field(default_factory=list)
    spelled: list[tuple[int, int]] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)


def initializers_of(file: Any, name: str, beside: Beside) -> Iterator[Tensor]:
    """The initializers of a model's graph; those of branches and loops inside it are left out."""
    file.seek(0, 2)
    end = file.tell()
    for graph in fields(file, 0, end, name):
        if (graph.number, graph.wire) != (GRAPH, BYTES):
            continue
        for item in fields(file, graph.begin, graph.begin + graph.length, name):
            if (item.number, item.wire) == (INITIALIZER, BYTES):
                parts = _parts(file, item.begin, item.begin + item.length, name)
                if parts.dtype in DTYPES:
                    yield from _tensor(file, parts, name, beside)


def _parts(file: Any, begin: int, end: int, name: str) -> _Parts:
    parts = _Parts()
    for item in fields(file, begin, end, name):
        place = (item.begin, item.length)
        if item.number == DIMS:
            parts.shape += [item.value] if item.wire == VARINT else varints(_read(file, place))
        elif item.number == TYPE:
            parts.dtype = item.value
        elif item.number == NAME:
            parts.title = _read(file, place).decode("utf-8", "replace")
        elif item.number in (FLOATS, RAW, DOUBLES):
            parts.plain.append(place)
        elif item.number == INT32S:
            parts.spelled.append(place)
        elif item.number == EXTERNAL:
            parts.outside |= _entry(file, item.begin, item.begin + item.length, name)
    return parts


def _entry(file: Any, begin: int, end: int, name: str) -> dict[str, str]:
    """A key and its value."""
    found = fields(file, begin, end, name)
    texts = {item.number: _read(file, (item.begin, item.length)).decode("utf-8", "replace") for item in found}
    return {texts.get(1, ""): texts.get(2, "")}


def _tensor(file: Any, parts: _Parts, name: str, beside: Beside) -> Iterator[Tensor]:
    how: dict[str, Any] = {"name": parts.title, "shape": tuple(parts.shape), "dtype": DTYPES[parts.dtype]}
    if parts.outside:
        with beside(_place(parts.outside, parts.title, name)) as other:
            yield Tensor(**how, content=partial(_outside, other, parts.outside))
    elif parts.spelled:
        yield Tensor(**how, content=partial(_spelled, file, parts, name))
    else:
        yield Tensor(**how, content=partial(Spans, file, list(parts.plain)))


def _place(outside: Mapping[str, str], title: str, name: str) -> str:
    """The file beside the model that holds a tensor; never one that lies elsewhere."""
    place = outside.get("location", "")
    if not place or place.startswith(("/", "\\")) or ".." in place or ":" in place:
        raise DataError(f"{title!r} of {name} says that it lies in {place!r}; that is not beside the model.")
    return place


def _outside(file: Any, outside: Mapping[str, str]) -> Bytes:
    file.seek(0, 2)
    begin = int(outside.get("offset", 0))
    return Spans(file, [(begin, int(outside.get("length", file.tell() - begin)))])


def _spelled(file: Any, parts: _Parts, name: str) -> Bytes:
    """Numbers of few bits that are written as numbers of variable length, as the bytes that they are."""
    if sum(length for _, length in parts.spelled) > LARGEST_SPELLED:
        raise DataError(f"{parts.title!r} of {name} is too large for int32_data; write it with raw_data.")
    values = varints(b"".join(_read(file, place) for place in parts.spelled))
    width = {"<f2": "<u2", "BF16": "<u2"}.get(DTYPES[parts.dtype], "u1")
    return io.BytesIO(np.array(values, dtype=np.uint64).astype(width).tobytes())


def _read(file: Any, place: tuple[int, int]) -> bytes:
    begin, length = place
    file.seek(begin)
    found: bytes = file.read(length)
    return found
