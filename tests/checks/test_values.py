"""The values of each column, compared with those it usually holds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from airflow_mlmonitor.checks import Metric, Values
from airflow_mlmonitor.checks.values import QUANTILES
from airflow_mlmonitor.data.baseline import Trailing
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.memory import Memory, Range
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.rules.within import Within
from tests.rows import held, profiled

NUMBER_METRICS = {
    "null_share", "nonfinite_share", "zero_share", "beyond_share", "mean", "min", "max", "p05", "p25", "p50", "p75",
    "p95", "top_share", "integer_share", "distinct_ratio", "sd", "distinct",
}  # fmt: skip
NAME_METRICS = {"null_share", "unseen_share", "top_share", "entropy", "mean_length", "distinct"}


def found(now: Any, before: Any = None, column: str = "x", **options: Any) -> dict[str, Metric]:
    new, old = (
        side if isinstance(side, Profile | None) else profiled({column: side}, **options)
        for side in (now, before)
    )
    assert isinstance(new, Profile)
    return {
        metric.name: metric
        for metric in Values().measure(new, old)
        if (metric.column, metric.slice) == (column, "")
    }


def test_numbers_names_and_others_each_have_their_metrics() -> None:
    assert set(found([1.0, 2.0])) == NUMBER_METRICS
    assert set(found(["a", "b"])) == NAME_METRICS | {"share:a", "share:b"}
    assert set(found([True, False])) == NAME_METRICS | {"share:true", "share:false"}
    assert set(found([[1], None])) == {"null_share"}
    assert set(found(pa.array([1], pa.timestamp("s")))) == {"null_share"}
    assert set(found(pa.nulls(2))) == {"null_share"}
    assert Values().baseline == Trailing()


def test_what_is_recorded_is_what_numpy_says() -> None:
    values = np.round(np.random.default_rng(1).normal(5, 2, 400), 1)
    metrics = found(values)
    assert metrics["mean"].value == pytest.approx(values.mean())
    assert metrics["sd"].value == pytest.approx(values.std(ddof=1))
    assert (metrics["min"].value, metrics["max"].value) == (values.min(), values.max())
    for name, q in QUANTILES.items():
        assert metrics[name].value == np.quantile(values, q, method="inverted_cdf")
    unique, counts = np.unique(values, return_counts=True)
    assert metrics["distinct"].value == unique.size
    assert metrics["top_share"].value == pytest.approx(counts.max() / 400)
    assert metrics["distinct_ratio"].value == pytest.approx(unique.size / 400)
    assert metrics["integer_share"].value == pytest.approx(np.mean(values == np.rint(values)))
    assert all(metric.effect is None for metric in metrics.values())


def test_what_is_recorded_of_names() -> None:
    metrics = found(["a"] * 6 + ["bb"] * 2 + [None])
    assert metrics["entropy"].value == pytest.approx(stats.entropy([0.75, 0.25], base=2))
    assert metrics["mean_length"].value == pytest.approx(10 / 8)
    assert (metrics["top_share"].value, metrics["distinct"].value) == (0.75, 2.0)
    assert found(["a"] * 6)["entropy"].value == 0.0


def test_each_metric_tells_of_one_problem() -> None:
    both = {**found([1.0, 2.0], [3.0]), **found(["a"], ["b"])}
    families = {name: metric.family for name, metric in both.items()}
    assert (families["null_share"], families["nonfinite_share"]) == ("missing", "missing")
    assert {families[name] for name in ("min", "max")} == {"extreme"}
    assert {families[name] for name in ("beyond_share", "unseen_share")} == {"domain"}
    assert {families[name] for name in ("mean", "sd", "p50", "zero_share", "integer_share")} == {"values"}
    assert {families[name] for name in ("entropy", "share:b", "mean_length")} == {"category"}


def shares(metrics: dict[str, Metric]) -> dict[str, float | None]:
    return {name: metric.value for name, metric in metrics.items() if name.startswith("share:")}


def test_the_commonest_values_of_the_baseline_are_followed_one_by_one() -> None:
    before = [
        letter for letter, count in zip("abcdefghij", range(10, 0, -1), strict=True) for _ in range(count)
    ]
    assert list(shares(found(before))) == [f"share:{letter}" for letter in "abcdefgh"]
    now = shares(found(["j"] * 3 + ["a"], before))
    assert list(now) == [f"share:{letter}" for letter in "abcdefgh"]
    assert (now["share:a"], now["share:b"]) == (0.25, 0.0)


def test_of_many_values_none_is_followed() -> None:
    assert shares(found([f"n{number}" for number in range(201)])) == {}
    assert len(shares(found([f"n{number}" for number in range(200)]))) == 8


def test_values_that_are_private_long_or_have_dots_are_followed_under_other_names() -> None:
    (private,) = shares(found(["Ada", "Ada"], private=("x",)))
    assert private.startswith("share:#")
    assert list(shares(found(["St. Louis"]))) == ["share:St· Louis"]
    names = list(shares(found(["x" * 150 + "a", "x" * 150 + "b"])))
    assert len(set(names)) == 2
    assert max(map(len, names)) < 90


def test_without_a_baseline_only_what_needs_none_is_measured() -> None:
    now = profiled({"x": [1.0, 2.0], "y": ["a", "b"]})
    asked = {metric.name for metric in Values().measure(now, None)}
    assert asked - {metric.name for metric in Values(baseline=None).measure(now, None)} == {
        "beyond_share",
        "unseen_share",
    }


@pytest.mark.parametrize(
    ("name", "before", "now", "expected"),
    [
        ("null_share", [None] * 2 + [1.0] * 98, [None] * 30 + [1.0] * 70, (0.02, 0.3)),
        (
            "nonfinite_share",
            [math.nan] + [1.0] * 99,
            [math.inf, -math.inf] + [math.nan] * 18 + [1.0] * 80,
            (0.01, 0.2),
        ),
        ("zero_share", [0.0] * 10 + [1.0] * 90, [0.0] * 40 + [1.0] * 60, (0.1, 0.4)),
    ],
)
def test_shares_are_tested_against_the_baseline(
    name: str, before: list[Any], now: list[Any], expected: tuple[float, float]
) -> None:
    metric = found(now, before)[name]
    assert (metric.expected, metric.value) == expected
    assert metric.p_value is not None
    assert metric.p_value < 1e-4
    assert metric.effect == pytest.approx(
        2 * math.asin(math.sqrt(expected[1])) - 2 * math.asin(math.sqrt(expected[0]))
    )
    same = found(before, before)[name]
    assert same.p_value is not None
    assert same.p_value > 0.4
    assert same.effect == 0.0


def test_fewer_nulls_are_no_evidence_of_more() -> None:
    metric = found([None] + [1.0] * 99, [None] * 30 + [1.0] * 70)["null_share"]
    assert metric.worse == "up"
    assert metric.p_value is not None
    assert metric.p_value > 0.99


def test_nulls_are_no_part_of_the_shares_of_values() -> None:
    metrics = found([None, None, math.nan, 0.0], [1.0])
    assert (metrics["null_share"].value, metrics["null_share"].n) == (0.5, 4)
    assert (metrics["nonfinite_share"].value, metrics["nonfinite_share"].n) == (0.5, 2)
    assert (metrics["zero_share"].value, metrics["zero_share"].n) == (1.0, 1)


def test_rows_outside_the_range_of_the_baseline_are_counted() -> None:
    metric = found([-1.0, 0.0, 5.0, 10.0, 10.5, 99.0], np.arange(11.0))["beyond_share"]
    assert metric.value == 0.5
    assert metric.expected == 0.0
    assert metric.p_value is not None
    assert 0 < metric.p_value < 0.2
    assert found([0.0, 10.0], np.arange(11.0))["beyond_share"].p_value == 1.0
    assert found([0.0], None)["beyond_share"].why == "there is nothing to compare with"
    assert found([0.0], [None, math.nan])["beyond_share"].value is None


@pytest.mark.parametrize(("n", "m"), [(1, 1), (6, 1), (4, 5), (30, 12), (12, 30)])
def test_the_chance_of_so_many_outside_is_that_of_all_rankings(n: int, m: int) -> None:
    # Of j new values outside, 0 to j may lie below; the other n - j fall into the m - 1 gaps between old ones.
    ways = [
        (j + 1) * math.comb(n - j + m - 2, m - 2) if m > 1 else int(j == n) * (n + 1) for j in range(n + 1)
    ]
    old = np.arange(float(m))
    for beyond in range(n + 1):
        new = np.concatenate([np.full(beyond, m + 9.0), np.full(n - beyond, (m - 1) / 2)])
        chance = sum(ways[beyond:]) / math.comb(n + m, m)
        assert found(new, old)["beyond_share"].p_value == pytest.approx(chance)


def test_names_that_the_baseline_does_not_know_are_counted_and_named() -> None:
    before = ["a"] * 60 + ["b"] * 39 + ["once"]
    now = ["a"] * 80 + ["new"] * 9 + ["x'y"] * 8 + ["other"] * 2 + ["last"]
    metric = found(now, before)["unseen_share"]
    assert (metric.value, metric.expected) == (0.2, 0.01)
    assert metric.why == "'new' in 9, \"x'y\" in 8, 'other' in 2 and 1 more"
    assert metric.p_value is not None
    assert metric.p_value < 1e-4
    assert found(before, before)["unseen_share"].why is None


def test_private_names_are_counted_and_not_named() -> None:
    metric = found(["Ada", "Ben"], ["Ada"], private=("x",))["unseen_share"]
    assert (metric.value, metric.why) == (0.5, None)


def test_what_a_stored_baseline_left_out_cannot_be_told_from_unseen() -> None:
    before = Profile.decode(profiled({"x": [f"n{number}" for number in range(5_000)]}).encode())
    metric = found(["n1", "never"], before)["unseen_share"]
    assert (metric.value, metric.why) == (None, "the baseline keeps only the 1,024 commonest of its values")


@pytest.mark.parametrize("options", [{}, {"categorical": ("x",)}])
def test_no_values_give_no_numbers_and_say_why(options: dict[str, Any]) -> None:
    metrics = found(pa.nulls(3, pa.float64()), None, **options)
    assert metrics.pop("null_share").value == 1.0
    assert all(metric.value is None and metric.why for name, metric in metrics.items() if name != "distinct")


def test_slices_are_compared_with_the_same_slice() -> None:
    table = {"x": [None, None, 1.0, 1.0], "origin": ["EWR", "EWR", "JFK", "JFK"]}
    turned = {**table, "origin": ["JFK", "JFK", "EWR", "EWR"]}
    metrics = list(
        Values().measure(profiled(turned, slices=("origin",)), profiled(table, slices=("origin",)))
    )
    shares = {m.slice: (m.expected, m.value) for m in metrics if (m.name, m.column) == ("null_share", "x")}
    assert shares == {"": (0.5, 0.5), "origin=EWR": (1.0, 0.0), "origin=JFK": (0.0, 1.0)}


def test_where_rules_know_all_that_was_seen_a_baseline_s_range_is_not_asked() -> None:
    memory = Memory(ranges={"x": Range(0.0, 5.0, 5.0)})
    rules = Rules(rules=(Within(column="x", low=0.0, high=5.0, spread=5.0),), memory=memory)
    now = read(held({"x": [1.0, 9.0], "y": [1.0, 9.0]}), rules=rules).settled(memory)
    assert "beyond_share" not in found(now, profiled({"x": [1.0], "y": [1.0]}))
    assert "beyond_share" in found(now, profiled({"x": [1.0], "y": [1.0]}), column="y")
