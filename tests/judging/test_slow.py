"""Creeps and operational metrics, as the learned judge tells of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.learned.slow import difference
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store.history import History, State
from tests.judging.past import run

JUDGE = Learned()


def followed(
    measured: Callable[[int], Sequence[Metric]],
    runs: int,
    *,
    past: History | None = None,
    state: State | None = None,
) -> tuple[History, dict[int, list[Verdict]]]:
    """Judge run after run; the history they leave, and the findings of each."""
    past = past or History()
    found = {}
    for number in range(len(past), runs):
        judgement = JUDGE.judge(measured(number), past, run(number).window)
        findings = [verdict for verdict in judgement.verdicts if verdict.status.is_finding]
        if findings:
            found[number] = findings
        past += left(number, judgement, state or (State.ALERT if findings else State.CLEAN))
    return past, found


def left(number: int, judgement: Judgement, state: State) -> History:
    known = replace(run(number, state), score=judgement.score, threshold=judgement.threshold)
    return History((known,), traces={name: {0: trace} for name, trace in judgement.traces.items()})


def served(number: int, factor: float = 1.0) -> list[Metric]:
    """Rows of a day, and means and missing values of four columns."""
    rng = np.random.default_rng(number)
    rows = round(1000 * (1 + 0.1 * (number % 7)) * float(np.exp(0.04 * rng.standard_normal())) * factor)
    metrics = [Metric(name="rows", value=float(rows), n=rows, scale="count", family="rows")]
    for column in "abcd":
        nulls = float(rng.binomial(1000, 0.02) / 1000)
        mean = float(10 + 0.05 * rng.standard_normal())
        metrics += [
            Metric(
                name="null_share",
                value=nulls,
                column=column,
                n=rows,
                scale="share",
                family="missing",
                worse="up",
            ),
            Metric(name="mean", value=mean, column=column, n=rows, family="values"),
        ]
    return metrics


@cache
def quiet() -> History:
    return followed(served, 125)[0]


def fewer(number: int) -> list[Metric]:
    """Every run has two percent fewer rows than the one before."""
    return served(number, 0.98 ** (number - 124))


def test_a_creep_warns_in_words() -> None:
    _, found = followed(fewer, 146, past=quiet())
    said = [
        verdict.why for findings in found.values() for verdict in findings if verdict.metric.name == "rows"
    ]
    creeping = [why for why in said if "below the 21 before, weekday for weekday; began about" in why]
    assert creeping
    assert creeping[0].startswith("rows per run: the last 7 runs average ")
    assert {verdict.metric.name for findings in found.values() for verdict in findings} <= {
        "rows",
        "null_share",
    }


def test_a_creep_goes_on_in_runs_that_alerted_but_not_in_those_marked_bad() -> None:
    alerting, _ = followed(fewer, 142, past=quiet(), state=State.ALERT)
    bad, _ = followed(fewer, 142, past=quiet(), state=State.BAD)

    def began(past: History) -> int:
        # A last run that does not stand out much by itself: the weeks before tell of the creep.
        judgement = JUDGE.judge(served(142, 0.78), past, run(142).window)
        said = re.search(r"began about (\d+) run", judgement.verdicts[0].why)
        return int(said.group(1)) if said else 0

    assert began(alerting) > 5
    assert began(bad) <= 1


def test_one_outlier_is_no_week() -> None:
    def day(number: int) -> list[Metric]:
        lowest = -11_000.0 if number == 118 else 0.5 + 0.1 * (number % 3)
        least = Metric(name="min", value=lowest, column="a", n=1000, family="extreme")
        return [*served(number), least]

    _, found = followed(day, 145)
    verdicts = [verdict for findings in found.values() for verdict in findings]
    assert [verdict.metric.name for verdict in found[118]] == ["min"]
    assert not [one for one in verdicts if one.metric.name == "min" and "the last 7 runs" in one.why]


def test_what_concerns_hardly_any_row_may_creep() -> None:
    def day(number: int, few: float) -> list[Metric]:
        share = (1 + number % 2) * 1e-4 + max(0, number - 124) * few
        unseen = Metric(
            name="unseen_share",
            value=share,
            column="a",
            n=100_000,
            scale="share",
            family="domain",
            worse="up",
        )
        return [*served(number), unseen]

    past, _ = followed(lambda number: day(number, 0.0), 125)

    def crept(few: float) -> bool:
        _, found = followed(lambda number: day(number, few), 140, past=past)
        verdicts = [verdict for findings in found.values() for verdict in findings]
        return any("the last 7 runs average" in one.why and one.metric.column == "a" for one in verdicts)

    assert crept(2e-3)
    assert not crept(1e-4)


def test_says_how_a_week_differs() -> None:
    rows = Metric(name="rows", value=1.0, scale="count")
    assert difference(rows, 100.0, 1000.0) == "100, the 21 before 1,000"
    assert difference(rows, 1100.0, 1000.0) == "10% above the 21 before"
    assert difference(Metric(name="mean", value=1.0), 2.5, -1.0) == "2.5, the 21 before -1"


def operations(number: int, latency: float = 1.0) -> list[Metric]:
    rng = np.random.default_rng(number)
    slow = 120 * float(np.exp(0.08 * rng.standard_normal())) * latency
    done = 50 * float(np.exp(0.08 * rng.standard_normal()))
    return [
        Metric(name="latency_ms", value=slow, scale="log", family="operations", worse="up"),
        Metric(name="throughput", value=done, scale="log", family="operations", worse="down"),
    ]


def test_operational_metrics_are_judged_one_by_one() -> None:
    past, _ = followed(operations, 80)
    first: list[Verdict] = []
    history = past
    for number in range(80, 84):
        judgement = JUDGE.judge(operations(number, 1.6), history, run(number).window)
        first.append(judgement.verdicts[0])
        assert judgement.verdicts[1].status is Status.OK
        history += left(number, judgement, State.ALERT)
    assert first[-1].status is Status.FAIL
    assert "above what is usual" in first[-1].why
    assert first[-1].expected is not None
    assert 100 < first[-1].expected < 140


def test_verdicts_stand_in_the_order_of_the_metrics() -> None:
    mixed = [operations(0)[0], *served(0)[:3], operations(0)[1]]
    judgement = JUDGE.judge(mixed, History(), run(0).window)
    assert [verdict.metric for verdict in judgement.verdicts] == mixed
    assert set(judgement.traces) == {"learned", "operations"}


def test_young_and_undefined_operational_metrics_are_no_findings() -> None:
    past, found = followed(operations, 10)
    assert found == {}
    judgement = JUDGE.judge(operations(10), History(), run(10).window)
    assert [verdict.status for verdict in judgement.verdicts] == [Status.LEARNING, Status.LEARNING]
    undefined = [replace(metric, value=None) for metric in operations(10)]
    assert [verdict.status for verdict in JUDGE.judge(undefined, past).verdicts] == [Status.OK, Status.OK]
