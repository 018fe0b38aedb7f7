"""What is read of many runs at once is what would be read of each: asked of every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import MetricsStore, Run
from airflow_mlmonitor.store.portions import MOST
from tests.store.making import day, report, verdict

MONITORS = ("a/skew", "A/skew", "a/skew ", "b/quality")
AGE = ("model_age_days", "", "")


@pytest.fixture
def runs(store: MetricsStore) -> Sequence[Run]:
    """Three days of four monitors, no two of which are alike."""
    for place, monitor in enumerate(MONITORS):
        for number in range(3):
            age = verdict("model_age_days", 10.0 * place + number, None, family="staleness", upper=90.0)
            found = verdict(
                "ks", 0.9, "temp", status=Status.FAIL, severity=2.0 + place, lower=0.0, said="far"
            )
            labelled = verdict("labelled_share", 0.5, "chance", family="quality")
            verdicts = [
                *([age] if place != 1 else []),
                *([found] if number == 2 else []),
                *(verdict("psi", number / 7, column, n=place, why="ü") for column in ("z", "a")),
                *([labelled] if place == 3 else []),
            ]
            told = {"budget": str(place), "schema": f'"{number}"'} if number else {}
            store.save(report(number, *verdicts, monitor=monitor, model=monitor, facts=told))
    return store.runs(last=99)


def key(run: Run) -> tuple[str, object]:
    return run.monitor, run.window


def test_facts(store: MetricsStore, runs: Sequence[Run]) -> None:
    names = ["budget", "nothing"]
    assert store.facts_of_runs(runs, names) == {
        key(run): {name: said for name, said in store.facts(run.monitor, run.window).items() if name in names}
        for run in runs
    }
    assert store.facts_of_runs(runs, []) == {key(run): {} for run in runs}


def test_points_of_one_series(store: MetricsStore, runs: Sequence[Run]) -> None:
    points = store.points_of_runs(runs, AGE)
    assert {run.monitor for run in runs} - {name for name, _ in points} == {MONITORS[1]}
    for (monitor, window), point in points.items():
        history = store.history(monitor, asof=window.end, last=1, series=[AGE])
        assert [point] == history.series(*AGE)


def test_statuses(store: MetricsStore, runs: Sequence[Run]) -> None:
    assert store.status_counts_of_runs(runs) == {
        key(run): store.status_counts(run.monitor, run.window) for run in runs
    }


def test_what_was_found(store: MetricsStore, runs: Sequence[Run]) -> None:
    alerts = store.alerts_of_runs(runs)
    assert set(alerts) == {(monitor, day(2)) for monitor in MONITORS}
    for (monitor, window), alert in alerts.items():
        assert alert == store.alerts(monitor)[window]


def test_verdicts(store: MetricsStore, runs: Sequence[Run]) -> None:
    assert store.verdicts_of_runs(runs[:7]) == {
        key(run): store.verdicts(run.monitor, run.window) for run in runs[:7]
    }


def test_series_of_one_family(store: MetricsStore, runs: Sequence[Run]) -> None:
    assert len(runs) == 12
    found = store.series_of([*MONITORS, "nobody"], family="quality")
    assert found == {MONITORS[3]: [one for one in store.series(MONITORS[3]) if one.family == "quality"]}
    assert store.series_of(MONITORS, family="quality ") == {}
    assert store.series_of([], family="quality") == {}


def test_runs_that_are_not_there_have_nothing(store: MetricsStore, runs: Sequence[Run]) -> None:
    gone = [replace(runs[0], window=day(50)), replace(runs[0], monitor="nobody")]
    assert store.facts_of_runs(gone, ["budget"]) == {key(run): {} for run in gone}
    assert store.status_counts_of_runs(gone) == {key(run): {} for run in gone}
    assert store.verdicts_of_runs(gone) == {key(run): [] for run in gone}
    assert store.points_of_runs(gone, AGE) == store.alerts_of_runs(gone) == {}
    assert store.facts_of_runs([], ["budget"]) == store.alerts_of_runs([]) == {}


def test_more_runs_than_one_statement_names(store: MetricsStore) -> None:
    count = MOST + 3
    for number in range(count):
        store.save(report(number, facts={"budget": str(number)}))
    runs = store.runs(last=2 * count)
    facts = store.facts_of_runs(runs, ["budget"])
    assert [facts[key(run)]["budget"] for run in reversed(runs)] == [str(number) for number in range(count)]


def test_the_last_runs_of_each_as_of_a_moment(store: MetricsStore, runs: Sequence[Run]) -> None:
    assert len(runs) == 12
    for last in (1, 2, 9):
        found = store.latest_runs(MONITORS[:2], last=last, asof=day(1).end)
        assert found == {
            monitor: store.runs(monitor=monitor, asof=day(1).end, last=last) for monitor in MONITORS[:2]
        }
    assert store.latest_runs(asof=day(0).start) == {}


def test_some_verdicts_of_a_run(store: MetricsStore, runs: Sequence[Run]) -> None:
    assert len(runs) == 12
    every = store.verdicts("a/skew", day(2))
    assert store.verdicts("a/skew", day(2), status={Status.FAIL}) == [
        one for one in every if one.status is Status.FAIL
    ]
    keys = [("psi", "a", ""), ("psi", "A", ""), AGE]
    assert store.verdicts("a/skew", day(2), series=keys) == [one for one in every if one.metric.key in keys]
    assert store.verdicts("a/skew", day(2), series=keys, status={Status.FAIL}) == []
    assert store.verdicts("a/skew", day(2), series=[]) == []
