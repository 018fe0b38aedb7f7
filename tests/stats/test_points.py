from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.stats import Points, cdf
from airflow_mlmonitor.stats.points import overlay
from tests.stats.samples import NUMBERS, means_of, quick, rng


@quick
@given(NUMBERS, st.lists(st.floats(-25, 25), min_size=1, max_size=20))
def test_the_distribution_of_exact_points_is_the_share_of_rows(
    values: list[int], places: list[float]
) -> None:
    at = np.array([*places, *values])
    rows = np.array(values)
    points = Points.of(values)
    np.testing.assert_allclose(cdf(*points, at=at), [(rows <= place).mean() for place in at])
    np.testing.assert_allclose(cdf(*points, at=at, side="left"), [(rows < place).mean() for place in at])


@quick
@given(NUMBERS, st.integers(2, 12))
def test_means_of_runs_are_never_further_off_than_one_and_a_half_runs(values: list[int], size: int) -> None:
    points = means_of(values, size)
    runs = points.w[~points.atoms] if points.atoms is not None else np.zeros(0)
    # A value that fills a run and spills over into the next ones is split; those parts count as runs, too.
    bound = 1.5 * max([*runs, *(points.w[points.atoms] if runs.size else [])], default=0.0) / points.total
    at = np.linspace(-21, 21, 421)
    for side in ("left", "right"):
        off = np.abs(cdf(*points, at=at, side=side) - cdf(*Points.of(values), at=at, side=side))
        assert off.max() <= bound + 1e-12


@pytest.mark.parametrize("draw", ["normal", "exponential", "uniform"])
def test_means_of_smooth_columns_are_off_by_a_small_part_of_a_run(draw: str) -> None:
    values = getattr(rng(), draw)(size=200_000)
    at = np.linspace(values.min() - 1, values.max() + 1, 20_001)
    truth = cdf(*Points.of(values), at=at)
    off = np.abs(cdf(*means_of(values), at=at) - truth)
    assert off.max() < 0.4 / 1024
    assert off[(truth > 0.01) & (truth < 0.99)].max() < 0.12 / 1024


def test_between_two_means_the_distribution_rises_in_a_straight_line() -> None:
    points = Points(np.array([0.0, 4.0]), np.array([10.0, 30.0]), np.array([False, False]))
    np.testing.assert_allclose(
        cdf(*points, at=np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 5.0, 6.0])),
        [0.0, 0.0625, 0.125, 0.25, 0.375, 0.625, 0.8125, 1.0],
    )


def test_an_exact_point_among_means_jumps_by_its_weight() -> None:
    points = Points(np.array([0.0, 1.0, 2.0]), np.array([2.0, 6.0, 2.0]), np.array([False, True, False]))
    one = np.array([1.0])
    assert cdf(*points, at=one, side="left").tolist() == [0.2]
    assert cdf(*points, at=one).tolist() == [0.8]


def test_a_single_mean_is_taken_for_a_value() -> None:
    points = Points(np.array([3.0]), np.array([5.0]), np.array([False]))
    assert cdf(*points, at=np.array([2.0, 3.0, 4.0])).tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("atoms", [None, np.array([False, True, False]), np.array([False, False, False])])
def test_the_largest_numbers_do_not_overflow(atoms: np.ndarray | None) -> None:
    x = np.array([-1.7e308, 0.0, 1.7e308])
    heights = cdf(x, np.ones(3), atoms, at=np.array([-1.79e308, -1e308, 0.0, 1e308, 1.79e308]))
    assert np.isfinite(heights).all()
    assert (np.diff(heights) >= 0).all()
    assert heights[0] >= 0
    assert heights[-1] <= 1


@quick
@given(NUMBERS, NUMBERS, st.integers(2, 10))
def test_an_overlay_holds_both_distributions_at_all_their_points(
    reference: list[int], current: list[int], size: int
) -> None:
    for f in (Points.of(reference), means_of(reference, size)):
        for g in (Points.of(current), means_of(current, size)):
            pair = overlay(f, g)
            assert pair is not None
            assert set(f.x) | set(g.x) <= set(pair.at)
            assert (np.diff(pair.at) > 0).all()
            right = cdf(*f, at=pair.at), cdf(*g, at=pair.at)
            left = cdf(*f, at=pair.at, side="left"), cdf(*g, at=pair.at, side="left")
            np.testing.assert_allclose(pair.after, right[1] - right[0], atol=1e-12)
            np.testing.assert_allclose(pair.before, left[1] - left[0], atol=1e-12)
            rows = len(reference) + len(current)
            np.testing.assert_allclose(
                pair.pooled, (len(reference) * right[0] + len(current) * right[1]) / rows, atol=1e-12
            )


def test_an_empty_sample_has_no_overlay() -> None:
    assert overlay(Points.of([]), Points.of([1])) is None
    assert overlay(Points.of([1]), Points.of([])) is None
