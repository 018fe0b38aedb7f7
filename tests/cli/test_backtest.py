from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from airflow_mlmonitor.backtesting import Recording, backtest
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.data.baseline import Pinned
from airflow_mlmonitor.data.files import Files
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read_days
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.dry_run import dry_run
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.memory_store import MemoryStore
from airflow_mlmonitor.store.sql import open_store
from airflow_mlmonitor.store.store import MetricsStore
from tests.cli.conftest import Command, Parquet

FIRST = datetime(2013, 1, 1, tzinfo=UTC)
BROKEN_DAY = 50


def window(day: int) -> Window:
    start = FIRST + timedelta(days=day)
    return Window(start, start + timedelta(days=1))


def remember(store: MetricsStore, day: int, missing: float, monitor: str = "taxi/skew") -> None:
    """Save a run of a monitor with some other judge, which found nothing."""
    metrics = [
        Metric(name="null_share", value=missing, column="fare", scale="share", family="missing", n=1000),
        Metric(name="mean", value=10 + missing, column="fare", family="values", n=1000),
        Metric(name="rows", value=1000.0, scale="count", family="rows", n=1000),
    ]
    verdicts = tuple(Verdict(metric=metric, status=Status.OK) for metric in metrics)
    broken = Metric(name="parity", value=None, family="check")
    report = Report(
        monitor=monitor,
        model=monitor.partition("/")[0],
        window=window(day),
        verdicts=(*verdicts, Verdict(metric=broken, status=Status.BROKEN, severity=1.0, why="no such table")),
        rows=1000,
        started=FIRST,
    )
    store.save(report)


def missing(days: int) -> list[float]:
    usual = 0.02 + np.random.default_rng(1).normal(0, 0.002, days)
    return [0.4 if day == BROKEN_DAY else float(share) for day, share in enumerate(usual)]


