"""Quality: what labels say of predictions, of segments, and how far these are apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from airflow_mlmonitor.checks import Metric, Quality
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from airflow_mlmonitor.judging import Significance, Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.store.memory_store import MemoryStore
from tests.rows import held, profiled

CHECK = Quality(prediction="chance", label="late", segments=("origin",))
DAY = timedelta(days=1)


def flights(seed: int, *, worse_at: str = "") -> dict[str, Any]:
    random = np.random.default_rng(seed)
    late = random.random(600) < 0.4
    origin = random.choice(["EWR", "JFK", "LGA"], 600)
    signal = np.where(origin == worse_at, ~late, late)
    return {
        "chance": np.clip(0.4 + 0.2 * (signal - 0.4) + random.normal(0, 0.1, 600), 0, 1),
        "late": late,
        "origin": origin,
    }


def scored(columns: dict[str, Any], check: Quality = CHECK, **how: Any) -> Profile:
    return read(held(columns, **how), rules=Rules(rules=check.rules)).settled(Memory())


def found(
    now: Profile, before: Profile | None = None, check: Quality = CHECK
) -> dict[tuple[str, str], Metric]:
    metrics = list(check.measure(now, before))
    assert {metric.column for metric in metrics} <= {check.prediction}
    assert {metric.family for metric in metrics} <= {"quality"}
    return {(metric.name, metric.slice): metric for metric in metrics}


def test_all_rows_and_segments_are_scored() -> None:
    columns = flights(1)
    metrics = found(scored(columns, parts=3))
    assert metrics["auc", ""].value == pytest.approx(roc_auc_score(columns["late"], columns["chance"]))
    there = columns["origin"] == "JFK"
    assert metrics["auc", "origin=JFK"].value == pytest.approx(
        roc_auc_score(columns["late"][there], columns["chance"][there])
    )
    assert {name for name, part in metrics if part == ""} == {
        "labelled_share",
        "bias",
        "log_loss",
        "brier",
        "auc",
    }
    assert {name for name, part in metrics if part == "origin=EWR"} == {
        "labelled_share",
        "bias",
        "log_loss",
        "auc",
    }


def test_the_gap_is_between_the_best_and_the_worst_segment() -> None:
    metrics = found(scored(flights(2, worse_at="LGA")))
    values = {part: metrics["auc", f"origin={part}"].value or 0.0 for part in ("EWR", "JFK", "LGA")}
    gap = metrics["auc_gap", "origin=*"]
    assert gap.value == pytest.approx(max(values.values()) - min(values.values()))
    assert (gap.worse, gap.scale) == ("up", "share")
    assert gap.why is not None
    assert "where origin=LGA" in gap.why.partition(", ")[0]
    assert metrics["bias_gap", "origin=*"].scale == "log"
    assert ("auc_gap", "origin=*") not in found(scored({**flights(2), "origin": ["EWR"] * 600}))


def test_segments_are_the_commonest_of_the_baseline() -> None:
    columns = {**flights(3), "origin": np.arange(600) % 12}
    usual = profiled({"origin": np.repeat(np.arange(4, 12), 5)})
    parts = {part for _, part in found(scored(columns), usual) if part not in ("", "origin=*")}
    assert parts == {f"origin={number}" for number in range(4, 12)}
    assert len({part for _, part in found(scored(columns)) if part not in ("", "origin=*")}) == 8


def test_numbers_and_names_are_scored_too() -> None:
    numbers = Quality(prediction="p", label="y")
    assert {name for name, _ in found(scored({"p": [3.0, 4.5], "y": [2.0, 5.0]}, numbers), check=numbers)} == {
        "labelled_share", "bias", "mae", "rmse", "correlation",
    }  # fmt: skip
    metrics = found(scored({"p": ["a", "b"], "y": ["a", "c"]}, numbers), check=numbers)
    assert metrics["wrong_share", ""].value == 0.5


def test_two_labels_of_one_prediction_are_told_apart() -> None:
    one, other = (Quality(prediction="p", label=label) for label in ("now", "later"))
    columns = {"p": [1.5, 2.5], "now": [1.5, 2.5], "later": [2.5, 3.5]}
    both = read(held(columns), rules=Rules(rules=(*one.rules, *other.rules))).settled(Memory())
    assert (found(both, check=one)["mae", ""].value, found(both, check=other)["mae", ""].value) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("columns", "error", "said"),
    [
        ({"p": [0.5], "z": [1]}, DataError, "There is no column 'y'"),
        ({"p": [0.5], "y": ["late"]}, ConfigurationError, "'y' holds names and 'p' numbers"),
        ({"p": ["late"], "y": [1.0]}, ConfigurationError, "'p' holds names and 'y' numbers"),
    ],
)
def test_columns_that_cannot_be_compared_are_refused(
    columns: dict[str, Any], error: type[Exception], said: str
) -> None:
    check = Quality(prediction="p", label="y")
    with pytest.raises(error, match=said):
        list(check.measure(scored(columns, check), None))
    with pytest.raises(DataError, match="There is no column 'town'"):
        list(Quality(prediction="p", label="p", segments=("town",)).measure(profiled(columns), None))


def test_rows_that_were_not_held_against_labels_say_so() -> None:
    (metric,) = found(profiled(flights(1))).values()
    assert (metric.name, metric.value) == ("labelled_share", None)
    assert metric.why == "the rows were read without the rules of this check"
    (metric,) = found(scored({name: values[:0] for name, values in flights(1).items()})).values()
    assert metric.why == "there are no rows"


def test_a_monitor_reads_what_the_check_asks_for_and_its_past_judges_it() -> None:
    store, first = MemoryStore(), datetime(2013, 3, 1, tzinfo=UTC)
    monitor = Monitor(name="flights/quality", model="flights", checks=[CHECK], judge=Significance())
    reports = []
    for number in range(18):
        window = Window(first + number * DAY, first + (number + 1) * DAY)
        rows = read(held(flights(number, worse_at="LGA" if number == 17 else "")), rules=monitor.rules(store))
        reports.append(monitor.evaluate(rows, window=window, store=store))
    assert reports[0].status is Status.LEARNING
    assert reports[17].status is Status.WARN
    lead = reports[17].findings[0].metric
    assert lead.slice in ("origin=LGA", "origin=*")
