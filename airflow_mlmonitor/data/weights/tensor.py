"""One tensor of a stored model, and how its bytes become numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Bytes(Protocol):
    """Bytes that are read one after the other."""

    def read(self, size: int, /) -> bytes:
        """The next so many bytes, or what is left of them."""


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """One tensor of a stored model; its numbers are read when they are asked for, a piece at a time.

    Parameters
    ----------
    name
        As the file has it.
    shape
        Its dimensions.
    dtype
        As numpy spells it, such as ``<f4``, or ``BF16``, ``F8_E4M3``, ``F8_E5M2``.
    content
        Opens its bytes; once.
    fortran
        Whether the first dimension is the one that varies fastest.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    content: Callable[[], Bytes]
    fortran: bool = False

    @property
    def count(self) -> int:
        """Number of its numbers."""
        return math.prod(self.shape)

    @property
    def item_bytes(self) -> int:
        """Bytes of one number."""
        return SIZES.get(self.dtype) or np.dtype(self.dtype).itemsize


@dataclass
class Spans:
    """Bytes in some places of a file, read one after the other.

    Parameters
    ----------
    file
        Open, and shared with others.
    places
        Begin and length of each place.
    """

    file: Any
    places: list[tuple[int, int]]

    def read(self, size: int, /) -> bytes:
        """The next so many bytes, or what is left of them."""
        found = bytearray()
        while size > len(found) and self.places:
            begin, length = self.places.pop(0)
            self.file.seek(begin)
            piece = self.file.read(min(length, size - len(found)))
            if not piece:
                break
            found += piece
            if len(piece) < length:
                self.places.insert(0, (begin + len(piece), length - len(piece)))
        return bytes(found)


SIZES = {"BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1}
"""Bytes of one number in the formats that numpy does not know."""


def decoded(dtype: str, content: bytes) -> Floats:
    r"""The numbers that some bytes mean.

    >>> decoded("BF16", bytes([0x80, 0x3F])), decoded("F8_E4M3", bytes([0x38, 0x7E])), decoded("<f2", b"\x00<")
    (array([1.]), array([  1., 448.]), array([1.]))
    """
    if dtype == "BF16":
        wide = np.frombuffer(content, "<u2").astype(np.uint32) << 16
        return wide.view(np.float32).astype(np.float64)
    if dtype == "F8_E5M2":  # a half float without its lower byte
        half = np.frombuffer(content, np.uint8).astype(np.uint16) << 8
        return half.view(np.float16).astype(np.float64)
    if dtype == "F8_E4M3":
        found: Floats = _E4M3[np.frombuffer(content, np.uint8)]
        return found
    with np.errstate(invalid="ignore"):  # a signalling NaN is NaN as well
        return np.frombuffer(content, np.dtype(dtype)).astype(np.float64)


def _e4m3() -> Floats:
    """What each byte means with a sign, four bits of exponent and three of mantissa, without infinite values."""
    bits = np.arange(256)
    exponent, mantissa = (bits >> 3) & 15, bits & 7
    size = np.where(
        exponent == 0, np.ldexp(mantissa / 8, -6), np.ldexp(1 + mantissa / 8, exponent.astype(np.int32) - 7)
    )
    return np.where((bits & 127) == 127, np.nan, np.where(bits > 127, -size, size))


_E4M3 = _e4m3()
