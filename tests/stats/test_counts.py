from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats.counts import aligned, pooled
from tests.stats.samples import COUNTS, quick, rng


@pytest.mark.parametrize("current", [[1, 2], [[1, 2, 3]], []])
def test_counts_of_different_categories_are_refused(current: list[int]) -> None:
    with pytest.raises(ValueError, match="not aligned; give each category one in both"):
        aligned([1, 2, 3], current)


def test_categories_that_nobody_has_are_dropped() -> None:
    counts = aligned([5, 0, 0, 2], [0, 0, 3, 1])
    assert counts is not None
    assert (counts.a.tolist(), counts.b.tolist(), counts.n, counts.m) == ([5, 0, 2], [0, 3, 1], 7, 4)


@pytest.mark.parametrize(("reference", "current"), [([], []), ([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_samples_without_rows_have_no_counts(reference: list[int], current: list[int]) -> None:
    assert aligned(reference, current) is None


@quick
@given(COUNTS, st.sampled_from([5, 10]))
def test_pooling_loses_no_row_and_leaves_at_least_one_group(pairs: list[tuple[int, int]], rows: int) -> None:
    a, b = zip(*pairs, strict=True)
    counts = aligned(a, b)
    assert counts is not None
    groups, rest = pooled(counts, rows)
    assert groups.a.size >= 1
    assert groups.a.sum() + rest[0] == sum(a)
    assert groups.b.sum() + rest[1] == sum(b)


def test_frequent_categories_stay_as_they_are() -> None:
    counts = aligned([30, 10, 60], [25, 12, 70])
    assert counts is not None
    groups, rest = pooled(counts, rows=5)
    assert groups.a.tolist() == [30, 10, 60]
    assert not rest.any()


def test_equally_rare_neighbours_are_pooled_in_their_order() -> None:
    counts = aligned([2, 3, 3, 2, 3, 3, 2, 2], [3, 2, 2, 3, 2, 2, 3, 3])
    assert counts is not None
    groups, rest = pooled(counts, rows=5)
    assert groups.a.tolist() == [5, 5, 6, 4]
    assert not rest.any()


def test_what_is_pooled_does_not_depend_on_which_bins_came_out_high() -> None:
    random = rng()
    reference = np.full(10, 500.0)
    sizes = {
        pooled(counts, rows=5)[0].a.size
        for _ in range(200)
        if (counts := aligned(reference, random.multinomial(50, np.full(10, 0.1))))
    }
    assert sizes == {10}
