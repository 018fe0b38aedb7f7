"""Findings in words."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.checks.metric import Scale
from airflow_mlmonitor.judging.band import Band
from airflow_mlmonitor.judging.phrases import PHRASES, phrase, range_words
from tests.judging.past import points

SHARE: dict[str, Any] = {"scale": "share", "n": 981}


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (Metric(name="null_share", value=0.318, **SHARE), "missing in 31.8% of 981 rows"),
        (Metric(name="late.null_share", value=1.0, **SHARE), "missing in 100% of 981 rows"),
        (
            Metric(name="unseen_share", value=0.5, why="'x' in 2", scale="share", n=1),
            "a value never seen before in 50.0% of 1 row: 'x' in 2",
        ),
        (Metric(name="rows", value=12_345.0, scale="count"), "12,345 rows"),
        (Metric(name="ks", value=0.2113, effect=-0.4567), "values moved by about 0.46 sd (KS 0.211)"),
        (
            Metric(name="chi2", value=30.7, effect=None),
            "the mix of categories moved by about — sd (chi-square 30.7)",
        ),
        (Metric(name="spend.{x}", value=1.0), "spend.{x} is 1"),
        (Metric(name="{0}{n}}", value=None), "{0}{n}} is —"),
    ],
)
def test_a_metric_says_what_it_measured(metric: Metric, said: str) -> None:
    assert phrase(metric) == said


@pytest.mark.parametrize("name", PHRASES)
def test_every_phrase_can_be_said_of_a_metric_without_values(name: str) -> None:
    assert "{" not in phrase(Metric(name=name, value=None))


@pytest.mark.parametrize(
    ("values", "value", "scale", "words"),
    [
        (
            [0.0, 0.004, 0.002] * 5,
            0.3,
            "share",
            "expected 0–0.9% (15 earlier runs; highest 0.4% on 2013-01-02)",
        ),
        (
            [900.0, 1_000.0, 950.0],
            10.0,
            "count",
            "expected 404–2,223 (3 earlier runs; lowest 900 on 2013-01-01)",
        ),
    ],
)
def test_the_expected_range_tells_what_is_known_about_it(
    values: list[float | None], value: float, scale: Scale, words: str
) -> None:
    band = Band.of(points(values), scale)
    assert range_words(Metric(name="m", value=value, scale=scale), band) == words


def test_without_history_the_baseline_is_named_where_it_has_the_number() -> None:
    assert (
        range_words(Metric(name="m", value=0.5, expected=0.02, scale="share"), None)
        == "the baseline has 2.0%"
    )
    unknown = "too few earlier runs to know how usual that is"
    assert range_words(Metric(name="m", value=0.5), None) == unknown
    assert range_words(Metric(name="ks", value=0.5, expected=0.0, scale="distance"), None) == unknown
