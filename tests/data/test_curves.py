"""Training logs as programs write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.data import Files, Frame
from airflow_mlmonitor.data import curves as room
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.curves import Curve, curves_of
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

NAN = float("nan")
WINDOW = Window.parse("2013-03-11")


def curves(source: Source | dict[str, Any], *names: str, step: str | None = "step") -> dict[str, Curve]:
    source = source if isinstance(source, Source) else Frame(source)
    return dict(curves_of(source, step, names or ("loss",), WINDOW, NamedConnections({})))


def spelled(curve: Curve) -> list[tuple[float, float | None]]:
    pairs = zip(curve.steps.tolist(), curve.values.tolist(), strict=True)
    return [(step, value if np.isfinite(value) else None) for step, value in pairs]


def test_lines_of_json_and_of_csv_say_the_same(tmp_path: Path) -> None:
    lines = [{"step": 10 * n, "loss": value} for n, value in enumerate([2.0, 1.0, 0.5, NAN, NAN])]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "log.csv").write_text(
        "step,loss\n" + "".join(f"{line['step']},{line['loss']}\n" for line in lines)
    )
    for name in ("log.jsonl", "log.csv"):
        found = spelled(curves(Files(tmp_path / name))["loss"])
        assert found == [(0, 2.0), (10, 1.0), (20, 0.5), (30, None), (40, None)], name


def test_infinite_losses_of_a_csv_are_infinite(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,loss\n1,0.5\n2,inf\n")
    assert curves(Files(tmp_path / "log.csv"))["loss"].values.tolist() == [0.5, float("inf")]


def test_what_is_logged_now_and_then_is_not_lost_between() -> None:
    loss = [3.0, 2.0, 1.5, 1.2, 1.0, 0.9, 0.8]
    found = curves(
        {"step": list(range(7)), "loss": loss, "val": [2.5, None, None, 1.5, None, None, None]}, "loss", "val"
    )
    assert len(found["loss"].values) == 7
    assert spelled(found["val"]) == [(0, 2.5), (3, 1.5)]


def test_the_line_of_a_validation_has_no_loss() -> None:
    columns = {"step": [1, 2, 3, 3], "loss": [3.0, 2.0, 1.0, None], "val": [None, None, None, 1.5]}
    found = curves(columns, "loss", "val")
    assert spelled(found["loss"]) == [(1, 3.0), (2, 2.0), (3, 1.0)]
    assert spelled(found["val"]) == [(3, 1.5)]


def test_a_loss_that_ends_while_all_else_goes_on_was_lost() -> None:
    columns = {
        "step": [1, 2, 3, 4],
        "loss": [3.0, 2.0, None, None],
        "val": [3.0, 2.5, None, None],
        "rate": [0.1, 0.1, 0.1, 0.1],
    }
    found = curves(columns, "loss", "val", "rate")
    assert spelled(found["loss"]) == [(1, 3.0), (2, 2.0), (3, None), (4, None)]
    assert spelled(found["val"]) == [(1, 3.0), (2, 2.5), (3, None), (4, None)]


def test_training_that_went_on_from_a_checkpoint_counts_as_it_went_on() -> None:
    columns = {"step": [1, 2, 3, 2, 3, 4], "loss": [3.0, 2.0, 9.0, 2.1, 1.5, 1.2]}
    assert spelled(curves(columns)["loss"]) == [(1, 3.0), (2, 2.1), (3, 1.5), (4, 1.2)]


def test_without_steps_the_lines_are_counted() -> None:
    assert spelled(curves({"loss": [3.0, 2.0]}, step=None)["loss"]) == [(0, 3.0), (1, 2.0)]


@pytest.mark.parametrize(
    ("columns", "error", "said"),
    [
        ({"step": [1], "los": [2.0]}, DataError, "There is no column 'loss' in .*; did you mean 'los'"),
        ({"step": [1], "loss": ["low"]}, ConfigurationError, "'loss' of .* holds no numbers"),
        ({"step": [], "loss": []}, DataError, "has no lines; run after training"),
    ],
)
def test_logs_that_cannot_be_read_say_why(columns: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        curves(columns)


def test_a_log_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 3)
    with pytest.raises(DataError, match="more than 3 lines; log every tenth step"):
        curves({"step": [1, 2, 3, 4], "loss": [1.0, 1.0, 1.0, 1.0]})
