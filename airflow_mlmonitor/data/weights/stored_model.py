"""The file of a model, opened for its weights alone: what would have to be run to be read is refused."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.data.weights.numpy_arrays import MAGIC, array_of, arrays_of
from airflow_mlmonitor.data.weights.onnx_model import initializers_of
from airflow_mlmonitor.data.weights.safe_tensors import looks_safe, safe_tensors_of
from airflow_mlmonitor.data.weights.tensor import Tensor
from airflow_mlmonitor.data.weights.tensor_summary import TensorSummary, summarise
from airflow_mlmonitor.errors import DataError

PICKLED = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".cloudpickle", ".dill")
PROTOCOLS = tuple(bytes([0x80, number]) for number in range(2, 6))
"""How pickles begin."""

ZIP = b"PK\x03\x04"
ONNX_BEGINS = 0x08
"""The first byte of most ONNX models: the version of the format."""

HOW = (
    "Save the weights beside it as .safetensors (safetensors.torch.save_file), as .npz "
    "(numpy.savez('model.npz', coef=model.coef_, intercept=model.intercept_)) or the model as .onnx, and name that file"
)


def summaries(location: Location, wanted: Sequence[str]) -> Iterator[TensorSummary]:
    """Read the tensors whose names match one of some patterns, one after the other and in bounded memory.

    Raises
    ------
    DataError
        The file cannot be read, is none that is known, or would have to be run.
    """
    with _undamaged(location), location.open() as file:
        for tensor in _tensors(location, file):
            if any(fnmatchcase(tensor.name, pattern) for pattern in wanted):
                yield summarise(tensor)


@contextmanager
def _undamaged(location: Location) -> Iterator[None]:
    """Turn what goes wrong while a file is read into an error that names it."""
    try:
        with location.reading("the weights of a model"):
            yield
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{location.name} is damaged ({error}); write it again.") from error


def _tensors(location: Location, file: Any) -> Iterator[Tensor]:
    begin = file.read(16)
    file.seek(0)
    suffix = PurePosixPath(location.path).suffix.lower()
    if suffix in PICKLED or begin.startswith(PROTOCOLS):
        raise DataError(f"{location.name} is a pickle: to read it would run code that it holds. {HOW}.")
    reader = _reader(begin, suffix, location, file)
    if reader is None:
        raise DataError(
            f"{location.name} is none of .npy, .npz, .safetensors and .onnx, by what it begins with. {HOW}."
        )
    return reader(file, location.name)


def _reader(
    begin: bytes, suffix: str, location: Location, file: Any
) -> Callable[[Any, str], Iterator[Tensor]] | None:
    if begin.startswith(MAGIC):
        return array_of
    if begin.startswith(ZIP):
        return _of_archive(location, file)
    if looks_safe(begin):
        return safe_tensors_of
    if suffix == ".onnx" or (begin[:1] == bytes([ONNX_BEGINS]) and not suffix):
        return lambda opened, name: initializers_of(opened, name, lambda place: _beside(location, place))
    return None


def _of_archive(location: Location, file: Any) -> Callable[[Any, str], Iterator[Tensor]]:
    """Tell the archives of numpy's from those of PyTorch and Keras."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    if any(name.endswith(".pkl") for name in names):
        raise DataError(f"{location.name} holds a pickle: to read it would run code that it holds. {HOW}.")
    if not all(name.endswith(".npy") for name in names):
        raise DataError(f"{location.name} is an archive, and none of numpy's. {HOW}.")
    return arrays_of


@contextmanager
def _beside(location: Location, place: str) -> Iterator[Any]:
    folder = PurePosixPath(location.path).parent
    other = replace(location, path=str(folder / place))
    with _undamaged(other), other.open() as file:
        yield file
