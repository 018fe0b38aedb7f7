"""The rows of a run beside those of its reference, in few bins or bars."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.pages.distributions import BARS, distribution
from airflow_mlmonitor.pages.findings_document import DistributionDocument
from airflow_mlmonitor.pages.reference_profile import Shown
from airflow_mlmonitor.pages.titles import Place
from tests.pages.conforming import conforms
from tests.rows import profiled
from tests.store.making import verdict

NOWHERE = Place()


def shown(
    now: Profile, before: Profile, metric: Metric, place: Place = NOWHERE
) -> DistributionDocument | None:
    found = distribution(metric, place, {}, Shown(now.compact(), before.compact(), "28 earlier runs"))
    if found is not None:
        conforms(found, DistributionDocument)
    return found


def of(name: str, column: str | None = "x", **more: str) -> Metric:
    return Metric(name=name, value=0.5, column=column, scale="share", **more)  # type: ignore[arg-type]


class TestNumbers:
    def test_both_are_counted_on_the_same_round_edges(self) -> None:
        draw = np.random.default_rng(1)
        now, before = profiled({"x": draw.normal(11, 1, 4_000)}), profiled({"x": draw.normal(10, 1, 50_000)})
        found = shown(now, before, of("ks"))
        assert found is not None
        assert (found["kind"], found["title"], found["reference_words"]) == (
            "bins",
            "Values of x",
            "28 earlier runs",
        )
        edges = np.array(found["edges"])
        assert 10 <= len(edges) - 1 <= 25
        assert np.allclose(np.diff(edges), edges[1] - edges[0])
        assert len(found["current"]) == len(found["reference"]) == len(edges) - 1
        for shares, mean in ((found["current"], 11), (found["reference"], 10)):
            assert sum(shares) == pytest.approx(1, abs=1e-4)
            assert float(np.average((edges[1:] + edges[:-1]) / 2, weights=shares)) == pytest.approx(
                mean, abs=0.15
            )

    def test_what_lies_far_above_is_in_the_last_bin(self) -> None:
        values = np.concatenate([np.linspace(0, 1, 990), np.full(10, 1e9)])
        found = shown(profiled({"x": values}), profiled({"x": values[:990]}), of("mean"))
        assert found is not None
        assert found["edges"][-1] < 10
        assert found["current"][-1] > found["reference"][-1]

    def test_one_single_value_is_one_bar_of_a_few(self) -> None:
        found = shown(profiled({"x": [3.0] * 9}), profiled({"x": [3.0] * 9}), of("mean"))
        assert found is not None
        assert max(found["current"]) == 1.0

    @settings(max_examples=60, deadline=None)
    @example(now=[0.0], before=[5e-324])
    @given(
        now=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30),
        before=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30),
    )
    def test_whatever_the_numbers_the_edges_rise_and_shares_are_shares(
        self, now: list[float], before: list[float]
    ) -> None:
        found = shown(
            profiled({"x": pa.array(now, pa.float64())}),
            profiled({"x": pa.array(before, pa.float64())}),
            of("ks"),
        )
        if found is not None:
            assert found["edges"] == sorted(set(found["edges"]))
            assert len(found["edges"]) <= 60
            for shares in (found["current"], found["reference"]):
                assert math.fsum(shares) == pytest.approx(1, abs=1e-4)


class TestCategories:
    def test_few_bars_are_those_that_changed_most(self) -> None:
        before = profiled({"x": ["MQ"] * 78 + ["UA"] * 174 + ["EV"] * 167 + ["AA"] * 300 + ["B6"] * 281})
        now = profiled({"x": ["YX"] * 78 + ["UA"] * 183 + ["EV"] * 167 + ["AA"] * 300 + ["B6"] * 272})
        found = shown(now, before, of("unseen_share"))
        assert found is not None
        assert found["labels"][:2] == ["YX", "MQ"]
        assert len(found["labels"]) == BARS
        assert (found["current"][:2], found["reference"][:2]) == ([0.078, 0.0], [0.0, 0.078])

    def test_the_value_that_a_finding_is_about_comes_first(self) -> None:
        now, before = profiled({"x": list("aabbbcd")}), profiled({"x": list("aaabccd")})
        found = shown(now, before, of("share:d"))
        assert found is not None
        assert found["labels"][0] == "d"

    def test_labels_can_be_printed(self) -> None:
        now, before = profiled({"x": ["", "\x1b[31m", "x" * 99]}), profiled({"x": ["a"]})
        found = shown(now, before, of("entropy"))
        assert found is not None
        assert "(empty)" in found["labels"]
        assert all(label.isprintable() and len(label) <= 24 for label in found["labels"])

    def test_private_columns_have_none(self) -> None:
        now = profiled({"x": ["Ada", "Ben"]}, private=("x",))
        assert shown(now, now, of("entropy")) is None
        assert shown(profiled({"x": ["Ada", "Ben"]}), now, of("entropy")) is None


class TestMissing:
    ROWS: ClassVar[dict[str, list[Any]]] = {
        "origin": ["EWR"] * 4 + ["JFK"] * 6,
        "x": [None] * 4 + [1.0] * 6,
    }
    FULL: ClassVar[dict[str, list[Any]]] = {"origin": ["EWR"] * 5 + ["JFK"] * 5, "x": [None] + [1.0] * 9}

    def test_slices_say_it_exactly(self) -> None:
        now, before = (profiled(rows, slices=("origin",)) for rows in (self.ROWS, self.FULL))
        found = shown(now, before, of("null_share"), Place("origin = EWR", all=True))
        assert found is not None
        assert (found["title"], found["labels"]) == ("By origin", ["EWR", "JFK"])
        assert (found["current"], found["reference"]) == ([1.0, 0.0], [0.2, 0.0])

    def test_without_slices_the_metrics_of_the_run_do(self) -> None:
        now, before = (profiled(rows).compact() for rows in (self.ROWS, self.FULL))
        worst = verdict("nulls_by_segment", 4 / 9, "x", slice="origin=*", n=4)
        rows = Shown(now, before, "training v3")
        place = Place("origin = EWR", all=True)
        found = distribution(of("null_share"), place, {worst.metric.key: worst}, rows)
        assert found is not None
        assert (found["labels"], found["current"]) == (["EWR", "all others"], [1.0, 0.0])
        assert (found["reference"], found["reference_words"]) == ([0.1, 0.1], "training v3, all rows")

    def test_a_private_segment_is_not_named(self) -> None:
        now, before = (
            profiled(rows, slices=("origin",), private=("origin",)) for rows in (self.ROWS, self.FULL)
        )
        found = shown(now, before, of("null_share"), Place("origin = a private value"))
        assert found is not None
        assert (found["labels"], found["current"], found["reference"]) == (["without x"], [0.4], [0.1])

    def test_of_the_table_and_of_columns_that_are_not_there_is_nothing(self) -> None:
        now = profiled(self.ROWS)
        assert shown(now, now, of("rows", None)) is None
        assert shown(now, now, of("null_share", "y")) is None
        assert shown(profiled({"x": pa.array([], pa.float64())}), now, of("mean")) is None
