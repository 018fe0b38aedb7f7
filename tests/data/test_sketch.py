"""Weighted points: exact while few, within stated bounds when many."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from airflow_mlmonitor.data.sketch import (
    BATCH_POINTS,
    EXACT_POINTS,
    MEMORY_POINTS,
    STORED_POINTS,
    Sketch,
    SketchBuilder,
    merged,
)

Floats = NDArray[np.float64]

ROWS = 300_000
LARGEST = sys.float_info.max
quick = settings(deadline=None, max_examples=60)
finite = st.floats(allow_nan=False, allow_infinity=False)
some = st.lists(st.one_of(finite, st.sampled_from([0.0, 1.0, -1.0, 5e-324, LARGEST, -LARGEST])), max_size=40)


def two_modes(random: np.random.Generator) -> Floats:
    return random.normal(size=ROWS) + np.where(random.random(ROWS) < 0.5, 0.0, 1e9)


SHAPES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda random: random.normal(size=ROWS),
    "lognormal": lambda random: random.lognormal(0, 2, ROWS),
    "Cauchy": lambda random: random.standard_cauchy(ROWS),
    "half are zero": lambda random: np.where(random.random(ROWS) < 0.5, 0, random.exponential(size=ROWS)),
    "rounded": lambda random: np.round(random.normal(size=ROWS), 5),
    "sorted": lambda random: np.sort(random.normal(size=ROWS)),
    "many duplicates, long tail": lambda random: random.zipf(1.1, ROWS).clip(max=2**50).astype(np.float64),
    "two modes far apart": two_modes,
    "near the largest float": lambda random: LARGEST * (random.random(ROWS) * 2 - 1),
    "all near the largest float": lambda random: LARGEST * (1 - random.random(ROWS) * 1e-6),
    "whole numbers": lambda random: random.integers(0, 200_000, ROWS).astype(np.float64),
}


@pytest.fixture(scope="module", params=SHAPES)
def values(request: pytest.FixtureRequest) -> Floats:
    return SHAPES[request.param](np.random.default_rng(7))


def built(values: Floats, rows: int = 131_072) -> Sketch:
    builder = SketchBuilder()
    for start in range(0, values.size, rows):
        builder.add_sorted(np.sort(values[start : start + rows]))
    return builder.finish()


def error(sketch: Sketch, values: Floats) -> float:
    """The largest difference between the true and the sketched share of rows up to a value, or below it."""
    ordered = np.sort(values)
    shares = np.concatenate(([0.0], np.cumsum(sketch.w) / sketch.total))
    at = ordered[:: max(1, ordered.size // 20_000)]
    found = [
        np.abs(
            np.searchsorted(ordered, at, side) / ordered.size - shares[np.searchsorted(sketch.x, at, side)]
        ).max()
        for side in ("left", "right")
    ]
    return float(max(found))


def counted(sketch: Sketch) -> dict[float, float]:
    return dict(zip(sketch.x.tolist(), sketch.w.tolist(), strict=True))


@quick
@given(some)
def test_few_values_stand_with_their_counts(values: list[float]) -> None:
    sketch = Sketch.of(np.array(values, dtype=np.float64))
    assert counted(sketch) == Counter(values)
    assert sketch.exact
    assert sketch.total == len(values)


@quick
@given(some, some, some)
def test_adding_up_counts_whatever_the_order(a: list[float], b: list[float], c: list[float]) -> None:
    x, y, z = (Sketch.of(np.array(part, dtype=np.float64)) for part in (a, b, c))
    assert counted((x + y) + z) == counted(x + (y + z)) == counted(z + y + x) == Counter(a + b + c)


@quick
@given(some.filter(bool), st.floats(0, 1))
def test_quantiles_of_few_values_are_those_of_numpy(values: list[float], q: float) -> None:
    assert Sketch.of(np.array(values)).quantile(q) == np.quantile(values, q, method="inverted_cdf")


def test_nothing_has_no_quantile() -> None:
    assert Sketch().quantile(0.5) is None
    assert counted(merged([])) == {}


@pytest.mark.parametrize("distinct", [EXACT_POINTS, EXACT_POINTS + 1])
def test_exact_up_to_100_000_distinct_values(distinct: int) -> None:
    builder = SketchBuilder()
    for start in range(0, distinct, 30_000):
        builder.add_sorted(np.arange(start, min(start + 30_000, distinct), dtype=np.float64))
        builder.add_sorted(np.zeros(10))
    sketch = builder.finish()
    assert sketch.exact is (distinct == EXACT_POINTS)
    assert (builder.distinct is None) is sketch.exact
    assert len(sketch) == distinct if sketch.exact else len(sketch) <= MEMORY_POINTS
    assert sketch.total == distinct + 10 * -(-distinct // 30_000)


def test_while_read_a_share_is_off_by_less_than_a_thousandth(values: Floats) -> None:
    sketch = built(values)
    assert len(sketch) <= MEMORY_POINTS
    assert error(sketch, values) < 2 / BATCH_POINTS


def test_stored_a_share_is_off_by_less_than_two_thousandths(values: Floats) -> None:
    sketch = built(values).compact()
    assert len(sketch) <= STORED_POINTS
    assert error(sketch, values) < 2 / STORED_POINTS


def test_fifty_stored_parts_add_up_within_the_same_bound(values: Floats) -> None:
    parts = [built(part).compact() for part in np.array_split(values, 50)]
    one_by_one, at_once = reduce(add, parts), merged(parts)
    assert max(len(one_by_one), len(at_once)) <= MEMORY_POINTS
    assert error(one_by_one.compact(), values) < 2 / STORED_POINTS
    assert error(at_once.compact(), values) < 2 / STORED_POINTS


def test_a_quantile_is_a_value_of_about_that_rank(values: Floats) -> None:
    sketch, ordered = built(values).compact(), np.sort(values)
    for q in (0.05, 0.25, 0.5, 0.75, 0.95):
        value = sketch.quantile(q)
        below, upto = (np.searchsorted(ordered, value, side) / ordered.size for side in ("left", "right"))
        assert below - 2 / STORED_POINTS < q < upto + 2 / STORED_POINTS


def test_points_stay_ascending_inside_the_range_and_keep_number_and_mean(values: Floats) -> None:
    sketch = built(values).compact()
    assert (np.diff(sketch.x / 2) > 0).all()
    assert values.min() <= sketch.x[0] <= sketch.x[-1] <= values.max()
    assert sketch.total == values.size
    scale = np.abs(values).max()
    mean = float(np.sum(sketch.x / scale * (sketch.w / sketch.total)))
    assert mean == pytest.approx(float((values / scale).mean()), abs=1e-9)


def test_a_frequent_value_is_not_smeared() -> None:
    random = np.random.default_rng(1)
    values = np.where(random.random(ROWS) < 0.5, 0.0, random.exponential(size=ROWS))
    sketch = built(values).compact()
    at_zero = float(sketch.w[(sketch.x == 0) & sketch.atoms].sum())
    assert at_zero == pytest.approx((values == 0).sum(), abs=2 * ROWS / STORED_POINTS)


def test_compacting_what_is_small_changes_nothing() -> None:
    sketch = Sketch.of(np.arange(STORED_POINTS, dtype=np.float64))
    assert sketch.compact() is sketch


@pytest.mark.parametrize("points", [1, 2, 7])
def test_compacts_to_very_few_points(points: int) -> None:
    sketch = Sketch.of(np.arange(1_000.0)).compact(points)
    assert 1 <= len(sketch) <= points
    assert sketch.total == 1_000


def test_sums_past_the_largest_float_are_taken_back_without_a_warning() -> None:
    one_below = np.nextafter(LARGEST, 0)
    for rows in (5_000, 99_991):
        values = np.sort(np.where(np.arange(rows) % 2, LARGEST, one_below))
        for side in (values, -values[::-1]):
            assert set(np.abs(Sketch.means_of_sorted(side).x)) <= {LARGEST, one_below}
