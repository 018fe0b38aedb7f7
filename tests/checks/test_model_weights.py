"""Models from run to run: what was put into their weights, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import ModelWeights
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Learned, Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 3, 1, tzinfo=UTC)


def run(store: MemoryStore, number: int, *checks: ModelWeights) -> Report:
    window = Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))
    monitor = Monitor(name="flights/model", model="flights", checks=checks, judge=Learned())
    return monitor.evaluate(Profile(), window=window, store=store)


def values(report: Report, name: str) -> dict[str | None, float | None]:
    return {one.metric.column: one.metric.value for one in report.verdicts if one.metric.name == name}


def trained(number: int) -> dict[str, Any]:
    """A model that each training moves a little."""
    start, drift = np.random.default_rng(1), np.random.default_rng(100 + number)
    shapes = {"hidden.weight": (32, 16), "hidden.bias": (32,), "out.weight": (1, 32)}
    model = {name: start.normal(0, 1, shape) for name, shape in shapes.items()}
    return {name: x + drift.normal(0, 0.05, x.shape) for name, x in model.items()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tmp_path / "model.npz"


def test_weights_that_are_no_numbers_fail_the_first_run(model: Path) -> None:
    weights = trained(0)
    weights["hidden.weight"][3, :2], weights["hidden.bias"][7] = np.nan, np.inf
    np.savez(model, **weights)
    report = run(MemoryStore(), 0, ModelWeights(paths=model))
    assert report.status is Status.FAIL
    assert [one.why for one in report.findings] == [
        "NaN in 2 of 512 numbers of hidden.weight",
        "infinite in 1 of 32 numbers of hidden.bias",
    ]
    assert values(report, "weights") == {None: 576.0}
    assert values(report, "tensors") == {None: 3.0}


def test_how_far_weights_moved_since_the_last_run_that_trains(model: Path) -> None:
    store, check = MemoryStore(), ModelWeights(paths=(model,))
    np.savez(model, **trained(0))
    first = run(store, 0, check)
    assert set(values(first, "weight_change").values()) == {None}
    same = run(store, 1, check)
    assert list(values(same, "weight_change").values()) == pytest.approx([0.0] * 3, abs=1e-6)
    np.savez(model, **{name: 3 * x for name, x in trained(0).items()})
    tripled = run(store, 2, check)
    assert list(values(tripled, "weight_change").values()) == pytest.approx([2.0] * 3, rel=0.5)
    store.mark("flights/model", tripled.window, State.BAD, who="on call")
    np.savez(model, **trained(0))
    assert list(values(run(store, 3, check), "weight_change").values()) == pytest.approx([0] * 3, abs=1e-6)


def test_dead_rows_and_a_model_that_jumped_are_found_by_their_past(model: Path) -> None:
    store, check = MemoryStore(), ModelWeights(paths=str(model))
    for number in range(40):
        np.savez(model, **trained(number))
        assert run(store, number, check).status is not Status.FAIL
    weights = trained(40)
    weights["hidden.weight"][:9] = 0
    np.savez(model, **weights)
    report = run(store, 40, check)
    assert report.status.is_finding
    assert report.findings[0].why.startswith(
        "144 of 512 numbers of hidden.weight are 0, 9 of 32 rows as a whole; "
    )
    assert values(report, "dead_row_share")["hidden.weight"] == 9 / 32


def test_models_in_several_files_and_tensors_that_are_left_out(tmp_path: Path) -> None:
    for part in ("a", "b"):
        np.savez(tmp_path / f"{part}.npz", w=np.ones(3), ids=np.ones(2))
    check = ModelWeights(paths=tmp_path / "*.npz", tensors=("w*",))
    assert values(run(MemoryStore(), 0, check), "largest_weight") == {"w": 1.0, "w of file 2": 1.0}


def test_two_models_in_one_monitor_need_a_prefix(model: Path, tmp_path: Path) -> None:
    np.savez(model, w=np.ones(3))
    np.savez(tmp_path / "other.npz", w=np.array([np.nan, 1.0]))
    champion = ModelWeights(paths=model)
    challenger = ModelWeights(paths=tmp_path / "other.npz", prefix="challenger")
    report = run(MemoryStore(), 0, champion, challenger)
    assert [(one.metric.name, one.why) for one in report.findings] == [
        ("challenger.nonfinite_weights", "NaN in 1 of 2 numbers of w")
    ]
    assert {"weights", "challengerweights"} <= set(report.facts)


def test_models_that_cannot_be_looked_at_are_broken(model: Path, tmp_path: Path) -> None:
    np.savez(model, ids=np.arange(4))
    (found,) = run(MemoryStore(), 0, ModelWeights(paths=model)).findings
    assert found.status is Status.BROKEN
    assert found.why.endswith("no tensor of floats has a name that matches *.")
    (found,) = run(MemoryStore(), 0, ModelWeights(paths=tmp_path / "gone.npz")).findings
    assert "does not exist" in found.why
    with pytest.raises(ConfigurationError, match="names no file"):
        ModelWeights(paths=())
