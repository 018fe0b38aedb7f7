"""Weights of every format that is read, and files that are refused."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import joblib
import numpy as np
import pytest
import safetensors.numpy

from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.data.weights.stored_model import summaries
from airflow_mlmonitor.data.weights.tensor_summary import TensorSummary
from airflow_mlmonitor.errors import DataError
from tests.data.weights.models import (
    BFLOAT16,
    DOUBLE,
    FLOAT,
    FLOAT16,
    INT64,
    bfloat16,
    field,
    onnx,
    outside,
    tensor,
    varint,
)
from tests.data.weights.models import safetensors as safetensors_file

W = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 0.0]], "<f4")
B = np.array([1.0, np.nan, np.inf, -2.0], "<f4")
RAN: list[str] = []


class Trap:
    """What a pickle may do to whoever reads it."""

    def __reduce__(self) -> Any:
        return RAN.append, ("ran",)


def found(path: Path, *patterns: str) -> dict[str, TensorSummary]:
    return {one.name: one for one in summaries(Location(str(path)), patterns or ("*",))}


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_one_array_of_numpys_is_called_so_whatever_the_file_is_called(tmp_path: Path) -> None:
    np.save(tmp_path / "2013-02-08.npy", W)
    (one,) = found(tmp_path / "2013-02-08.npy").values()
    assert (one.name, one.shape, one.norm, one.largest) == ("array", (2, 3), 5.0, 4.0)
    assert (one.dead_rows, one.zeros, one.nans) == (1, 4, 0)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_of_an_archive(tmp_path: Path, save: Any) -> None:
    save(tmp_path / "m.npz", w=W, b=B, wide=W.astype(">f8"), names=np.array(["a"]), places=np.arange(3))
    read = found(tmp_path / "m.npz")
    assert set(read) == {"w", "b", "wide"}
    assert (read["b"].nans, read["b"].infinite, read["b"].largest, read["b"].dead_rows) == (1, 1, 2.0, None)
    assert read["wide"].norm == read["w"].norm == 5.0
    assert set(found(tmp_path / "m.npz", "w*")) == {"w", "wide"}


def test_columns_that_lie_together_have_the_same_rows(tmp_path: Path) -> None:
    read = found(
        npz(tmp_path / "m.npz", c=W, f=np.asfortranarray(W), cube=np.asfortranarray(W.reshape(2, 3, 1)))
    )
    assert [one.dead_rows for one in read.values()] == [1, 1, 1]
    assert {one.norm for one in read.values()} == {5.0}


def test_tensors_that_safetensors_wrote(tmp_path: Path) -> None:
    safetensors.numpy.save_file(
        {"w": W, "b": B, "half": W.astype("<f2"), "ids": np.arange(4)},
        tmp_path / "m.safetensors",
        {"by": "us"},
    )
    read = found(tmp_path / "m.safetensors")
    assert set(read) == {"w", "b", "half"}
    assert (read["half"].norm, read["half"].dead_rows, read["b"].nans) == (5.0, 1, 1)


def test_narrow_floats_of_safetensors(tmp_path: Path) -> None:
    content = safetensors_file(
        {
            "bf": ("BF16", (2, 2), bfloat16([[3.0, 4.0], [0.0, np.nan]])),
            "e4": ("F8_E4M3", (3,), bytes([0x38, 0xFE, 0x7F])),
            "e5": ("F8_E5M2", (3,), bytes([0x3C, 0xC0, 0x7C])),
            "none": ("F32", (0, 4), b""),
            "one": ("F32", (), b"\0\0\x80?"),
        }
    )
    read = found(written(tmp_path / "m", content))
    assert (read["bf"].norm, read["bf"].nans, read["bf"].dead_rows) == (5.0, 1, 0)
    assert (read["e4"].largest, read["e4"].nans) == (448.0, 1)
    assert (read["e5"].largest, read["e5"].infinite) == (2.0, 1)
    assert (read["none"].count, read["none"].norm, read["none"].dead_rows) == (0, 0.0, 0)
    assert (read["one"].count, read["one"].largest) == (1, 1.0)


@pytest.mark.parametrize("packed", [True, False])
def test_initializers_of_onnx_in_all_the_ways_they_are_written(tmp_path: Path, packed: bool) -> None:
    halves = W.astype("<f2").view("<u2").ravel().tolist()
    loose = b"".join(varint(4 << 3 | 5) + value.tobytes() for value in W.ravel())
    content = onnx(
        tensor("raw", (2, 3), FLOAT, field(9, W.tobytes()), packed=packed),
        tensor("packed", (2, 3), FLOAT, field(4, W.tobytes()), packed=packed),
        tensor("loose", (2, 3), FLOAT, loose, packed=packed),
        tensor("double", (2, 3), DOUBLE, field(10, W.astype("<f8").tobytes()), packed=packed),
        tensor("half", (2, 3), FLOAT16, field(5, b"".join(map(varint, halves))), packed=packed),
        tensor("brain", (2, 3), BFLOAT16, field(9, bfloat16(W)), packed=packed),
        tensor("shape", (2,), INT64, field(7, bytes([2, 3])), packed=packed),
    )
    read = found(written(tmp_path / "m.onnx", content))
    assert list(read) == ["raw", "packed", "loose", "double", "half", "brain"]
    assert {(one.shape, one.norm, one.dead_rows) for one in read.values()} == {((2, 3), 5.0, 1)}


def test_initializers_of_onnx_that_lie_in_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "m.data").write_bytes(b"head" + W.tobytes() + B.tobytes())
    first = outside(location="m.data", offset="4", length="24")
    content = onnx(
        tensor("w", (2, 3), FLOAT, first), tensor("b", (4,), FLOAT, outside(location="m.data", offset="28"))
    )
    read = found(written(tmp_path / "m.onnx", content))
    assert (read["w"].norm, read["b"].nans) == (5.0, 1)


@pytest.mark.parametrize("place", ["/etc/passwd", "../other.data", "s3://elsewhere/x", ""])
def test_a_model_leads_to_no_file_elsewhere(tmp_path: Path, place: str) -> None:
    content = onnx(tensor("w", (2, 3), FLOAT, outside(location=place, offset="0")))
    with pytest.raises(DataError, match="'w' of .* is not beside the model"):
        found(written(tmp_path / "m.onnx", content))


def test_pickles_are_refused_and_never_run(tmp_path: Path) -> None:
    array = np.array([Trap()], dtype=object)
    np.save(tmp_path / "array.npy", array, allow_pickle=True)
    np.savez(tmp_path / "arrays.npz", w=array)
    joblib.dump(Trap(), tmp_path / "m.joblib", compress=3)
    for protocol in range(6):
        (tmp_path / f"{protocol}.pkl").write_bytes(pickle.dumps(Trap(), protocol))
    (tmp_path / "hidden.bin").write_bytes(pickle.dumps(Trap()))
    with zipfile.ZipFile(tmp_path / "torch.zip", "w") as archive:
        archive.writestr("m/data.pkl", pickle.dumps(Trap()))
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 11
    for path in paths:
        with pytest.raises(DataError, match="(would run|run) code that it holds"):
            found(path)
    assert RAN == []
    with pytest.raises(DataError, match=r"numpy\.savez\('model\.npz', coef=model\.coef_"):
        found(tmp_path / "hidden.bin")


def test_other_files_are_refused_with_what_is_read_instead(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(DataError, match=r"an archive, and none of numpy's. Save the weights beside it as"):
        found(tmp_path / "m.keras")
    for content in (b"", b"\x89HDF\r\n\x1a\n" + bytes(99), b"GGUF" + bytes(99)):
        with pytest.raises(DataError, match="none of .npy, .npz, .safetensors and .onnx"):
            found(written(tmp_path / "m.h5", content))


def damaged() -> dict[str, bytes]:
    archive = io.BytesIO()
    np.savez(archive, w=W)
    stored = archive.getvalue()
    whole = safetensors_file({"w": ("F32", (2, 3), W.tobytes())})
    model = onnx(tensor("w", (2, 3), FLOAT, field(9, W.tobytes())))
    npy = io.BytesIO()
    np.save(npy, W)
    return {
        "cut.npy": npy.getvalue()[:-4],
        "header.npy": npy.getvalue()[:40],
        "cut.npz": stored[:-9],
        "flipped.npz": stored.replace(W.tobytes(), B.tobytes() + bytes(8)),
        "cut.safetensors": whole[:-4],
        "within.safetensors": whole[:30],
        "elsewhere.safetensors": whole.replace(b"[0, 24]", b"[0, 20]"),
        "below.safetensors": whole.replace(b"[2, 3]", b"[-2,3]"),
        "text.safetensors": (20).to_bytes(8, "little") + b"{" + b"x" * 40,
        "list.safetensors": whole.replace(b'"dtype": "F32"', b'"dtyqe": "F32"'),
        "cut.onnx": model[: len(model) - 20],
        "short.onnx": onnx(tensor("w", (2, 4), FLOAT, field(9, W.tobytes()))),
        "text.onnx": b"this is no model at all",
    }


@pytest.mark.parametrize("name", damaged())
def test_damaged_files_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="write it again|Write it again|cannot be read|no plain array"):
        found(written(tmp_path / name, damaged()[name]))


def test_weights_in_an_object_store() -> None:
    filesystem = fsspec.filesystem("memory")
    content = io.BytesIO()
    np.savez(content, w=W)
    filesystem.pipe("/models/m.npz", content.getvalue())
    filesystem.pipe("/models/m.onnx", onnx(tensor("w", (2, 3), FLOAT, outside(location="m.data"))))
    filesystem.pipe("/models/m.data", W.tobytes())
    for name in ("m.npz", "m.onnx"):
        (one,) = summaries(Location(f"/models/{name}", filesystem), ("*",))
        assert (one.name, one.norm) == ("w", 5.0)
