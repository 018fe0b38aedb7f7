"""Distances between distributions, from profiles, against scipy on the rows themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from airflow_mlmonitor.checks import Drift, Metric, Skew
from airflow_mlmonitor.checks.column_distances import DISTANCES, OF_NAMES, OF_NUMBERS
from airflow_mlmonitor.data.baseline import Pinned, Previous, Trailing
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.errors import ConfigurationError
from tests.rows import profiled

RANDOM = np.random.default_rng(11)
OLD, NEW = RANDOM.normal(0, 1, 900), RANDOM.normal(0.3, 1.2, 700)


def by_name(metrics: Any, column: str = "x", part: str = "") -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics if (metric.column, metric.slice) == (column, part)}


@pytest.fixture(scope="module")
def found() -> dict[str, Metric]:
    return by_name(Skew(distances=OF_NUMBERS).measure(profiled({"x": NEW}), profiled({"x": OLD})))


def test_every_distance_asked_for_is_measured_in_that_order(found: dict[str, Metric]) -> None:
    assert tuple(found) == OF_NUMBERS
    assert all(
        metric.n == 700 and metric.worse == "up" and metric.scale == "distance" for metric in found.values()
    )


def test_statistics_of_numbers_are_those_of_scipy(found: dict[str, Metric]) -> None:
    ks = stats.ks_2samp(OLD, NEW, method="asymp")
    assert found["ks"].value == pytest.approx(ks.statistic)
    assert found["ks"].p_value == pytest.approx(ks.pvalue, rel=0.1)
    raw = stats.wasserstein_distance(OLD, NEW)
    assert found["wasserstein_raw"].value == pytest.approx(raw)
    assert found["wasserstein"].value == pytest.approx(raw / OLD.std(ddof=1))
    t = stats.ttest_ind(NEW, OLD, equal_var=False)
    assert found["t"].value == pytest.approx(abs(t.statistic))
    assert found["t"].p_value == pytest.approx(t.pvalue)
    assert found["kruskal"].value == pytest.approx(stats.kruskal(OLD, NEW).statistic)
    assert found["mean_error"].p_value is None


def test_distances_between_histograms_use_bins_of_the_baseline(found: dict[str, Metric]) -> None:
    edges = np.quantile(OLD, np.arange(1, 20) / 20, method="inverted_cdf")
    p, q = (
        np.histogram(values, [-np.inf, *np.nextafter(edges, np.inf), np.inf])[0] / values.size
        for values in (OLD, NEW)
    )
    assert found["psi"].value == pytest.approx(np.sum((q - p) * np.log(q / p)), rel=0.02)
    assert found["tv"].value == pytest.approx(np.abs(p - q).sum() / 2, rel=0.02)
    assert found["linf"].value == pytest.approx(np.abs(p - q).max(), rel=0.02)
    assert found["hellinger"].value == pytest.approx(np.sqrt(1 - np.sum(np.sqrt(p * q))), rel=0.02)


def test_only_one_test_of_a_column_is_weighed(found: dict[str, Metric]) -> None:
    assert [name for name, metric in found.items() if metric.effect is not None] == ["ks"]


def test_names_are_compared_value_by_value() -> None:
    before, now = {"a": 50, "b": 30, "c": 20}, {"a": 40, "b": 25, "d": 35}
    profiles = [
        profiled({"x": [name for name, count in side.items() for _ in range(count)]})
        for side in (now, before)
    ]
    found = by_name(Skew(distances=(*DISTANCES, *OF_NAMES)).measure(*profiles))
    assert set(found) == set(OF_NAMES)
    table = np.array([[50, 30, 20, 0], [40, 25, 0, 35]])
    chi2 = stats.chi2_contingency(table, correction=False)
    assert found["chi2"].value == pytest.approx(chi2.statistic)
    assert found["chi2"].p_value == pytest.approx(chi2.pvalue)
    assert found["tv"].value == pytest.approx(0.35)
    assert [name for name, metric in found.items() if metric.effect is not None] == ["chi2"]


def test_a_value_that_one_side_left_out_is_not_taken_for_unseen() -> None:
    # Only 1,024 names are stored; the rest of 3,000 equally frequent ones are there, but not by name.
    names = pa.array([f"name {number:04d}" for number in range(3_000)] * 40)
    whole = profiled({"x": names})
    stored = Profile.decode(whole.encode())
    for now, before in ((whole, stored), (stored, whole), (stored, stored)):
        metric = by_name(Skew().measure(now, before))["chi2"]
        assert metric.p_value is not None
        assert metric.p_value > 0.9


def test_moments_in_time_are_left_out() -> None:
    table = {"x": pa.array([1, 2], pa.timestamp("s"))}
    assert list(Skew().measure(profiled(table), profiled(table))) == []


def test_slices_are_compared_with_the_same_slice() -> None:
    table = {"x": [1.0, 2.0, 5.0, 6.0], "origin": ["EWR", "EWR", "JFK", "JFK"]}
    turned = {**table, "origin": ["JFK", "JFK", "EWR", "EWR"]}
    profiles = profiled(turned, slices=("origin",)), profiled(table, slices=("origin",))
    metrics = list(Skew(distances=("ks",)).measure(*profiles))
    assert {part: by_name(metrics, part=part)["ks"].value for part in ("", "origin=EWR", "origin=JFK")} == {
        "": 0.0, "origin=EWR": 1.0, "origin=JFK": 1.0
    }  # fmt: skip


def test_without_a_baseline_there_is_nothing_to_measure() -> None:
    assert list(Skew().measure(profiled({"x": [1.0]}), None)) == []


def test_a_column_without_values_says_so() -> None:
    metrics = list(Skew().measure(profiled({"x": [None, float("nan")]}), profiled({"x": [1.0]})))
    assert {metric.name for metric in metrics} == {"ks", "psi", "js", "wasserstein"}
    assert {(metric.value, metric.why) for metric in metrics} == {(None, "it needs values on both sides")}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wassersten", "did you mean 'wasserstein'"), ("KL divergence", "there are anderson_darling, chi2,")],
)
def test_a_distance_that_does_not_exist_is_refused_when_it_is_written(name: str, hint: str) -> None:
    for kind in (Skew, Drift):
        with pytest.raises(ConfigurationError, match=f"There is no distance {name!r}; {hint}"):
            kind(distances=("ks", name))


def test_skew_looks_at_training_and_drift_at_the_runs_before() -> None:
    assert (Skew().baseline, Skew().prefix) == (Pinned(), "")
    assert (Drift().baseline, Drift().prefix) == (Trailing(), "drift")
    assert Drift(baseline=Previous()).name == "drift"
    now, before = profiled({"x": NEW}), profiled({"x": OLD})
    assert list(Drift().measure(now, before)) == list(Skew().measure(now, before))


def test_a_stored_baseline_gives_nearly_the_same_distances() -> None:
    old, new = np.random.default_rng(1).normal(size=(2, 300_000)) + np.array([[0.0], [0.05]])
    now, whole = profiled({"x": new}), profiled({"x": old})
    stored = Profile.decode(whole.encode())
    exact = stats.ks_2samp(old, new, method="asymp").statistic
    wasserstein = stats.wasserstein_distance(old, new)
    for before in (whole, stored):
        found = by_name(Skew().measure(now, before))
        assert found["ks"].value == pytest.approx(exact, abs=0.001)
        assert found["wasserstein"].value == pytest.approx(wasserstein, abs=0.003)
        assert found["ks"].effect == pytest.approx(0.05, abs=0.01)


def test_leaving_a_baseline_of_one_value_is_seen_by_histograms_too() -> None:
    metrics = by_name(Skew().measure(profiled({"x": [2.0] * 50}), profiled({"x": [1.0] * 50})))
    assert metrics["js"].value == 1.0
    assert metrics["psi"].value is not None
    assert metrics["psi"].value > 1
