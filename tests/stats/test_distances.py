from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from airflow_mlmonitor.stats import hellinger, l_infinity, total_variation
from tests.stats.samples import COUNTS, quick


@quick
@given(COUNTS)
def test_they_are_what_their_definitions_say(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    p, q = a / a.sum(), b / b.sum()
    assert hellinger(a, b) == pytest.approx(np.sqrt(max(1 - np.sum(np.sqrt(p * q)), 0)), abs=1e-7)
    assert total_variation(a, b) == pytest.approx(np.sum(np.maximum(p - q, 0)))
    assert l_infinity(a, b) == pytest.approx(np.max(np.abs(p - q)))


@pytest.mark.parametrize("distance", [hellinger, total_variation, l_infinity])
def test_they_go_from_0_to_1_and_need_rows(distance: object) -> None:
    assert distance([3, 9], [1, 3]) == pytest.approx(0)  # type: ignore[operator]
    assert distance([3, 0], [0, 2]) == pytest.approx(1)  # type: ignore[operator]
    assert distance([0, 0], [0, 2]) is None  # type: ignore[operator]
