"""What must never happen to a history: that it learns from what it should have caught.

Each story is one that users of other monitors have told: a repaired rerun held against the value it repairs, an incident
that trains the threshold that missed it, a value inside the band it is judged by, a monitor that never recovers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from airflow_mlmonitor.checks import Check, Metric
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging import Learned, Status
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 1, 1, tzinfo=UTC)
NAME = "shop/orders"
PAST = 60


@dataclass(frozen=True, kw_only=True)
class Given(Check):
    """What is the value of the day?"""

    value: float

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        yield Metric(name="price", value=self.value, n=1000, scale="log", family="values")
        yield Metric(name="weight", value=5.0 + self.value % 0.01, n=1000, scale="log", family="values")


def window(number: int) -> Window:
    return Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))


def usual(number: int) -> float:
    """The price of an ordinary day."""
    return float(100 * np.exp(0.02 * np.random.default_rng(number).normal()))


def run(store: MemoryStore, number: int, value: float) -> Report:
    monitor = Monitor(name=NAME, model="shop", checks=[Given(value=value)], judge=Learned())
    return monitor.evaluate(Profile(), window=window(number), store=store)


@pytest.fixture
def store() -> MemoryStore:
    """A store with two months of ordinary days."""
    store = MemoryStore()
    for number in range(PAST):
        run(store, number, usual(number))
    return store


def price(report: Report) -> Verdict:
    return next(verdict for verdict in report.verdicts if verdict.metric.name == "price")


def test_ordinary_days_are_quiet_and_a_factor_of_two_is_not(store: MemoryStore) -> None:
    assert not run(store, PAST, usual(PAST)).status.is_finding
    assert run(store, PAST, 200.0).status is Status.FAIL


def test_a_repaired_rerun_is_held_against_the_past_and_not_against_what_it_repairs(
    store: MemoryStore,
) -> None:
    untouched = price(run(store, PAST, usual(PAST)))
    assert run(store, PAST, 250.0).status.is_finding
    repaired = run(store, PAST, usual(PAST))
    assert price(repaired) == untouched
    history = store.history(NAME, asof=window(PAST + 1).start)
    assert history.values("price")[-1] == pytest.approx(usual(PAST))
    assert history.runs[-1].state is State.CLEAN


def test_the_value_under_test_is_never_in_its_own_band(store: MemoryStore) -> None:
    bands = {
        (verdict.lower, verdict.upper, verdict.expected)
        for verdict in (price(run(store, PAST, value)) for value in (60.0, 99.0, 101.0, 400.0))
    }
    assert len(bands) == 1


def test_an_incident_does_not_train_the_band_that_caught_it(store: MemoryStore) -> None:
    before = price(run(store, PAST, usual(PAST)))
    for number in range(PAST, PAST + 5):
        assert run(store, number, 180.0).status.is_finding
    after = price(run(store, PAST + 5, usual(PAST + 5)))
    assert not after.status.is_finding
    assert after.upper == pytest.approx(before.upper or 0, rel=0.05)
    assert run(store, PAST + 6, 180.0).status.is_finding


def test_an_incident_that_was_missed_stops_training_once_it_is_marked_bad(store: MemoryStore) -> None:
    clean = price(run(store, PAST + 1, usual(PAST + 1)))
    run(store, PAST, 104.0)  # not far enough out to alert, and wrong all the same
    store.mark(NAME, window(PAST), State.BAD, who="on call", note="the feed was late")
    assert price(run(store, PAST + 1, usual(PAST + 1))) == clean


def test_a_month_of_creep_is_told_before_it_has_become_normal(store: MemoryStore) -> None:
    found = [run(store, PAST + day, usual(PAST + day) * 1.01**day).status.is_finding for day in range(1, 31)]
    assert any(found[:21])


def test_a_new_normal_is_accepted_by_one_command(store: MemoryStore) -> None:
    raised = [run(store, PAST + day, 2 * usual(PAST + day)) for day in range(3)]
    assert all(report.status.is_finding for report in raised)
    (incident,) = store.incidents(monitor=NAME)
    store.accept(incident.id, who="on call", note="prices are in another currency now")
    later = [run(store, PAST + day, 2 * usual(PAST + day)) for day in range(3, 17)]
    assert sum(report.status.is_finding for report in later) <= 1
    assert run(store, PAST + 17, usual(PAST + 17)).status.is_finding


def test_an_old_day_that_is_run_again_gives_what_it_gave(store: MemoryStore) -> None:
    verdicts = store.verdicts(NAME, window(40))
    again = run(store, 40, usual(40))
    assert [(v.status, v.lower, v.upper, v.expected) for v in again.verdicts] == [
        (v.status, v.lower, v.upper, v.expected) for v in verdicts
    ]


def test_a_year_run_backwards_learns_nothing_from_its_future() -> None:
    store = MemoryStore()
    for number in reversed(range(PAST)):
        assert run(store, number, usual(number)).status in {Status.LEARNING, Status.OK}
    assert len(store.history(NAME, asof=window(PAST).start)) == PAST
