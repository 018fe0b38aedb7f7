"""Tensors larger than what is read at a time, and how far they have moved."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from airflow_mlmonitor.data.weights import tensor_summary
from airflow_mlmonitor.data.weights.shadows import MOST, Shadows
from airflow_mlmonitor.data.weights.tensor import Tensor
from airflow_mlmonitor.data.weights.tensor_summary import TensorSummary, summarise


def summary(array: Any, *, fortran: bool = False, name: str = "w") -> TensorSummary:
    content = array.tobytes(order="F" if fortran else "C")
    return summarise(
        Tensor(
            name=name,
            shape=array.shape,
            dtype=array.dtype.str,
            content=lambda: io.BytesIO(content),
            fortran=fortran,
        )
    )


@given(
    arrays.arrays(
        np.float32,
        arrays.array_shapes(min_dims=1, max_dims=3, max_side=7),
        elements=st.sampled_from([0.0, 1.0, -2.5, np.nan, np.inf]),
    ),
    st.integers(1, 40),
    st.booleans(),
)
@settings(deadline=None)
def test_pieces_of_any_size_give_what_the_whole_gives(array: Any, piece: int, fortran: bool) -> None:
    whole = summary(array)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tensor_summary, "PIECE", piece)
        found = summary(array, fortran=fortran)
    finite = np.where(np.isfinite(array), array, 0).astype(float)
    assert found.nans == np.isnan(array).sum()
    assert found.infinite == np.isinf(array).sum()
    assert found.zeros == (array == 0).sum()
    assert found.largest == np.abs(finite).max()
    assert found.norm == pytest.approx(np.linalg.norm(finite.ravel()))
    rows = array.reshape(len(array), -1)
    assert found.dead_rows == (None if array.ndim < 2 else (rows == 0).all(axis=1).sum())
    if not fortran:
        assert found.shadow == pytest.approx(whole.shadow)


def test_a_tensor_is_never_in_memory_as_a_whole() -> None:
    count = 8_000_000

    class Endless:
        def read(self, size: int, /) -> bytes:
            return bytes(size)

    tensor = Tensor(name="w", shape=(4000, count // 4000), dtype="<f4", content=Endless)
    tracemalloc.start()
    found = summarise(tensor)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.zeros, found.dead_rows) == (count, 4000)
    assert peak < 4 * count / 2


KINDS = {
    "everywhere": lambda random: random.normal(0, 0.1, (128, 64)),
    "of one rank": lambda random: np.outer(random.normal(0, 0.3, 128), random.normal(0, 0.3, 64)),
    "in a few rows": lambda random: (
        np.repeat(random.normal(0, 1, (32, 64)), [1] * 3 + [0] * 28 + [125], axis=0)
        * (np.arange(128) < 3)[:, None]
    ),
}
"""Ways in which weights move."""


@pytest.mark.parametrize("kind", KINDS)
def test_how_far_weights_have_moved_is_known_from_their_shadows(kind: str) -> None:
    random = np.random.default_rng(3)
    off = []
    for _ in range(100):
        before = random.normal(0, 1, (128, 64)).astype("<f4")
        moved = before + KINDS[kind](random).astype("<f4")
        told = Shadows.read(Shadows.of({"w": summary(before)}).text)
        truth = np.linalg.norm(moved - before) / np.linalg.norm(before)
        off.append((told.change("w", summary(moved)).share or 0.0) / truth)
        assert told.change("w", summary(before)).share == pytest.approx(0, abs=1e-6)
    assert np.mean(off) == pytest.approx(1, abs=0.05)
    assert np.std(off) < 0.2


def test_what_cannot_be_compared_says_why() -> None:
    told = Shadows.read(Shadows.of({"w": summary(np.ones((2, 3))), "z": summary(np.zeros(4))}).text)
    assert told.change("w", summary(np.ones(6))).why == "its shape was 2 x 3 and is 6"
    assert told.change("w", summary(np.array(1.0))).why == "its shape was 2 x 3 and is a single number"
    assert told.change("z", summary(np.ones(4))).why == "all of it was 0"
    assert told.change("b", summary(np.ones(4))).why == "the run before had no tensor of this name"


@pytest.mark.parametrize("text", [None, "", "[1]", "{", '{"w": 3}', '{"w": [[2], 1.0, "AAAA"]}', "null"])
def test_what_cannot_be_read_any_more_was_not_remembered(text: str | None) -> None:
    assert Shadows.read(text).known == {}


def test_of_many_tensors_the_largest_are_remembered() -> None:
    many = {f"w{number}": summary(np.ones(number + 1)) for number in range(MOST + 5)}
    kept = Shadows.of(many)
    assert len(kept.known) == MOST
    assert "w0" not in kept.known
    assert len(kept.text) < 400 * MOST
