"""Training and serving compared value by value: what a person is told, and what they must not be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import FeatureParity, Metric
from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.text import render
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 2, 8)
Columns = dict[str, list[Any]]


def report_of(check: FeatureParity, store: MemoryStore | None = None, day: int = 8) -> Report:
    start = datetime(2013, 2, 1, tzinfo=UTC) + timedelta(days=day)
    return Monitor(name="eta/parity", model="eta", checks=[check]).evaluate(
        Profile(),
        window=Window(start, start + timedelta(days=1)),
        store=store or MemoryStore(),
        connections=NamedConnections({}),
    )


def metrics_of(training: Columns, serving: Columns, **options: Any) -> Mapping[tuple[str, str], Metric]:
    check = FeatureParity(training=Frame(training), serving=Frame(serving), **{"key": ("id",), **options})
    report = report_of(check)
    return {(verdict.metric.column or "", verdict.metric.name): verdict.metric for verdict in report.verdicts}


def fifty_features(rows: int = 300) -> Columns:
    random = np.random.default_rng(5)
    features: Columns = {f"feature_{number}": random.normal(size=rows).tolist() for number in range(49)}
    seen = [FIRST + timedelta(minutes=int(minute)) for minute in random.integers(0, 1440, rows)]
    return {"driver": [f"driver {number}" for number in range(rows)], **features, "last_seen": seen}


def test_one_feature_of_fifty_in_another_time_zone_is_found_named_and_shown_without_who_it_was() -> None:
    training = fifty_features()
    serving = training | {"last_seen": [moment + timedelta(hours=5) for moment in training["last_seen"]]}
    report = report_of(
        FeatureParity(
            training=Frame(training),
            serving=Frame(serving),
            key=("driver",),
            private=("driver", "last_seen"),
            max_mismatch=0.01,
        )
    )
    assert [verdict.metric.column for verdict in report.findings] == ["last_seen"]
    assert report.findings[0].why == (
        "serving differs from training in 100% of 300 rows: serving = training + 5 h (as another time zone would) on "
        "100% of the 300 mismatching rows; the bound is at most 0.01"
    )
    shown = json.loads(report.facts["parity_examples"])["last_seen"]
    assert shown["columns"] == ["driver", "training", "serving"]
    assert len({tuple(row) for row in shown["rows"]}) == 10
    assert all(text.startswith("#") for row in shown["rows"] for text in row)
    text = render(report)
    assert "Rows on which last_seen differs:" in text
    assert text.count("#") >= 30
    assert "driver 1" not in text
    assert "2013-02-08 " not in text


def test_equal_sides_are_quiet_and_remember_nothing() -> None:
    training = fifty_features(50)
    report = report_of(FeatureParity(training=Frame(training), serving=Frame(training), key=("driver",)))
    assert report.findings == []
    assert "parity_examples" not in report.facts


def test_values_that_are_not_private_are_shown_as_they_are() -> None:
    training = {"id": [1, 2], "fare": [1.5, 2.0], "zone": ["x", None]}
    serving = {"id": [1, 2], "fare": [1.5, 7.25], "zone": ["x", "y"]}
    check = FeatureParity(training=Frame(training), serving=Frame(serving), key=("id",), max_mismatch=0)
    report = report_of(check)
    assert json.loads(report.facts["parity_examples"]) == {
        "fare": {"columns": ["id", "training", "serving"], "rows": [[2, 2.0, 7.25]]},
        "zone": {"columns": ["id", "training", "serving"], "rows": [[2, None, "y"]]},
    }
    assert "  2   2         7.25" in render(report)


def test_keys_that_are_missing_repeated_or_null() -> None:
    training = {"id": [1, 2, 3, 3, 4, None], "x": [1, 2, 3, 3, 4, 5]}
    serving = {"id": [1, 2, 3, 5, 6, 6, 7], "x": [1, 2, 3, 5, 6, 6, 7]}
    found = {name: metric.value for (_, name), metric in metrics_of(training, serving).items()}
    assert found == {
        "joined_rows": 2.0,
        "missing_in_serving_share": 0.25,
        "missing_in_training_share": 0.5,
        "repeated_in_training_share": 0.25,
        "repeated_in_serving_share": pytest.approx(1 / 6),
        "keyless_in_training_share": pytest.approx(1 / 5),
        "keyless_in_serving_share": 0.0,
        "one_sided_columns": 0.0,
        "mismatch_share": 0.0,
    }


def test_columns_of_one_side_are_named_and_renamed_ones_are_compared() -> None:
    training = {"id": [1], "fare": [2.0], "seats": [4]}
    serving = {"driver": [1], "price": [2.5], "extra": [0]}
    found = metrics_of(training, serving, renamed={"id": "driver", "fare": "price"})
    assert found["fare", "mismatch_share"].value == 1.0
    assert found["", "one_sided_columns"].why == "only training has seats, only serving has extra"
    chosen = metrics_of(training, serving, renamed={"id": "driver", "fare": "price"}, columns=("fare",))
    assert chosen["", "one_sided_columns"].value == 0


def test_tolerances_of_all_and_of_some() -> None:
    training = {"id": [1], "fare": [100.0], "rides": [10], "at": [FIRST]}
    serving = {"id": [1], "fare": [101.0], "rides": [11], "at": [FIRST + timedelta(seconds=1)]}

    def differing(**options: Any) -> set[str]:
        found = metrics_of(training, serving, **options)
        assert len([name for _, name in found if name == "mismatch_share"]) == 3
        return {
            column for (column, name), metric in found.items() if name == "mismatch_share" and metric.value
        }

    assert differing() == {"fare", "rides", "at"}
    assert differing(relative=0.01) == {"rides", "at"}
    assert differing(absolute=1) == set()
    assert differing(absolute={"rides": 1}) == {"fare", "at"}
    assert differing(absolute={"at": 1}, relative={"fare": 0.02}) == {"rides"}


def test_single_precision_is_no_mismatch() -> None:
    fares = np.random.default_rng(3).normal(20, 5, 100)
    sides = [
        {"id": list(range(100)), "fare": values.tolist()} for values in (fares, fares.astype(np.float32))
    ]
    assert metrics_of(*sides)["fare", "mismatch_share"].value == 0


def test_yesterdays_values_are_recognised_where_the_key_says_when() -> None:
    random = np.random.default_rng(9)
    days = [FIRST + timedelta(days=day) for day in range(4)]
    rows = [(driver, day) for driver in range(25) for day in days]
    rides = {row: int(random.integers(0, 10_000)) for row in rows}
    served = {(driver, day): rides.get((driver, day - timedelta(days=1)), -1) for driver, day in rows}
    training, serving = (
        {
            "driver": [row[0] for row in rows],
            "day": [row[1] for row in rows],
            "rides": [side[row] for row in rows],
        }
        for side in (rides, served)
    )
    found = metrics_of(training, serving, key=("driver", "day"), time="day")
    assert found["rides", "mismatch_share"].why == (
        "serving holds what training had 1 day before for the same entity on 100% of the 75 mismatching rows "
        "that have a row before"
    )


def test_keys_of_unlike_types_meet() -> None:
    training = {"id": [1, 2], "at": [FIRST, FIRST], "x": [1, 2]}
    serving = {"id": ["1", "2"], "at": ["2013-02-08T00:00:00", "2013-02-08T00:00:00"], "x": [1, 2]}
    found = metrics_of(training, serving, key=("id", "at"))
    assert found["", "joined_rows"].value == 2
    zoned = serving | {"at": ["2013-02-08T01:00:00+01:00"] * 2}
    assert metrics_of(training, zoned, key=("id", "at"))["", "joined_rows"].value == 2
    (broken,) = metrics_of(training, serving | {"at": ["soon", "later"]}, key=("id", "at")).values()
    assert "The key 'at' is a moment on one side and text on the other" in str(broken.why)


def test_nothing_joined_fails_without_any_past() -> None:
    check = FeatureParity(
        training=Frame({"id": [1], "x": [1]}), serving=Frame({"id": [2], "x": [1]}), key=("id",)
    )
    report = report_of(check)
    assert report.status is Status.FAIL
    assert report.findings[0].why == "0 rows were joined; the bound is at least 1"
    (share,) = [verdict.metric for verdict in report.verdicts if verdict.metric.name == "mismatch_share"]
    assert (share.value, share.why) == (None, "no row has a key that both sides have once")


def test_without_a_limit_a_feature_is_held_against_its_own_past() -> None:
    store, statuses = MemoryStore(), []
    training = fifty_features(400)
    for day in range(16):
        off = 200 if day == 15 else 4 + day % 3
        fares = [fare + (number < off) for number, fare in enumerate(training["feature_0"])]
        serving = training | {"feature_0": fares}
        check = FeatureParity(
            training=Frame(training), serving=Frame(serving), key=("driver",), private=("driver",)
        )
        report = report_of(check, store, day)
        statuses.append(report.status.is_finding)
    assert statuses == [False] * 15 + [True]
    assert report.findings[0].why.startswith(
        "serving differs from training in 50.0% of 400 rows: serving = training + 1 on 100% of the 200 mismatching rows; "
        "expected"
    )


def test_limits_of_some_columns_and_of_a_check_with_a_prefix() -> None:
    sides: dict[str, Any] = {"training": Frame({}), "serving": Frame({}), "key": ("id",)}
    check = FeatureParity(**sides, prefix="b", max_mismatch={"fare": 0.1})
    assert check.limits == {"b.joined_rows": {"min": 1}, "fare.b.mismatch_share": {"max": 0.1}}


def test_templates_inside_its_sources_are_rendered_into_copies() -> None:
    from airflow_mlmonitor.data import Files

    check = FeatureParity(
        training=Files("replayed/{{ ds }}.parquet"), serving=Files("logged/{{ ds }}.parquet"), key=("id",)
    )
    rendered = check.rendered(lambda text: text.replace("{{ ds }}", "2013-02-08"))
    assert rendered.training.label == "replayed/2013-02-08.parquet"
    assert check.serving.label == "logged/{{ ds }}.parquet"


def test_what_cannot_work_is_refused_and_what_is_not_there_named() -> None:
    sides: dict[str, Any] = {"training": Frame({"id": [1], "x": [1]}), "serving": Frame({"id": [1]})}
    with pytest.raises(ConfigurationError, match="write \\('id',\\)"):
        FeatureParity(**sides, key="id")
    with pytest.raises(ConfigurationError, match="time='at' is not in the key, which is id"):
        FeatureParity(**sides, key=("id",), time="at")
    with pytest.raises(ConfigurationError, match="sample=0"):
        FeatureParity(**sides, key=("id",), sample=0)
    for options, message in (
        ({"key": ("x",)}, "serving has no column 'x', which is in the key. There is id."),
        ({"key": ("id",), "columns": ("fair",)}, "Neither training nor serving has a column 'fair'."),
        ({"key": ()}, "key=() joins nothing; name the columns that tell rows apart."),
    ):
        (broken,) = report_of(FeatureParity(**sides, **options)).verdicts
        assert broken.status is Status.BROKEN
        assert broken.why.startswith(message)
