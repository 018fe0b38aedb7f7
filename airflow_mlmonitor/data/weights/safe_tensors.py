"""Tensors of ``.safetensors`` files: a length, a header of JSON, then the numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from airflow_mlmonitor.data.weights.tensor import SIZES, Spans, Tensor
from airflow_mlmonitor.errors import DataError

LENGTH = 8
"""Bytes of the header's length."""

LARGEST_HEADER = 100 << 20

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "|i1", "U8": "|u1"} | {name: name for name in SIZES}
"""The format's names of numbers that weights are, to ours; other whole numbers and truth values are no weights."""


def looks_safe(begin: bytes) -> bool:
    """Whether a file begins like one.

    >>> looks_safe((40).to_bytes(8, "little") + b'{"a":')
    True
    """
    length = int.from_bytes(begin[:LENGTH], "little")
    return 2 <= length <= LARGEST_HEADER and begin[LENGTH : LENGTH + 1] == b"{"


def safe_tensors_of(file: Any, name: str) -> Iterator[Tensor]:
    """The tensors, in the order of the header."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    length = int.from_bytes(file.read(LENGTH), "little")
    begin = LENGTH + length
    if begin > size:
        raise DataError(f"{name} ends within its header; write it again.")
    try:
        header = json.loads(file.read(length))
        entries = [(title, _entry(entry)) for title, entry in header.items() if title != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"The header of {name} cannot be read; write it again with safetensors.") from error
    for title, (dtype, shape, first, last) in entries:
        if dtype not in DTYPES:
            continue
        tensor = Tensor(
            name=title,
            shape=shape,
            dtype=DTYPES[dtype],
            content=partial(Spans, file, [(begin + first, last - first)]),
        )
        if not 0 <= first <= last <= size - begin or last - first != tensor.count * tensor.item_bytes:
            raise DataError(
                f"{title!r} of {name} is {math.prod(shape):,} numbers of {dtype}, and its place in the file is of "
                "another size; write it again."
            )
        yield tensor


def _entry(entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    first, last = (int(offset) for offset in entry["data_offsets"])
    shape = tuple(int(size) for size in entry["shape"])
    if min(shape, default=0) < 0:
        raise ValueError("a dimension is below 0")
    return str(entry["dtype"]), shape, first, last