@pytest.fixture
def stored(folder: Path) -> MetricsStore:
    """Sixty runs, on one of which much was missing."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day, share in enumerate(missing(60)):
        remember(store, day, share)
    return store


def served(parquet: Parquet, days: int) -> str:
    """Write trips of some days, on one of which most have no fare; return the pattern of their files."""
    random = np.random.default_rng(3)
    for day in range(days):
        rows = 200
        fare = random.gamma(4, 3, rows)
        fare[random.random(rows) < (0.6 if day == BROKEN_DAY else 0.02)] = np.nan
        parquet(
            f"trips-{window(day).label}.parquet",
            at=[window(day).start + timedelta(minutes=minute) for minute in range(rows)],
            fare=[None if np.isnan(one) else float(one) for one in fare],
            zone=[f"Z{number}" for number in random.integers(0, 6, rows)],
        )
    return "trips-*.parquet"


def test_stored_runs_are_judged_once_more_and_the_broken_day_is_told(
    stored: MetricsStore, mlmonitor: Command
) -> None:
    said = mlmonitor("backtest", "taxi")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert (
        lines[0]
        == "taxi/skew: 57 runs judged after 3 runs that only learned, 2013-01-01 to 2013-03-01 (stored runs)."
    )
    asked = [line.split()[0] for line in lines[3:8]]
    assert asked == ["0.25", "0.5", "1", "2", "4"]
    (day,) = [line for line in lines if line.startswith(window(BROKEN_DAY).label)]
    assert "fare" in day
    assert "missing in 40.0% of 1,000 rows" in said.out
    assert max(map(len, lines)) <= 100


def test_json_has_the_rate_of_every_budget_and_the_days_of_the_usual_one(
    stored: MetricsStore, mlmonitor: Command
) -> None:
    said = mlmonitor("backtest", "taxi/skew", "--budget", "0.5", "1", "--json").json
    assert (said["runs"], said["judged"], said["learning"], said["told"]) == (60, 57, 3, 1.0)
    assert [one["budget"] for one in said["budgets"]] == [0.5, 1.0]
    usual = said["budgets"][1]
    assert usual["alerts"] == len(said["days"])
    assert usual["alerts_a_month"] == pytest.approx(usual["alerts"] * 30 / 57)
    assert usual["lower"] < usual["alerts_a_month"] < usual["upper"]
    assert said["columns"]["fare"] >= 1


def test_a_run_marked_bad_is_left_out_and_said_so(stored: MetricsStore, mlmonitor: Command) -> None:
    stored.mark("taxi/skew", window(BROKEN_DAY), State.BAD, who="ana")
    said = mlmonitor("backtest", "taxi", "--budget", "1")
    assert "1 run marked bad left out" in said.out.replace("\n", " ")
    assert window(BROKEN_DAY).label not in said.out


def test_a_run_is_judged_by_what_came_before_it_only(stored: MetricsStore) -> None:
    early = Recording.of(stored, "taxi/skew")
    before = backtest(replace(early, runs=early.runs[: BROKEN_DAY + 1]), Learned())
    whole = backtest(early, Learned())
    told = [(report.window, report.score, report.threshold) for report in whole.alerts]
    assert told[: len(before.alerts)] == [
        (report.window, report.score, report.threshold) for report in before.alerts
    ]
    assert before.alerts[-1].window == window(BROKEN_DAY)


def test_too_few_runs_are_refused_with_the_number_that_is_needed(folder: Path, mlmonitor: Command) -> None:
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day, share in enumerate(missing(60)[:9]):
        remember(store, day, share)
    said = mlmonitor("backtest", "taxi")
    assert said.status == 2
    assert "17 are needed" in said.err
    assert "there are 9" in said.err


def test_a_monitor_that_is_not_there_is_answered_with_those_near(
    stored: MetricsStore, mlmonitor: Command
) -> None:
    assert "did you mean taxi" in mlmonitor("backtest", "taxy").err
    assert "did you mean taxi/skew" in mlmonitor("backtest", "taxi", "--monitor", "taxi/skw").err
    remember(stored, 0, 0.02, monitor="taxi/drift")
    assert "choose one with --monitor: taxi/drift, taxi/skew" in mlmonitor("backtest", "taxi").err
    assert "Name a model or a monitor" in mlmonitor("backtest").err


def test_options_about_rows_are_refused_for_stored_runs(stored: MetricsStore, mlmonitor: Command) -> None:
    assert "not of stored runs" in mlmonitor("backtest", "taxi", "--columns", "fare").err


@pytest.mark.parametrize(
    ("option", "value"), [("--budget", "0"), ("--budget", "often"), ("--training-days", "0")]
)
def test_options_without_sense_are_refused(
    mlmonitor: Command, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    with pytest.raises(SystemExit):
        mlmonitor("backtest", "taxi", option, value)
    assert f"argument {option}: {value!r} is no" in capsys.readouterr().err


def test_daily_files_are_learned_from_and_then_judged_day_by_day(
    parquet: Parquet, mlmonitor: Command
) -> None:
    pattern = served(parquet, 56)
    said = mlmonitor("backtest", "--files", pattern, "--budget", "1", "--json").json
    assert (said["runs"], said["judged"], said["learning"]) == (26, 26, 0)
    assert said["start"].startswith("2013-01-31")
    assert window(BROKEN_DAY).start.isoformat() in [day["start"] for day in said["days"]]
    assert "fare" in said["columns"]


def test_a_column_that_says_when_splits_files_into_the_same_days(
    parquet: Parquet, mlmonitor: Command
) -> None:
    pattern = served(parquet, 56)
    said = mlmonitor("backtest", "--split-by", "at", pattern, "--budget", "1")
    assert said.err == ""
    assert said.out.startswith(f"{pattern}: 26 runs judged, 2013-01-31 to 2013-02-25 (rules and usual values")
    assert window(BROKEN_DAY).label in said.out


def test_the_replay_says_what_the_monitor_itself_said_on_the_day(parquet: Parquet) -> None:
    days = read_days(Files(served(parquet, 56), timestamp="at"))
    training = dict(list(days.items())[:30])
    store = MemoryStore()
    monitor = Monitor(name="taxi", model="taxi", checks=standard_checks(Pinned()), judge=Learned())
    whole = sum(training.values(), Profile())
    store.pin(
        "taxi",
        "v1",
        whole.encode(),
        rows=whole.rows,
        days={day: one.encode() for day, one in training.items()},
    )
    for day, profile in list(days.items())[30:]:
        monitor.evaluate(profile, window=day, store=store)
    alerts = [run.window for run in reversed(store.runs(last=99)) if run.status.is_finding]
    recording = dry_run("taxi", whole, training, lambda rules: list(days.items())[30:], Learned())
    assert window(BROKEN_DAY) in alerts
    assert [report.window for report in backtest(recording, Learned()).alerts] == alerts


def test_too_few_days_of_files_are_refused(parquet: Parquet, mlmonitor: Command) -> None:
    pattern = served(parquet, 20)
    assert (
        "30 to learn from (--training-days) and 14 to judge are needed, and there are 20"
        in mlmonitor("backtest", "--files", pattern).err
    )
    trips = parquet("trips.parquet", fare=[1.0])
    assert "has no date such as 2013-02-08 in its name" in mlmonitor("backtest", "--files", trips).err
