"""What holds for every check there is, whatever the rows."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import pkgutil
from itertools import product

import pytest

from airflow_mlmonitor import checks
from airflow_mlmonitor.checks.check import Check, FunctionCheck
from airflow_mlmonitor.checks.column_distances import OF_NAMES, OF_NUMBERS
from airflow_mlmonitor.checks.drift import Drift
from airflow_mlmonitor.checks.inspection import Inspection
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.quality import Quality
from airflow_mlmonitor.checks.skew import Skew
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.errors import DataError
from tests.ugly import PAIRS, SECRETS, pair


def every_check() -> list[type[Check]]:
    """Every check of rows that the package holds; inspections look at something else, each in tests of its own."""
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        importlib.import_module(module.name)
    ours = [kind for kind in Check.__subclasses__() if kind.__module__.startswith(checks.__name__)]
    return sorted(set(ours) - {FunctionCheck, Inspection}, key=lambda kind: kind.__name__)


NAMING: dict[type[Check], dict[str, str]] = {Quality: {"prediction": "x", "label": "x"}}
"""Checks that are about columns they name; here of such as most rows of the tests have."""


def made(kind: type[Check]) -> Check:
    """A check as it is by default."""
    return kind(**NAMING.get(kind, {}))


def asked(check: Check, now: Profile, before: Profile | None) -> list[Metric]:
    """What a check answers; nothing where the column that it names is not there, which it has to say."""
    if type(check) in NAMING and "x" not in now:
        with pytest.raises(DataError, match="There is no column 'x'"):
            list(check.measure(now, before))
        return []
    return list(check.measure(now, before))


ALL = tuple(dict.fromkeys((*OF_NUMBERS, *OF_NAMES)))
CHECKS = [*map(made, every_check()), Skew(distances=ALL), Drift(distances=ALL)]
NAMED = [
    f"{check.name}{' of every distance' * (getattr(check, 'distances', None) == ALL)}" for check in CHECKS
]


def test_every_check_is_public() -> None:
    assert {kind.__name__ for kind in every_check()} <= set(checks.__all__)
    assert len(every_check()) >= 6


@pytest.mark.parametrize("check", CHECKS, ids=NAMED)
def test_a_check_is_a_frozen_value_with_a_name_and_a_question(check: Check) -> None:
    assert dataclasses.replace(check) == check
    assert check.name.islower()
    assert (inspect.getdoc(type(check)) or "").partition("\n")[0].endswith("?")
    with pytest.raises(dataclasses.FrozenInstanceError):
        check.prefix = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("check", "name"), list(product(CHECKS, PAIRS)), ids=[f"{a}-{b}" for a, b in product(NAMED, PAIRS)]
)
def test_metrics_are_sound_whatever_the_rows(check: Check, name: str) -> None:
    before, now = pair(name)
    metrics = asked(check, now, before)
    assert len({metric.key for metric in metrics}) == len(metrics)
    for metric in metrics:
        sound(metric)
        assert metric.slice in {"", *now.slices}
        assert (
            metric.column is None or metric.column in now or (before is not None and metric.column in before)
        )
        assert not any(secret in f"{metric.why}{metric.slice}" for secret in SECRETS)
    assert asked(check, now, before) == metrics


def sound(metric: Metric) -> None:
    numbers = (metric.value, metric.expected, metric.p_value, metric.effect)
    assert all(number is None or (type(number) is float and math.isfinite(number)) for number in numbers)
    assert metric.value is not None or metric.why
    assert metric.p_value is None or 0 <= metric.p_value <= 1
    assert metric.n >= 0
    if metric.scale == "share":
        assert all(number is None or 0 <= number <= 1 for number in (metric.value, metric.expected))
    if metric.scale in ("count", "distance", "log"):
        assert metric.value is None or metric.value >= 0
