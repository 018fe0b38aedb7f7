from __future__ import annotations

import numpy as np
import pytest

from airflow_mlmonitor.stats.exceedance import exceedance_p_value
from tests.stats.samples import rng


@pytest.mark.parametrize(("n", "m"), [(5, 8), (50, 50), (40, 10), (10, 300)])
def test_it_is_the_share_of_rankings_with_as_many_values_outside(n: int, m: int) -> None:
    random = rng()
    old_ranks = np.array([random.permutation(n + m)[:m] for _ in range(20_000)])
    outside = old_ranks.min(axis=1) + (n + m - 1 - old_ranks.max(axis=1))
    for beyond in range(0, n, max(n // 8, 1)):
        share = np.mean(outside >= beyond)
        assert exceedance_p_value(beyond, n, m) == pytest.approx(share, abs=0.015)


def test_an_empty_sample_says_nothing() -> None:
    assert exceedance_p_value(0, 0, 5) is None
    assert exceedance_p_value(0, 5, 0) is None
