from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats.vector_spaces import neighbour_overlap, residual, rotated


def vectors(seed: int, rows: int = 30, width: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, width))


@given(st.integers(0, 10**6))
def test_any_rotation_is_undone(seed: int) -> None:
    before = vectors(seed)
    turn = np.linalg.qr(vectors(seed + 1, 5, 5))[0]
    assert residual(rotated(before @ turn, before), before) == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 10**6))
def test_the_best_rotation_is_never_farther_than_none(seed: int) -> None:
    now, before = vectors(seed), vectors(seed + 1)
    assert (residual(rotated(now, before), before) or 0) <= (residual(now, before) or 0) + 1e-12


@pytest.mark.parametrize("rows", [30, 2500])
def test_neighbours_are_those_of_a_full_search_whatever_the_blocks(rows: int) -> None:
    now, before = vectors(1, rows), vectors(2, rows)

    def nearest(found: np.ndarray) -> list[set[int]]:
        unit = found / np.linalg.norm(found, axis=1, keepdims=True)
        likeness = unit @ unit.T - 3 * np.eye(rows)
        return [set(row[:4]) for row in np.argsort(-likeness, axis=1)]

    shared = [len(a & b) for a, b in zip(nearest(now), nearest(before), strict=True)]
    assert neighbour_overlap(now, before, 4) == pytest.approx(sum(shared) / (4 * rows))


def test_what_cannot_be_compared_is_none() -> None:
    assert residual(vectors(1), np.zeros((30, 5))) is None
    assert neighbour_overlap(vectors(1)[:1], vectors(1)[:1], 3) is None
