"""What is to be known of a tensor, gathered piece by piece."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from airflow_mlmonitor.data.distinct import mix
from airflow_mlmonitor.data.weights.tensor import Bytes, Floats, Tensor, decoded
from airflow_mlmonitor.errors import DataError

PIECE = 1 << 18
"""Numbers that are looked at in one go."""

PERIOD = PIECE
"""Numbers after which the signs of places come again."""

SHADOW = 64
"""Numbers that remain of a tensor to tell by how much another one differs."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TensorSummary:
    """What is to be known of a tensor.

    Parameters
    ----------
    name, shape
        As in :class:`Tensor`.
    nans, infinite, zeros
        How many of its numbers are so.
    largest
        The largest size of a finite one.
    norm
        The root of the sum of squares of the finite ones.
    dead_rows
        Places of the first dimension in which everything is 0; None of a tensor with fewer than two.
    shadow
        Sums of the finite numbers with signs drawn by their places. The shadow of a difference is the difference of
        the shadows, and its norm is that of the tensor: within 9 % (one standard deviation) where all of it moved by
        itself, within 14 % where the difference is of rank one.
    """

    name: str
    shape: tuple[int, ...]
    nans: int
    infinite: int
    zeros: int
    largest: float
    norm: float
    dead_rows: int | None
    shadow: Floats

    @property
    def count(self) -> int:
        """Number of its numbers."""
        return math.prod(self.shape)


def summarise(tensor: Tensor) -> TensorSummary:
    """Read a tensor once, in bounded memory.

    Raises
    ------
    DataError
        The file ends before the tensor does.

    Examples
    --------
    >>> import io
    >>> weights = np.array([[3.0, 4.0], [0.0, 0.0]])
    >>> tensor = Tensor(name="w", shape=(2, 2), dtype="<f8", content=lambda: io.BytesIO(weights.tobytes()))
    >>> found = summarise(tensor)
    >>> found.norm, found.dead_rows, found.zeros
    (5.0, 1, 2)
    """
    nans = infinite = zeros = 0
    largest = squares = 0.0
    shadow = np.zeros(SHADOW)
    alive = np.zeros(tensor.shape[0] if len(tensor.shape) > 1 else 0, dtype=np.bool_)
    for place, values in _pieces(tensor):
        _enliven(alive, tensor, place, values)
        x = values.ravel()
        zeros += x.size - int(np.count_nonzero(x))
        if not np.isfinite(x).all():
            nans += int(np.count_nonzero(np.isnan(x)))
            infinite += int(np.count_nonzero(np.isinf(x)))
            x = np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)
        largest = max(largest, float(x.max()), -float(x.min()))
        with np.errstate(over="ignore"):
            squares += float(np.square(x).sum())
            _add_shadow(shadow, x, place)
    return TensorSummary(
        name=tensor.name,
        shape=tensor.shape,
        nans=nans,
        infinite=infinite,
        zeros=zeros,
        largest=largest,
        norm=math.sqrt(squares),
        dead_rows=int(np.count_nonzero(~alive)) if len(tensor.shape) > 1 else None,
        shadow=shadow,
    )


def _pieces(tensor: Tensor) -> Iterator[tuple[int, Floats]]:
    """The numbers as a table of lines (rows, or columns where these lie together), in pieces, each with its place.

    A piece is some whole lines, or a part of one.
    """
    line = _line(tensor)
    content, count = tensor.content(), tensor.count
    size = max(PIECE // line, 1) * line if line and line <= PIECE else PIECE
    place = 0
    while place < count:
        here = min(size, count - place)
        if line > PIECE:
            here = min(here, line - place % line)
        values = _read(tensor, content, here)
        yield place, values.reshape(-1, line) if line <= PIECE else values.reshape(1, -1)
        place += here


def _line(tensor: Tensor) -> int:
    if len(tensor.shape) < 2 or not tensor.count:
        return max(tensor.count, 1)
    return tensor.shape[0] if tensor.fortran else tensor.count // tensor.shape[0]


def _read(tensor: Tensor, content: Bytes, count: int) -> Floats:
    wanted = count * tensor.item_bytes
    found = bytearray()
    while len(found) < wanted:
        piece = content.read(wanted - len(found))
        if not piece:
            raise DataError(f"The file ends in the middle of {tensor.name!r}; write it again.")
        found += piece
    return decoded(tensor.dtype, bytes(found))


def _enliven(
    alive: np.ndarray[tuple[int], np.dtype[np.bool_]], tensor: Tensor, place: int, x: Floats
) -> None:
    """Note the rows in which something is not 0."""
    if not alive.size:
        return
    line = _line(tensor)
    first, offset = divmod(place, line)
    if tensor.fortran:
        alive[offset : offset + x.shape[1]] |= (x != 0).any(axis=0)
    else:
        alive[first : first + len(x)] |= (x != 0).any(axis=1)


def _add_shadow(shadow: Floats, x: Floats, place: int) -> None:
    """Add numbers to the sums that their places take turns with, each with the sign that its place has.

    The sign is that of the place within a period, times that of the 64 neighbours that it stands among. Signs of
    places alone would come again with the period, signs of neighbours alone would be the same in all sums.
    """
    lead, at = place % SHADOW, place % PERIOD
    padded = np.zeros(-(-(lead + x.size) // SHADOW) * SHADOW)
    np.multiply(x, _signs_of_places()[at : at + x.size], out=padded[lead : lead + x.size])
    table = padded.reshape(-1, SHADOW)
    shadow += np.einsum("i,ij->j", _signs(place // SHADOW, len(table), salt=1), table)


@cache
def _signs_of_places() -> Floats:
    """Those of two periods: a piece may begin in one and end in the next."""
    return np.tile(_signs(0, PERIOD, salt=0), 2)


def _signs(first: int, count: int, *, salt: int) -> Floats:
    """Signs of numbered things, the same in every process."""
    numbers = np.arange(2 * first + salt, 2 * (first + count) + salt, 2, dtype=np.uint64)
    return np.where(mix(numbers) & np.uint64(1), 1.0, -1.0)
