"""Trainings that went wrong, each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Metric, Scene, TrainingLog
from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Learned, Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.memory_store import MemoryStore

NAN = float("nan")
FIRST = datetime(2013, 3, 1, tzinfo=UTC)
STEPS = np.arange(0, 2010, 10)


def window(number: int) -> Window:
    return Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))


def falling(seed: int = 5, noise: float = 0.02) -> np.ndarray[Any, Any]:
    """A loss as it should go: from 2 to about 0.3."""
    random = np.random.default_rng(seed)
    return (0.3 + 1.7 * np.exp(-STEPS / 300)) * (1 + random.normal(0, noise, STEPS.size))


def log(loss: Any, steps: Any = STEPS, **columns: Any) -> Frame:
    return Frame({"step": np.asarray(steps), "loss": np.asarray(loss), **columns})


def metrics(check: TrainingLog) -> dict[tuple[str | None, str], Metric]:
    scene = Scene(window=window(0), now=Profile(), connections=NamedConnections({}))
    found = check.inspect(scene).metrics
    assert {metric.family for metric in found} == {"stability"}
    assert len({metric.key for metric in found}) == len(found)
    assert all(metric.value is not None or metric.why for metric in found)
    return {(metric.column, metric.name): metric for metric in found}


def run(store: MemoryStore, number: int, check: TrainingLog) -> Report:
    monitor = Monitor(name="flights/training", model="flights", checks=[check], judge=Learned())
    return monitor.evaluate(Profile(), window=window(number), store=store)


def said(check: TrainingLog) -> dict[str, tuple[str, str]]:
    """What the first training of all is told, without any past."""
    report = run(MemoryStore(), 0, check)
    return {one.metric.name: (one.status.value, one.why) for one in report.findings}


def test_nothing_is_said_of_a_training_that_went_well() -> None:
    held_out = falling(6) + 0.05
    check = TrainingLog(
        source=log(falling(), val=held_out, auc=STEPS / 2500), validation="val", metrics=("auc",)
    )
    assert said(check) == {}
    found = metrics(check)
    assert found["loss", "final_loss"].value == pytest.approx(0.3, abs=0.03)
    assert (found["loss", "best_loss"].value or 1) <= (found["loss", "final_loss"].value or 0)
    assert found["loss", "improvement"].value == pytest.approx(0.85, abs=0.03)
    assert found["loss", "oscillation"].value == pytest.approx(0.02, abs=0.01)
    assert found["val", "validation_gap"].value == pytest.approx(0.05, abs=0.02)
    assert found["auc", "final_value"].value == 0.8
    assert found[None, "last_step"].value == 2000.0


def test_a_loss_that_exploded_and_was_no_number_then() -> None:
    steps = [*range(0, 1201, 100), 1230, 1260, 1261, 1262]
    loss = [*np.linspace(2.0, 0.31, 13), 44.0, 8.2e4, NAN, NAN]
    found = said(TrainingLog(source=log(loss, steps)))
    assert found["diverged"] == (
        "fail",
        "loss rose from 0.31 to 8.2e4 between steps 1,200 and 1,260, then NaN",
    )
    assert found["nonfinite_steps"] == ("warn", "loss is NaN or infinite in 2 of 17 steps")


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ([1.0, 0.5, 0.4, NAN], "loss was 0.4 at step 2, then NaN"),
        ([1.0, 0.5, 0.4, float("inf")], "loss was 0.4 at step 2, then infinite"),
        ([NAN, NAN, NAN, NAN], "loss was NaN from the first step on"),
    ],
)
def test_a_loss_that_ended_as_no_number(loss: Sequence[float], words: str) -> None:
    assert said(TrainingLog(source=log(loss, range(4))))["diverged"] == ("fail", words)


def test_one_step_without_a_number_warns() -> None:
    loss = falling()
    loss[70] = np.inf
    assert said(TrainingLog(source=log(loss))) == {
        "nonfinite_steps": ("warn", "loss is NaN or infinite in 1 of 201 steps")
    }


def test_a_loss_that_exploded_fails_and_a_spike_does_not() -> None:
    spike, exploded = falling(), falling()
    spike[150] *= 500
    exploded[-20:] *= np.geomspace(1.2, 400, 20)
    assert said(TrainingLog(source=log(spike))) == {}
    (found,) = said(TrainingLog(source=log(exploded))).items()
    assert (found[0], found[1][0]) == ("loss_rise", "fail")
    assert found[1][1].startswith("loss rose from 0.")
    assert found[1][1].endswith("between steps 1,810 and 2,000")
    wide = falling()
    wide[100:110] *= 500
    assert (metrics(TrainingLog(source=log(wide)))["loss", "highest_rise"].value or 0) > 100
    assert said(TrainingLog(source=log(wide))) == {}


def test_a_loss_that_never_fell_warns() -> None:
    random = np.random.default_rng(2)
    found = said(TrainingLog(source=log(0.693 + np.abs(random.normal(0, 0.001, 201)) * (STEPS > 30))))
    assert found == {"improvement": ("warn", "loss never fell below 0.693, where it began")}


def test_overfitting_warns() -> None:
    held_out = 0.42 + 0.0003 * np.abs(STEPS - 800)
    found = said(TrainingLog(source=log(falling(noise=0), val=held_out), validation="val"))
    assert found == {
        "overfit_rise": (
            "warn",
            "val rose from 0.423 to 0.777 between steps 790 and 2,000, while loss fell from 0.422 to 0.302",
        )
    }
    both = TrainingLog(source=log(held_out, val=held_out), validation="val")
    assert metrics(both)["val", "overfit_rise"].value == 0.0
    assert said(TrainingLog(source=both.source, validation="val", overfits=5)) == {}


@pytest.mark.parametrize(
    ("steps", "wanted", "through"),
    [
        (range(10), 10, True),
        (range(1, 11), 10, True),
        (range(0, 1000, 10), 1000, True),
        (range(10, 1000, 10), 995, True),
        (range(10, 440, 10), 1000, False),
        (range(1, 10), 10, False),
        (range(9), 10, False),
    ],
)
def test_a_training_that_was_cut_short_fails(steps: range, wanted: int, through: bool) -> None:
    check = TrainingLog(source=log(np.linspace(2, 1, len(steps)), steps), steps=wanted)
    last = steps[-1]
    expected = (
        {} if through else {"finished_share": ("fail", f"training stopped at step {last:,} of {wanted:,}")}
    )
    assert said(check) == expected


def test_a_log_of_one_line_says_little() -> None:
    found = metrics(TrainingLog(source=log([0.5], [0], val=[0.6]), validation="val"))
    assert found["loss", "final_loss"].why == "there are fewer than two numbers"
    assert found["val", "overfit_rise"].why == "there are fewer than two numbers"


def test_a_plateau_is_measured_and_no_finding() -> None:
    loss = np.where(STEPS < 500, 2 - STEPS / 300, 2 - 500 / 300)
    found = metrics(TrainingLog(source=log(loss)))["loss", "plateau_share"]
    assert found.value == pytest.approx(0.75, abs=0.01)
    assert found.why == "the last 75% of the steps gained loss next to nothing: it is 0.333"


def test_a_worse_training_than_all_before_is_found_by_its_past() -> None:
    store = MemoryStore()
    for number in range(45):
        assert run(store, number, TrainingLog(source=log(falling(number)))).status is not Status.FAIL
    worse = falling(99) + 0.4
    report = run(store, 45, TrainingLog(source=log(worse)))
    assert report.status.is_finding
    assert any("final_loss" in one.metric.name or "best_loss" in one.metric.name for one in report.findings)


def test_a_path_is_a_source_and_everything_in_it_is_a_template(tmp_path: Path) -> None:
    (tmp_path / "2013-03-01.csv").write_text("step,loss\n1,2.0\n2,1.0\n")
    check = TrainingLog(source=tmp_path / "{{ day }}.csv")
    rendered = check.rendered(lambda text: text.replace("{{ day }}", "2013-03-01"))
    assert metrics(rendered)["loss", "final_loss"].value == 1.0
    with pytest.raises(ConfigurationError, match="write explodes above 1"):
        TrainingLog(source="log.csv", explodes=1.0)
    with pytest.raises(ConfigurationError, match="validation='loss' is the loss itself"):
        TrainingLog(source="log.csv", validation="loss")
