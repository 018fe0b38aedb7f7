"""Rules in the flow of a run: rows are read with those of the baseline, and what runs show is remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.checks import Consistency, Shape, Skew
from airflow_mlmonitor.data import Frame, Pinned, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.rules.memory import Novelty
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.training import read_training
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging import Significance
from airflow_mlmonitor.measuring import NOVELTY
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.rehearsing import with_training
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import History, State
from airflow_mlmonitor.store.memory_store import MemoryStore
from airflow_mlmonitor.store.shelf import StoreShelf

FIRST = datetime(2013, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TRAINING = 20
NAME = "taxi/serving"


def day(number: int) -> Window:
    return Window(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def rides(number: int, **changed: Any) -> pa.Table:
    """The rides of a day; those of training have negative numbers."""
    random = np.random.default_rng(100 + number)
    minutes, car = np.sort(random.integers(0, 1_440, 100)), random.integers(0, 30, 100)
    columns = {
        "at": pa.array([day(number).start + int(minute) * timedelta(minutes=1) for minute in minutes]),
        "clock": minutes // 60 * 100 + minutes % 60,
        "hour": minutes // 60,
        "car": [f"T{one:03}" for one in car],
        "owner": [f"O{one % 6}" for one in car],
    }
    return pa.table({**columns, **changed})


@cache
def trained() -> tuple[Profile, dict[Window, Profile]]:
    source = Frame(pa.concat_tables([rides(number) for number in range(-TRAINING, 0)]), timestamp="at")
    return read_training(source, rules=learn_rules(source), span=DAY)


@pytest.fixture
def store() -> MemoryStore:
    whole, days = trained()
    store = MemoryStore()
    parts = {window: part.encode() for window, part in days.items()}
    store.pin("taxi", "v1", whole.encode(), rows=whole.rows, label="February", days=parts)
    return store


def monitor(*checks: Any) -> Monitor:
    return Monitor(name=NAME, model="taxi", checks=checks or [Consistency()])


def ran(store: MemoryStore, number: int, **changed: Any) -> Report:
    rows = Frame(rides(number, **changed), timestamp="at")
    now = read(rows, day(number), rules=monitor().rules(store))
    return monitor().evaluate(now, window=day(number), store=store)


def values(report: Report) -> dict[tuple[str, str | None], float | None]:
    return {(one.metric.name, one.metric.column): one.metric.value for one in report.verdicts}


def test_rows_are_read_with_the_rules_of_the_pinned_version(store: MemoryStore) -> None:
    store.pin("taxi", "v2", Profile(rows=1, rules=Rules()).encode(), rows=1)
    rules = monitor(Shape(), Skew(baseline=Pinned("v1")), Consistency()).rules(store)
    assert isinstance(rules, Rules)
    assert rules.words()["identity"] == ["hour = floor(clock / 100)"]
    latest = monitor(Consistency()).rules(store)
    assert isinstance(latest, Rules)
    assert latest.rules == ()


def test_rows_that_no_check_asks_to_be_consistent_are_read_without_rules(store: MemoryStore) -> None:
    rules = monitor(Shape(), Skew(baseline=Pinned("v1"))).rules(store)
    assert isinstance(rules, Rules)
    assert rules.rules == ()


def test_without_a_baseline_or_with_an_old_one_rows_are_read_with_rules_that_need_none() -> None:
    store = MemoryStore()
    assert values(ran(store, 0))["stray_blank_share", "car"] is None  # nothing was seen before
    store.pin("taxi", "v1", Profile(rows=1).encode(), rows=1)
    assert values(ran(store, 1))["stray_blank_share", "car"] == 0.0


def test_a_day_like_the_others_keeps_every_rule(store: MemoryStore) -> None:
    found = values(ran(store, 0))
    assert found["identity", "hour+clock"] == 0.0
    assert found["unseen_pair_share", "car+owner"] == 0.0
    assert found["new_pattern_share", "car"] == 0.0


def test_a_rule_that_broke_shows_in_its_own_number(store: MemoryStore) -> None:
    hours = np.array(rides(0)["hour"])
    found = values(ran(store, 0, hour=np.where(np.arange(100) < 5, (hours + 5) % 24, hours)))
    assert found["identity", "hour+clock"] == 0.05
    owners = rides(0)["owner"].to_pylist()
    found = values(ran(store, 0, owner=[*owners[1:], owners[0]]))
    assert found["unseen_pair_share", "car+owner"] == pytest.approx(0.8, abs=0.15)


def test_training_days_are_a_history_of_the_rules_too(store: MemoryStore) -> None:
    shelf = StoreShelf(store, NAME, "taxi", day(0))
    history = with_training(History(), Significance(), [(Consistency(), None)], shelf, most=365)
    assert len(history) == TRAINING
    assert history.values("identity", "hour+clock").tolist() == [0.0] * TRAINING
    assert (
        len(history.values("unseen_pair_share", "car+owner")) == TRAINING - 1
    )  # nothing came before the first
    assert history.traces == {}


def test_what_a_run_shows_for_the_first_time_later_ones_know(store: MemoryStore) -> None:
    strange = ["X-1 "] * 100
    first, second = ran(store, 0, car=strange), ran(store, 1, car=strange)
    assert values(first)["new_pattern_share", "car"] == 1.0
    assert Novelty.decode(first.traces[NOVELTY]).seen
    store.mark(NAME, day(0), State.ACCEPTED, who="ana")
    third = ran(store, 2, car=strange)
    assert values(second)["new_pattern_share", "car"] == (0.0 if first.status.is_finding is False else 1.0)
    assert values(third)["new_pattern_share", "car"] == 0.0


def test_what_a_bad_run_shows_nobody_remembers(store: MemoryStore) -> None:
    strange = ["X-1 "] * 100
    ran(store, 0, car=strange)
    store.mark(NAME, day(0), State.BAD, who="ana")
    assert values(ran(store, 1, car=strange))["new_pattern_share", "car"] == 1.0


def test_a_backfill_knows_nothing_of_later_runs_and_the_same_run_again_nothing_of_itself(
    store: MemoryStore,
) -> None:
    strange = ["X-1 "] * 100
    again = [ran(store, 5, car=strange) for _ in range(2)]
    store.mark(NAME, day(5), State.ACCEPTED, who="ana")
    before = ran(store, 3, car=strange)
    for report in (*again, before):
        assert values(report)["new_pattern_share", "car"] == 1.0


def test_a_trace_that_cannot_be_read_was_not_seen(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(store, 0)
    history = MemoryStore.history

    def damaged(self: MemoryStore, monitor: str, **more: Any) -> Any:
        found = history(self, monitor, **more)
        return type(found)(found.runs, found.points, {NOVELTY: {0: b"damaged"}})

    monkeypatch.setattr(MemoryStore, "history", damaged)
    assert values(ran(store, 1))["identity", "hour+clock"] == 0.0


def test_the_profile_of_a_run_is_kept_with_its_measures_and_without_the_rules(store: MemoryStore) -> None:
    ran(store, 0)
    ((_, content),) = store.profiles(NAME, asof=day(1).start, last=1)
    kept = Profile.decode(content)
    assert kept.measures
    assert (kept.rules, kept.tallies) == (None, None)


def test_a_column_that_is_gone_is_told_and_the_other_rules_are_measured(store: MemoryStore) -> None:
    rows = Frame(rides(0).drop_columns(["hour"]), timestamp="at")
    now = read(rows, day(0), rules=monitor().rules(store))
    report = monitor().evaluate(now, window=day(0), store=store)
    assert report.notes["hour"].startswith("is not there: rules that need it are not measured")
    assert ("identity", "hour+clock") not in values(report)
    assert values(report)["unseen_pair_share", "car+owner"] == 0.0
