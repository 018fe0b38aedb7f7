"""What holds for every judge there is, whatever it is given."""

from __future__ import annotations

import importlib
import math
import pkgutil
from functools import cache
from itertools import product

import pytest

from airflow_mlmonitor import judging
from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.judging.bounds import Bounds
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.store.history import History, State
from tests.checks.test_every_check import asked, every_check, made
from tests.judging.past import history
from tests.ugly import LARGEST, PAIRS, SECRETS, pair

PASTS: dict[str, tuple[list[float | None], list[State]]] = {
    "none": ([], []),
    "constant": ([0.5] * 20, []),
    "undefined": ([None] * 20, []),
    "young": ([0.1, None, 0.2, 0.3], []),
    "wild": ([-LARGEST, LARGEST, 0.0, 5e-324] * 5, []),
    "alerts and bad runs": ([0.1] * 20 + [9.0] * 10, [*[State.CLEAN] * 20, *[State.ALERT, State.BAD] * 5]),
    "accepted": ([0.1] * 3 + [0.9] * 15, [*[State.CLEAN] * 3, *[State.ACCEPTED] * 15]),
}


def every_judge() -> list[type[Judge]]:
    """Every judge that the package holds."""
    for module in pkgutil.walk_packages(judging.__path__, f"{judging.__name__}."):
        importlib.import_module(module.name)
    ours = {kind for kind in Judge.__subclasses__() if kind.__module__.startswith(judging.__name__)}
    return sorted(ours, key=lambda kind: kind.__name__)


JUDGES = [kind() for kind in every_judge()]
LABELS = [type(judge).__name__ for judge in JUDGES]


@cache
def metrics_of(name: str) -> list[Metric]:
    before, now = pair(name)
    return [metric for kind in every_check() for metric in asked(made(kind), now, before)]


def sound(verdict: Verdict) -> None:
    numbers = (verdict.lower, verdict.upper, verdict.expected, verdict.severity)
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert verdict.severity >= 0
    assert verdict.why or not verdict.status.is_finding
    assert not any(secret in verdict.why for secret in SECRETS)
    if verdict.lower is not None and verdict.upper is not None:
        assert verdict.lower <= verdict.upper


def test_every_judge_is_public() -> None:
    assert {kind.__name__ for kind in every_judge()} <= set(judging.__all__)
    assert JUDGES


@pytest.mark.parametrize(
    ("judge", "name"), list(product(JUDGES, PAIRS)), ids=[f"{a}-{b}" for a, b in product(LABELS, PAIRS)]
)
def test_one_sound_verdict_a_metric_in_order_whatever_the_rows_and_the_past(judge: Judge, name: str) -> None:
    metrics = metrics_of(name)
    for values, states in PASTS.values():
        past = history(metrics, values, states)
        verdicts = judge.judge(metrics, past).verdicts
        assert [id(verdict.metric) for verdict in verdicts] == [id(metric) for metric in metrics]
        for verdict in Bounds({"*": {"min": 0.2, "max": 0.3}}).tighten(verdicts):
            sound(verdict)
        assert judge.judge(metrics, past).verdicts == verdicts


@pytest.mark.parametrize("judge", JUDGES, ids=LABELS)
def test_nothing_measured_gives_no_verdicts(judge: Judge) -> None:
    assert list(judge.judge([], History()).verdicts) == []


@pytest.mark.parametrize("judge", JUDGES, ids=LABELS)
def test_a_value_as_it_always_was_is_no_finding(judge: Judge) -> None:
    metrics = [metric for metric in metrics_of("constant") if metric.value is not None]
    for metric in metrics:
        (verdict,) = judge.judge([metric], history([metric], [metric.value] * 30)).verdicts
        assert not verdict.status.is_finding


@pytest.mark.parametrize("judge", JUDGES, ids=LABELS)
def test_other_runs_that_do_not_train_change_nothing(judge: Judge) -> None:
    metrics = metrics_of("unseen names")
    quiet: list[float | None] = [0.01, 0.02, 0.015] * 6
    clean = judge.judge(metrics, history(metrics, quiet)).verdicts
    for state in (State.ALERT, State.BAD):
        spoiled = history(metrics, [*quiet, *[5.0] * 9], [*[State.CLEAN] * len(quiet), *[state] * 9])
        assert judge.judge(metrics, spoiled).verdicts == clean
