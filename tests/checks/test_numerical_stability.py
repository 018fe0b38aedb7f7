"""Numbers that cannot be computed with, put into rows one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.checks import Consistency, Metric, NumericalStability
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from airflow_mlmonitor.judging import Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.store.memory_store import MemoryStore
from tests.rows import held, profiled

NAN, INF = float("nan"), float("inf")
WINDOW = Window.parse("2013-03-11")

ANY = NumericalStability()
CHANCE = NumericalStability(probabilities=("chance",))
THREE = NumericalStability(classes=("a", "b", "c"))


def stable(columns: dict[str, Any], check: NumericalStability, **how: Any) -> Profile:
    return read(held(columns, **how), rules=Rules(rules=check.rules)).settled(Memory())


def measured(
    columns: dict[str, Any], check: NumericalStability = ANY, **how: Any
) -> dict[tuple[str | None, str], Metric]:
    metrics = list(check.measure(stable(columns, check, **how), None))
    assert {metric.family for metric in metrics} == {"stability"}
    assert len({metric.key for metric in metrics}) == len(metrics)
    return {(metric.column, metric.name): metric for metric in metrics}


def findings(columns: dict[str, Any], check: NumericalStability, **how: Any) -> dict[str, tuple[str, str]]:
    """What a first run, without any past, says of some rows: column and metric to status and words."""
    monitor = Monitor(name="flights/stability", model="flights", checks=[check])
    store = MemoryStore()
    rows = read(held(columns, **how), rules=monitor.rules(store))
    report = monitor.evaluate(rows, window=WINDOW, store=store)
    return {f"{one.metric.column}.{one.metric.name}": (one.status.value, one.why) for one in report.findings}


def good(n: int = 600) -> dict[str, Any]:
    random = np.random.default_rng(11)
    shares = random.dirichlet([2, 3, 4], n)
    return {
        "chance": random.uniform(0.01, 0.99, n),
        **dict(zip("abc", shares.T, strict=True)),
        "temp": random.normal(40, 9, n),
    }


def test_nothing_is_said_of_sound_numbers() -> None:
    check = NumericalStability(predictions=("temp",), probabilities=("chance",), classes=("a", "b", "c"))
    assert findings(good(), check, parts=3) == {}
    found = measured(good(), check, parts=3)
    assert found["temp", "largest_to_p99"].value == pytest.approx(1.1, abs=0.2)
    assert {found[name, "outside_share"].value for name in ("chance", "a", "b", "c")} == {0.0}
    assert found["a+b+c", "sum_off_share"].value == 0.0
    assert found["chance", "denormal_share"].value == 0.0
    assert {found[column, "saturated_share"].value for column in ("chance", "a")} == {0.0}
    assert found["temp", "saturated_share"].value == pytest.approx(2 / 600)


@pytest.mark.parametrize(
    ("amiss", "where", "said"),
    [
        (NAN, "nan_share", "NaN in 3 of 600 rows"),
        (-INF, "infinite_share", "infinite in 3 of 600 rows"),
        (1.25, "outside_share", "outside 0 to 1 in 3 of 600 rows: 0.0112475 to 1.25"),
        (-0.5, "outside_share", "outside 0 to 1 in 3 of 600 rows: -0.5 to 0.989883"),
    ],
)
def test_a_probability_that_is_none_fails_the_first_run(amiss: float, where: str, said: str) -> None:
    columns = good()
    columns["chance"][[5, 300, 599]] = amiss
    (found,) = findings(columns, CHANCE, parts=2).items()
    assert (found[0], found[1][0]) == (f"chance.{where}", "fail")
    assert found[1][1].partition(":")[0] == said.partition(":")[0]


def test_a_prediction_that_is_missing_is_none_as_pandas_writes_nan() -> None:
    rows = pa.array([0.5, None, NAN, 0.25], pa.float64())
    assert findings({"chance": rows}, CHANCE) == {
        "chance.nan_share": ("fail", "NaN in 1 and missing in 1 of 4 rows")
    }
    assert measured({"chance": rows})["chance", "nan_share"].value == pytest.approx(1 / 3)


def test_classes_that_do_not_add_up_fail() -> None:
    columns = good()
    columns["b"][:30] += 0.01
    columns["c"][50] = NAN
    found = findings(columns, THREE, batch_rows=100)
    assert found["a+b+c.sum_off_share"] == (
        "fail",
        "the classes do not add up to 1 in 30 of 599 rows: they come to 1.01 to 1.01",
    )
    assert set(found) == {"a+b+c.sum_off_share", "c.nan_share"}
    rounded = {name: np.round(good()[name], 5) for name in "abc"}
    assert findings(rounded, THREE) == {}


def test_a_constant_prediction_warns_and_one_of_few_rows_does_not() -> None:
    check = NumericalStability(predictions=("p",))
    assert findings({"p": [0.25] * 20}, check) == {
        "p.constant": ("warn", "all 20 predictions are 0.25"),
    }
    assert findings({"p": [0.25] * 19}, check) == {}


def test_a_feature_that_is_no_prediction_is_left_to_its_past() -> None:
    columns = good()
    columns["temp"][:100] = NAN
    assert findings(columns, CHANCE) == {}
    assert measured(columns, CHANCE)["temp", "nan_share"].value == pytest.approx(1 / 6)


def test_saturated_outputs() -> None:
    columns = good()
    columns["chance"][:60], columns["chance"][60:90] = 0.0, 1 - 1e-9
    assert measured(columns, CHANCE)["chance", "saturated_share"].why == (
        "within 1e-06 of 0 or 1 in 90 of 600 rows"
    )
    clipped = np.clip(good()["temp"], 30, 50)
    check = NumericalStability(predictions=("temp",))
    share = measured({"temp": clipped}, check)["temp", "saturated_share"]
    assert share.value == pytest.approx(np.mean((clipped == 30) | (clipped == 50)))


def test_what_explodes_stands_out_from_the_99th_percentile() -> None:
    columns = good()
    columns["temp"][7] = -4e9
    found = measured(columns)
    assert found["temp", "largest"].value == 4e9
    assert (found["temp", "largest_to_p99"].value or 0) > 1e7
    assert "the largest is 4e+09, the 99th percentile" in (found["temp", "largest_to_p99"].why or "")


@pytest.mark.parametrize(
    ("type_", "tiny", "plain"),
    [(pa.float64(), 1e-310, 1e-300), (pa.float32(), 1e-40, 1e-37), (pa.float16(), 1e-7, 1e-3)],
)
def test_numbers_too_small_for_all_their_digits(type_: pa.DataType, tiny: float, plain: float) -> None:
    values = np.array([tiny, 0.0, plain, 1.0, -tiny, plain, plain, plain], type_.to_pandas_dtype())
    metric = measured({"x": pa.array(values, type_)}, batch_rows=3)["x", "denormal_share"]
    assert metric.value == 0.25
    assert metric.why == "denormal, almost 0 and without all their digits, in 2 of 8 rows"


def test_whole_numbers_too_large_to_be_told_apart() -> None:
    ids = np.arange(16_777_000, 16_777_432)
    above = int((ids > 2**24).sum())
    said = f"beyond 16,777,216, where float32 does not tell whole numbers apart, in {above:,} of 432 rows"
    whole = measured({"id": ids})["id", "unresolved_share"]
    assert whole.why == f"{said}: 432 distinct ones become 325"
    narrow = measured({"id": pa.array(ids.astype("f4"))})["id", "unresolved_share"]
    assert narrow.value == pytest.approx(above / 432, abs=2 / 432)
    assert (narrow.why or "").startswith("beyond 16,777,216, where float32 does not tell")
    half = measured({"x": pa.array(np.array([1, 2049, 2050], "f2"))})["x", "unresolved_share"]
    assert half.value == pytest.approx(1 / 3)
    assert measured({"x": [1e12 + 0.5, 3.0]})["x", "unresolved_share"].value == 0.0


def test_moments_and_names_are_no_numbers() -> None:
    columns = {"when": [datetime(2013, 3, 1, tzinfo=UTC)], "who": ["EWR"], "x": [1.0]}
    assert {column for column, _ in measured(columns)} == {"x"}


def test_columns_that_cannot_be_predictions_are_refused() -> None:
    rows = profiled({"who": ["EWR"], "x": [1.0]})
    with pytest.raises(ConfigurationError, match="'who' holds string; name columns whose predictions"):
        list(NumericalStability(predictions=("who",)).measure(rows, None))
    with pytest.raises(DataError, match="There is no column 'y'"):
        list(NumericalStability(classes=("x", "y")).measure(rows, None))
    with pytest.raises(ConfigurationError, match="is one class; name all of them"):
        NumericalStability(classes=("x",))


def test_rows_that_were_not_counted_say_so() -> None:
    metrics = {m.name: m for m in CHANCE.measure(profiled(good()), None) if m.column == "chance"}
    assert metrics["outside_share"].value is None
    assert metrics["outside_share"].why == "the rows were read without the rules of this check"
    empty = measured({"chance": pa.array([], pa.float64())}, CHANCE)
    assert (empty["chance", "outside_share"].value, empty["chance", "nan_share"].why) == (
        None,
        "there are no numbers",
    )


def test_two_of_them_in_one_monitor_need_a_prefix_and_no_other_check_takes_theirs() -> None:
    other = NumericalStability(probabilities=("a",), prefix="challenger")
    monitor = Monitor(name="m", model="m", checks=[CHANCE, other, Consistency()])
    columns = good()
    columns["a"][3] = 2.0
    store = MemoryStore()
    rows = read(held(columns), rules=monitor.rules(store))
    report = monitor.evaluate(rows, window=WINDOW, store=store)
    assert [(one.metric.name, one.status) for one in report.findings] == [
        ("challenger.outside_share", Status.FAIL)
    ]


def test_a_rule_is_what_its_document_says() -> None:
    for rule in NumericalStability(probabilities=("p",), classes=("a", "b")).rules:
        assert type(rule).read(rule.document()) == rule
        assert rule.words()
