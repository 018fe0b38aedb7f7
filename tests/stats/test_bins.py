from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats import Points, bin_counts, quantile_edges
from tests.stats.samples import NUMBERS, means_of, quick, rng


@pytest.mark.parametrize("bins", [2, 5, 10, 20])
def test_bins_hold_equally_many_rows_of_the_reference(bins: int) -> None:
    reference = Points.of(rng().lognormal(size=100_000))
    counts = bin_counts(reference, quantile_edges(reference, bins))
    np.testing.assert_allclose(counts, 100_000 / bins, atol=1)


def test_few_distinct_values_have_a_bin_each() -> None:
    reference = Points.of([1, 1, 1, 2, 5, 5])
    edges = quantile_edges(reference)
    assert edges.tolist() == [1.5, 3.5]
    assert bin_counts(reference, edges).tolist() == [3, 1, 2]


def test_a_frequent_value_takes_the_places_of_several_bins() -> None:
    reference = Points.of(np.concatenate((np.zeros(550), rng().exponential(size=450))))
    counts = bin_counts(reference, quantile_edges(reference))
    assert counts[0] == 550
    assert counts[1:].tolist() == [50, 100, 100, 100, 100]


def test_a_remainder_too_small_for_a_bin_joins_its_neighbour() -> None:
    reference = Points.of(np.concatenate((np.zeros(580), rng().exponential(size=420))))
    counts = bin_counts(reference, quantile_edges(reference))
    assert counts.tolist() == [580, 120, 100, 100, 100]


@pytest.mark.parametrize(("rows", "sizes"), [(50, [25, 25]), (100, [30, 30, 40]), (49, [49]), (12, [12])])
def test_a_small_reference_of_continuous_values_gets_fewer_bins(rows: int, sizes: list[int]) -> None:
    reference = Points.of(rng().normal(size=rows))
    assert bin_counts(reference, quantile_edges(reference)).tolist() == sizes


def test_a_frequent_value_has_a_bin_however_small_the_reference() -> None:
    reference = Points.of(np.concatenate((np.zeros(32), rng().exponential(size=18))))
    assert bin_counts(reference, quantile_edges(reference)).tolist() == [32, 18]


def test_a_value_rounded_a_little_differently_stays_in_its_bin() -> None:
    values = np.round(rng().normal(size=5_000), 1)
    edges = quantile_edges(Points.of(values))
    narrowed = Points.of(values.astype(np.float32))
    assert bin_counts(narrowed, edges).tolist() == bin_counts(Points.of(values), edges).tolist()


@quick
@given(NUMBERS, NUMBERS, st.integers(1, 12))
def test_every_row_falls_into_one_bin(reference: list[int], current: list[int], bins: int) -> None:
    edges = quantile_edges(Points.of(reference), bins)
    assert edges.size < bins
    assert (np.diff(edges) > 0).all()
    counts = bin_counts(Points.of(current), edges)
    expected = np.histogram(current, np.concatenate(([-np.inf], edges, [np.inf])))[0]
    on_an_edge = bool(set(current) & set(edges))
    assert counts.sum() == pytest.approx(len(current))
    assert on_an_edge or counts.tolist() == expected.tolist()


def test_a_value_on_an_edge_belongs_to_the_bin_below() -> None:
    assert bin_counts(Points.of([1, 2, 3]), np.array([2.0])).tolist() == [2, 1]


def test_means_of_runs_are_shared_out_between_bins() -> None:
    random = rng()
    reference, current = random.normal(size=200_000), random.normal(0.1, 1, 150_000)
    edges = quantile_edges(means_of(reference))
    assert edges.size == 9
    for values in (reference, current):
        counts = bin_counts(means_of(values), edges)
        exact = bin_counts(Points.of(values), edges)
        np.testing.assert_allclose(counts, exact, atol=0.15 * values.size / 1024)


def test_a_sample_without_rows_leaves_every_bin_empty() -> None:
    assert bin_counts(Points.of([]), np.array([0.0, 1.0])).tolist() == [0, 0, 0]
    assert quantile_edges(Points.of([])).size == 0
    assert quantile_edges(Points.of([7])).size == 0


def test_edges_between_the_largest_numbers_are_finite() -> None:
    assert quantile_edges(Points.of([1.6e308, 1.7e308])).tolist() == pytest.approx([1.65e308])
