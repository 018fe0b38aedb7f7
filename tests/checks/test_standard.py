"""The checks of a monitor that names none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from airflow_mlmonitor.checks import Check, Metric, Values, standard_checks
from airflow_mlmonitor.data.baseline import Baseline, Pinned, SameWeekday, Trailing
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.training import read_training
from tests.rows import held


def names(checks: Sequence[Check]) -> list[str]:
    return [check.name for check in checks]


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        (None, ["shape", "drift", "values", "consistency"]),
        (SameWeekday(), ["shape", "drift", "values", "consistency"]),
        (Pinned("v3"), ["shape", "skew", "values", "consistency"]),
    ],
)
def test_what_is_compared_depends_on_the_baseline(baseline: Baseline | None, expected: list[str]) -> None:
    checks = standard_checks(baseline)
    assert names(checks) == expected
    (values,) = (check for check in checks if isinstance(check, Values))
    assert values.baseline == (baseline or Trailing())


def test_no_metric_is_measured_twice_and_none_tells_the_same_of_a_range() -> None:
    random = np.random.default_rng(3)
    columns = {"x": random.normal(size=900).cumsum(), "town": random.choice(["Ulm", "Bonn", "Jena"], 900)}
    source = held(columns)
    training, _ = read_training(source, rules=learn_rules(source))
    assert training.rules is not None
    now = read(source, rules=training.rules).settled(training.rules.memory)
    metrics = [metric for check in standard_checks(Pinned()) for metric in check.measure(now, training)]
    assert len({metric.key for metric in metrics}) == len(metrics)
    told = {metric.name for metric in metrics if metric.column == "x"}
    assert {"beyond", "ks", "js", "step_ratio", "nulls_by_segment"} <= told
    assert not {"beyond_share", "psi", "wasserstein"} & told
    found = {metric.key: metric for metric in metrics}
    assert found["beyond", "x", ""].value == 0.0
    assert {part for _, column, part in found if column == "town" and part} >= {"town=Ulm", "town=Bonn"}


def test_every_metric_belongs_to_a_family_that_has_a_meaning() -> None:
    columns = {"x": [1.0, 2.0, None], "town": ["Ulm", "Ulm", "Bonn"]}
    now = read(held(columns)).settled(Memory())
    metrics: list[Metric] = [metric for check in standard_checks() for metric in check.measure(now, now)]
    assert {metric.family for metric in metrics} <= {
        "rows", "duplicates", "shape", "missing", "values", "extreme", "category", "domain", "distance",
    }  # fmt: skip
