"""Great Expectations itself says the same of the same rows, number by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.invariants import Kept
from airflow_mlmonitor.data.invariants.answering import held_against
from airflow_mlmonitor.data.invariants.suite import read_suite
from airflow_mlmonitor.data.invariants.validating import validated
from tests.data.invariants.drawing import drawn, frames

NOWHERE = NamedConnections({})


def same(ours: Kept, theirs: Kept) -> bool:
    """Whether two answers are the same, but for rounding in the last digits."""
    numbers = (ours.success, ours.rows, ours.missing, ours.unexpected)
    single = (
        ours.invariant.column == "short"
    )  # pandas adds numbers of single precision up in single precision
    return numbers == (theirs.success, theirs.rows, theirs.missing, theirs.unexpected) and _alike(
        ours.observed, theirs.observed, 1e-5 if single else 1e-9
    )


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_alike(one[name], other[name], tolerance) for name in ("quantiles", "values"))
    if isinstance(one, list) and isinstance(other, list):
        return all(map(_alike, one, other, [tolerance] * len(one))) and len(one) == len(other)
    if isinstance(one, float | int) and not isinstance(one, bool) and other is not None:
        return bool(np.isclose(one, other, rtol=tolerance, atol=1e-12))
    return one == other or other is None or not isinstance(other, str | int | float)


def differing(ours: Sequence[Kept], theirs: Sequence[Kept]) -> list[Any]:
    by_name = {(kept.invariant.name, kept.invariant.column): kept for kept in theirs}
    return [
        (one, by_name[one.invariant.name, one.invariant.column])
        for one in ours
        if not same(one, by_name[one.invariant.name, one.invariant.column])
    ]


@pytest.mark.parametrize("name", ["flights", "iris", "wine"])
@pytest.mark.parametrize("seed", range(2))
def test_a_hundred_drawn_expectations_have_the_numbers_of_great_expectations(name: str, seed: int) -> None:
    frame = frames()[name]
    invariants = read_suite({"expectations": drawn(np.random.default_rng([seed, len(frame)]), frame, 100)})
    source = Frame(frame)
    ours = held_against(invariants, source, connections=NOWHERE)
    present = [one for one in invariants if set(one.columns) <= {*frame.columns} or "exist" in one.type]
    theirs = validated(present, source, None, NOWHERE)
    assert differing(ours, theirs) == []
    by = Counter(kept.by for kept in ours)
    assert by["us"] > 0.85 * len(ours)
    assert {kept.success for kept in ours} >= {True, False}
