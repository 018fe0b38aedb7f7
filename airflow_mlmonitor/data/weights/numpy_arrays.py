"""Arrays of ``.npy`` and ``.npz`` files, pickled ones refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from airflow_mlmonitor.data.weights.tensor import Tensor
from airflow_mlmonitor.errors import DataError

MAGIC = b"\x93NUMPY"
READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
KINDS = {"f": (2, 4, 8, 16), "i": (1,), "u": (1,)}
"""Kinds of numbers that weights are, quantised ones among them, and their bytes; other whole numbers are no weights."""

ONLY = "array"
"""Name of the one array of a ``.npy`` file: that of the file may change from run to run."""


def array_of(file: Any, name: str) -> Iterator[Tensor]:
    """The array of a ``.npy`` file, if it may be weights."""
    yield from _array(file, ONLY, name)


def arrays_of(file: Any, name: str) -> Iterator[Tensor]:
    """The arrays of a ``.npz`` file, one after the other."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.namelist():
            with archive.open(entry) as stream:
                yield from _array(stream, entry.removesuffix(".npy"), name)


def _array(stream: Any, title: str, name: str) -> Iterator[Tensor]:
    try:
        version = np.lib.format.read_magic(stream)
        shape, fortran, dtype = READERS[version](stream)
    except (ValueError, KeyError, TypeError, SyntaxError) as error:
        raise DataError(f"{title!r} of {name} is no plain array of numpy's: {error}.") from error
    if dtype.hasobject:
        raise DataError(
            f"{title!r} of {name} is pickled, and reading it would run code that it holds; save an array of numbers."
        )
    if dtype.itemsize in KINDS.get(dtype.kind, ()):
        yield Tensor(
            name=title, shape=shape, dtype=dtype.str, content=partial(_same, stream), fortran=fortran
        )


def _same(stream: Any) -> Any:
    """The stream itself: it stands where the numbers begin."""
    return stream
