"""Spaces of embeddings, turned, stretched and replaced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from airflow_mlmonitor.data import Files, Frame
from airflow_mlmonitor.data.dependencies import EmbeddingSpace, Fingerprint
from airflow_mlmonitor.errors import DataError
from tests.data.dependencies.looking import look

RANDOM = np.random.default_rng(7)
ANCHORS = RANDOM.normal(size=(60, 8))
TURN = np.linalg.qr(RANDOM.normal(size=(8, 8)))[0]


def saved(path: Path, vectors: NDArray[np.float64]) -> str:
    np.save(path, vectors)
    return str(path)


def seen(folder: Path, now: NDArray[np.float64]) -> tuple[str, dict[str, float | None]]:
    space = EmbeddingSpace(saved(folder / "now.npy", now), reference=saved(folder / "before.npy", ANCHORS))
    found = look(space)
    return found.parts["space"], numbers(found)


def numbers(found: Fingerprint) -> dict[str, float | None]:
    return {measure.name: measure.value for measure in found.measures}


def test_the_same_space_is_the_same_whatever_the_last_bits(tmp_path: Path) -> None:
    space, found = seen(tmp_path, ANCHORS.astype(np.float32).astype(float))
    assert space == "as the reference's"
    assert found["neighbour_overlap"] == 1
    assert found["embedding_residual"] == pytest.approx(0, abs=1e-6)


def test_a_turned_space_is_told_from_another_one(tmp_path: Path) -> None:
    space, found = seen(tmp_path, ANCHORS @ TURN)
    assert space == "turned against the reference's"
    assert found["neighbour_overlap"] == 1
    assert (found["embedding_residual"] or 0) > 1
    assert found["embedding_turned_residual"] == pytest.approx(0, abs=1e-9)
    space, found = seen(tmp_path, RANDOM.normal(size=ANCHORS.shape))
    assert space == "another than the reference's"
    assert (found["neighbour_overlap"] or 1) < 0.4


def test_a_stretched_space_shows_in_the_norm(tmp_path: Path) -> None:
    before, after = (seen(tmp_path, ANCHORS * factor)[1]["embedding_norm"] for factor in (1, 3))
    assert (after or 0) / (before or 1) == pytest.approx(3)


def test_another_number_of_dimensions_is_said(tmp_path: Path) -> None:
    space, found = seen(tmp_path, ANCHORS[:, :4])
    assert space == "of another number of dimensions than the reference's"
    assert found == {}


def test_rows_with_vectors_are_paired_by_key(tmp_path: Path) -> None:
    names = [f"anchor {number}" for number in range(60)]
    shuffled = RANDOM.permutation(60)
    for name, order in (("now", shuffled), ("before", np.arange(60))):
        table = pa.table({"id": [names[row] for row in order], "vector": ANCHORS[order].tolist()})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    now, before = (Files(str(tmp_path / f"{name}.parquet")) for name in ("now", "before"))
    assert look(EmbeddingSpace(now, reference=before, key="id")).parts["space"] == "as the reference's"
    assert look(EmbeddingSpace(now, reference=before)).parts["space"] == "another than the reference's"
    with pytest.raises(DataError, match="There is no column 'key'"):
        look(EmbeddingSpace(now, reference=before, key="key"))


def test_a_column_a_dimension_will_do(tmp_path: Path) -> None:
    columns = Frame({f"d{place}": ANCHORS[:, place].tolist() for place in range(8)})
    reference = saved(tmp_path / "before.npy", ANCHORS)
    assert look(EmbeddingSpace(columns, reference=reference)).parts["space"] == "as the reference's"


def test_what_are_no_vectors_is_said(tmp_path: Path) -> None:
    reference = saved(tmp_path / "before.npy", ANCHORS)
    for vectors, said in (
        (ANCHORS[:5], "there are 5 anchors, and 60 in the reference"),
        (ANCHORS[0], "holds no vectors"),
        (ANCHORS * np.nan, "not finite"),
    ):
        with pytest.raises(DataError, match=said):
            look(EmbeddingSpace(saved(tmp_path / "now.npy", vectors), reference=reference))
    np.save(tmp_path / "now.npy", np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(DataError, match=r"numpy\.save"):
        look(EmbeddingSpace(str(tmp_path / "now.npy"), reference=reference))
