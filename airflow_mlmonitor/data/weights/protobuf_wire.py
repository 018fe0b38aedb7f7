"""Protocol buffers, field by field, without a schema and without reading what nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from airflow_mlmonitor.errors import DataError

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5
LONGEST = 10
"""Bytes of a number of variable length."""


class Field(NamedTuple):
    """One field of a message.

    Parameters
    ----------
    number
        Which field it is.
    wire
        How it is written.
    begin, length
        Where its content lies in the file.
    value
        The number, where it is one of variable length.
    """

    number: int
    wire: int
    begin: int
    length: int
    value: int = 0


def fields(file: Any, begin: int, end: int, name: str) -> Iterator[Field]:
    r"""The fields of the message that lies between two places of a file.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"\x08\x96\x01\x12\x02hi")
    >>> [(field.number, field.value, field.length) for field in fields(file, 0, 7, "hi.onnx")]
    [(1, 150, 2), (2, 0, 2)]
    """
    while begin < end:
        file.seek(begin)
        head = file.read(min(2 * LONGEST, end - begin))
        try:
            key, at = varint(head, 0)
            field = _field(key, head, begin, at)
        except IndexError:
            raise DataError(f"{name} ends in the middle of a field; write it again.") from None
        if field is None or field.begin + field.length > end or not field.number:
            raise DataError(f"{name} is no ONNX model, or a damaged one; write it again.")
        yield field
        begin = field.begin + field.length


def _field(key: int, head: bytes, begin: int, at: int) -> Field | None:
    number, wire = key >> 3, key & 7
    if wire == VARINT:
        value, after = varint(head, at)
        return Field(number, wire, begin + at, after - at, value)
    if wire == BYTES:
        length, at = varint(head, at)
        return Field(number, wire, begin + at, length)
    if wire in (FIXED_32, FIXED_64):
        return Field(number, wire, begin + at, 4 if wire == FIXED_32 else 8)
    return None


def varint(content: bytes, at: int) -> tuple[int, int]:
    r"""A number of variable length, and where it ends.

    >>> varint(b"\x96\x01", 0)
    (150, 2)
    """
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        if shift >= 7 * LONGEST:
            raise IndexError


def varints(content: bytes) -> list[int]:
    """Numbers of variable length, one after the other."""
    found, at = [], 0
    while at < len(content):
        try:
            value, at = varint(content, at)
        except IndexError:
            raise DataError("A list of numbers ends in the middle of one; write the file again.") from None
        found.append(value)
    return found
