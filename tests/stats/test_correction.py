from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from airflow_mlmonitor.stats import benjamini_hochberg
from tests.stats.samples import quick

CHANCES = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=30)


def test_a_heart_attack_trial() -> None:
    """Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995, section 4.1: four of fifteen are rejected at 5 %."""
    p_values = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
    ]
    found = benjamini_hochberg([*p_values, 0.6528, 0.7590, 1.0])
    assert sum(q is not None and q <= 0.05 for q in found) == 4


@quick
@given(CHANCES)
def test_it_is_scipys_on_the_tests_that_have_a_p_value(p_values: list[float | None]) -> None:
    found = benjamini_hochberg(p_values)
    assert [q is None for q in found] == [p is None for p in p_values]
    known = [p for p in p_values if p is not None]
    if known:
        assert [q for q in found if q is not None] == pytest.approx(
            oracle.false_discovery_control(known).tolist()
        )


@quick
@given(CHANCES)
def test_it_never_lowers_a_p_value_and_keeps_their_order(p_values: list[float | None]) -> None:
    pairs = [
        (p, q)
        for p, q in zip(p_values, benjamini_hochberg(p_values), strict=True)
        if p is not None and q is not None
    ]
    assert all(q >= p - 1e-12 for p, q in pairs)
    assert [q for _, q in sorted(pairs)] == sorted(q for _, q in pairs)
