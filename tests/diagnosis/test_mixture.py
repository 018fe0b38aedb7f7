from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.data.sketch import Sketch
from airflow_mlmonitor.diagnosis.mixture import mixture, moved, share_at

VALUES = np.random.default_rng(0).gamma(3, 100, 5000)


@given(share=st.floats(0.05, 1.0), factor=st.sampled_from([0.3048, 1.609344, 25.4, 1000.0, -1.0]))
def test_the_share_of_changed_rows_is_found(share: float, factor: float) -> None:
    changed = np.random.default_rng(1).random(VALUES.size) < share
    now = Sketch.of(np.where(changed, VALUES * factor, VALUES))
    fit = mixture(now, Sketch.of(VALUES), moved(Sketch.of(VALUES), factor))
    assert fit.share == pytest.approx(changed.mean(), abs=0.05)
    assert fit.explained > 0.95


def test_what_did_not_change_explains_nothing() -> None:
    sketch = Sketch.of(VALUES)
    assert mixture(sketch, sketch, moved(sketch, 2.0)).explained == 0.0
    assert mixture(moved(sketch, 2.0), sketch, sketch).explained == 0.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.sampled_from([-2.0, 0.5, 3.0]), st.floats(-100, 100))
def test_moving_a_sketch_is_moving_its_values(values: list[float], factor: float, offset: float) -> None:
    sketch = moved(Sketch.of(np.array(values)), factor, offset)
    assert sketch.x.tolist() == sorted(sketch.x.tolist())
    assert sketch.total == len(values)
    assert sketch.x.max() == pytest.approx(max(value * factor + offset for value in values))


def test_the_share_of_one_value() -> None:
    sketch = Sketch.of(np.array([1.0, 2.0, 2.0, 4.0]))
    assert [share_at(sketch, value) for value in (0.0, 1.0, 2.0, 3.0, 5.0)] == [0.0, 0.25, 0.5, 0.0, 0.0]
