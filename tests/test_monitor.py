"""The whole flow of a run: measure, judge, remember, whatever breaks on the way."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from airflow_mlmonitor.checks import Check, Drift, Metric, Shape, Skew, Values, check
from airflow_mlmonitor.data.baseline import Pinned, Previous, Trailing
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read, read_days
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError, StoreUnavailable
from airflow_mlmonitor.judging import Bounds, Significance, Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store.history import History, State
from airflow_mlmonitor.store.memory_store import MemoryStore
from benchmarks.speed.flights import read_flights
from tests.judging.test_every_judge import sound
from tests.rows import Batches, held, profiled
from tests.ugly import PAIRS, SECRETS, pair

FIRST = datetime(2013, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: int) -> Window:
    return Window(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def rows(number: int) -> Profile:
    """The rows of the n-th day."""
    draw = np.random.default_rng(number)
    return profiled(
        {"x": draw.normal(size=300), "y": draw.integers(0, 5, 300), "name": pa.array(list("abcab" * 60))}
    )


def monitor(*checks: Check, **more: Any) -> Monitor:
    return Monitor(name="flights/skew", model="flights", checks=checks, **{"judge": Significance(), **more})


def pinned(training: Profile, days: Mapping[Window, Profile] | None = None) -> MemoryStore:
    store = MemoryStore()
    parts = {window: part.encode() for window, part in (days or {}).items()}
    store.pin("flights", "v1", training.encode(), rows=training.rows, label="January", days=parts)
    return store


def told(report: Report) -> Report:
    """A report without what differs between two runs of the same: when, and how long it took."""
    return replace(report, started=FIRST, seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class Broken(Check):
    """Does it break?"""

    error: Exception

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        yield Metric(name="half", value=1.0)
        raise self.error


@check
def spend(now: Profile) -> float:
    return now.rows / 0  # as an empty day would do it


class FailingStore(MemoryStore):
    """A store that cannot be reached when it is asked for one thing."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def _fail(self, what: str) -> None:
        if what == self.what:
            raise StoreUnavailable("The metrics store cannot be reached; check the connection.")

    def profiles(
        self, label: str, *, asof: datetime, last: int, windows: Sequence[Window] | None = None
    ) -> Any:
        self._fail("profiles")
        return super().profiles(label, asof=asof, last=last, windows=windows)

    def history(self, monitor: str, **more: Any) -> History:
        self._fail("history")
        return super().history(monitor, **more)

    def save(self, report: Report, *, profile: bytes | None = None) -> None:
        self._fail("save")
        super().save(report, profile=profile)


# -- one run -----------------------------------------------------------------------------------------------------------


def test_a_run_is_measured_judged_and_remembered() -> None:
    store = pinned(rows(0))
    tags = Tags(dag_id="flights", task_id="skew", run_id="r1")
    report = monitor(Skew(), Values(), Shape()).evaluate(
        rows(1), window=day(1), store=store, tags=tags, model_version="v1"
    )
    assert (report.monitor, report.model, report.model_version, report.rows, report.tags) == (
        "flights/skew",
        "flights",
        "v1",
        300,
        tags,
    )
    assert report.status == Status.OK
    assert report.baselines["skew"] == "January of v1 (300 rows)"
    assert report.baselines["values"] == "0 runs so far; 3 are needed"
    assert report.facts["schema"] == '{"x": "double", "y": "int64", "name": "string"}'
    assert store.verdicts("flights/skew", day(1)) == list(report.verdicts)
    assert store.facts("flights/skew", day(1)) == report.facts
    ((window, kept),) = store.profiles("flights/skew", asof=day(2).start, last=5)
    assert (window, Profile.decode(kept).rows) == (day(1), 300)


def test_notes_of_the_rows_are_in_the_report() -> None:
    report = monitor(Shape()).evaluate(profiled({"x": [[1]]}), window=day(1), store=MemoryStore())
    assert report.notes == {"x": "list<item: int64> is not evaluated; spread it into columns of its own"}


def test_a_check_that_breaks_takes_no_other_with_it() -> None:
    checks = [Broken(error=DataError("there is no column 'fare'")), Values(), spend, Skew(), Shape()]
    report = monitor(*checks).evaluate(rows(1), window=day(1), store=MemoryStore())
    broken = {
        verdict.metric.name: verdict.why for verdict in report.verdicts if verdict.status == Status.BROKEN
    }
    assert broken == {
        "broken": "there is no column 'fare'",
        "spend": "ZeroDivisionError: division by zero",
        "skew": "No baseline is pinned for any version of model 'flights'. "
        "Pin one: run a ProfileOperator with pin=..., or `mlmonitor pin`.",
    }
    assert report.status == Status.BROKEN
    assert {"null_share", "rows"} <= {verdict.metric.name for verdict in report.verdicts}
    assert "half" not in {verdict.metric.name for verdict in report.verdicts}


def test_a_damaged_baseline_breaks_the_check_that_needs_it() -> None:
    store = MemoryStore()
    store.pin("flights", "v1", b"MLMP\x01nonsense", rows=1)
    report = monitor(Skew(), Shape()).evaluate(rows(1), window=day(1), store=store)
    (broken,) = [verdict for verdict in report.verdicts if verdict.status == Status.BROKEN]
    assert "This profile is damaged" in broken.why


@pytest.mark.parametrize("what", ["profiles", "history", "save"])
def test_a_store_that_fails_is_no_finding_but_an_error(what: str) -> None:
    announced: list[Report] = []
    with pytest.raises(StoreUnavailable, match="The metrics store cannot be reached"):
        monitor(Values()).evaluate(
            rows(1), window=day(1), store=FailingStore(what), announce=announced.append
        )
    assert len(announced) == (what == "save"), "what was found is told before it is saved"


def test_the_same_metric_twice_is_refused_with_what_to_do() -> None:
    store = pinned(rows(0))
    report = monitor(Skew(), Skew(baseline=Pinned("v1"))).evaluate(rows(1), window=day(1), store=store)
    (broken,) = [verdict for verdict in report.verdicts if verdict.status == Status.BROKEN]
    assert (
        broken.why
        == "skew measures ks of x a second time in this monitor; give the check a prefix, such as prefix='skew2'."
    )
    twins = monitor(Skew(), Skew(prefix="again")).evaluate(rows(1), window=day(2), store=store)
    assert twins.status == Status.OK
    assert {"ks", "again.ks"} <= {verdict.metric.name for verdict in twins.verdicts}
    assert set(twins.baselines) == {"skew", "skew 2"}


def test_checks_called_alike_may_break_together_and_are_still_saved() -> None:
    @check
    def rows_read(now: Profile) -> Metric:
        return Metric(name="rows", value=1.0)

    checks = [Shape(), Skew(), Skew(), spend, spend, replace(rows_read, label="rows")]
    store = MemoryStore()
    report = monitor(*checks, bounds=Bounds({"spend": {"max": 3}})).evaluate(
        rows(1), window=day(1), store=store
    )
    names = [verdict.metric.name for verdict in report.verdicts if verdict.status == Status.BROKEN]
    assert names == ["skew", "skew 2", "spend", "spend 2", "rows 2"]
    assert len(store.verdicts("flights/skew", day(1))) == len(report.verdicts)


def test_what_a_check_of_ones_own_gets_wrong_is_said() -> None:
    @check
    def ratio(now: Profile) -> Any:
        return Metric(name="ratio", value=float("nan"), effect=float("inf"))

    class Odd(Check):
        def measure(self, now: Profile, before: Profile | None) -> Any:
            return [3]

    report = monitor(ratio, Odd()).evaluate(rows(1), window=day(1), store=MemoryStore())
    assert [
        (verdict.metric.value, verdict.metric.why)
        for verdict in report.verdicts
        if verdict.metric.name == "ratio"
    ] == [(None, "ratio came out as nan")]
    assert [verdict.metric.name for verdict in report.verdicts if verdict.status == Status.BROKEN] == ["odd"]


def test_bounds_tighten_the_verdicts_and_say_when_they_watch_nothing() -> None:
    bounds = Bounds({"x.mean": {"max": -9}, "fare.mean": {"max": 1}, "rows": {"min": 300}})
    report = monitor(Values(), Shape(), bounds=bounds).evaluate(rows(1), window=day(1), store=MemoryStore())
    found = {verdict.metric.key: (verdict.status, verdict.why) for verdict in report.findings}
    assert found[("mean", "x", "")][0] == Status.FAIL
    assert found[("fare.mean", "", "")] == (
        Status.BROKEN,
        "the bound 'fare.mean' matches no metric of this run; write column.metric, or metric for the table",
    )
    assert len(found) == 2


def test_no_rows_are_one_finding_and_not_one_for_every_bound() -> None:
    nothing = profiled({"x": pa.array([], pa.float64())})
    bounds = Bounds({"x.mean": {"max": 1}})
    report = monitor(Values(), Shape(), bounds=bounds).evaluate(nothing, window=day(1), store=MemoryStore())
    assert [(verdict.status, verdict.why) for verdict in report.findings] == [(Status.FAIL, "no rows")]


@pytest.mark.parametrize("name", PAIRS)
def test_whatever_the_rows_a_run_is_sound_and_saved(name: str) -> None:
    before, now = pair(name)
    store = pinned(before or Profile())
    checks = [Shape(baseline=Pinned()), Values(baseline=Pinned()), Skew(), Drift()]
    watching = monitor(*checks, bounds=Bounds({"*.null_share": {"max": 0.1}}))
    report = watching.evaluate(now, window=day(1), store=store)
    for verdict in report.verdicts:
        sound(verdict)
        assert verdict.metric.family != "check"
    assert not any(secret in repr((report, report.summary())) for secret in SECRETS)
    assert len(store.verdicts("flights/skew", day(1))) == len(report.verdicts)


# -- history -----------------------------------------------------------------------------------------------------------


def evaluate(store: MemoryStore, number: int) -> Report:
    checks = [
        Shape(),
        Skew(baseline=Pinned()),
        Drift(baseline=Trailing(runs=4, least=2)),
        Values(baseline=Previous()),
    ]
    return told(monitor(*checks).evaluate(rows(number), window=day(number), store=store))


def test_a_window_evaluated_again_meets_what_was_known_then() -> None:
    store = pinned(rows(0))
    first = [evaluate(store, number) for number in range(1, 9)]
    for number in random.Random(5).sample(range(1, 9), 8):
        assert evaluate(store, number) == first[number - 1]
    assert len(store.runs(monitor="flights/skew", last=99)) == 8


def test_a_backfill_in_any_order_settles_on_the_reports_of_the_right_order() -> None:
    in_order, backwards = pinned(rows(0)), pinned(rows(0))
    expected = [evaluate(in_order, number) for number in range(1, 7)]
    for number in reversed(range(1, 7)):
        evaluate(backwards, number)
    assert [evaluate(backwards, number) for number in range(1, 7)] == expected


def test_later_runs_and_the_run_itself_are_no_history() -> None:
    store = MemoryStore()
    watching = monitor(Shape(baseline=None))
    for number in (9, 10, 11, 12):
        watching.evaluate(profiled({"x": np.zeros(5)}), window=day(number), store=store)
    for _ in range(3):
        report = watching.evaluate(rows(1), window=day(1), store=store)
        assert {verdict.status for verdict in report.verdicts} == {Status.LEARNING}


def test_runs_marked_bad_and_runs_with_findings_teach_nothing() -> None:
    store = MemoryStore()
    watching = monitor(Shape(baseline=None))
    for number in range(20):
        watching.evaluate(profiled({"x": np.arange(100.0 + number)}), window=day(number), store=store)
    for number in (20, 21, 22):
        report = watching.evaluate(profiled({"x": np.arange(900.0)}), window=day(number), store=store)
        assert report.status == Status.WARN
    store.mark("flights/skew", day(22), State.ACCEPTED, who="ada")
    assert (
        watching.evaluate(profiled({"x": np.arange(900.0)}), window=day(23), store=store).status == Status.OK
    )
    store.mark("flights/skew", day(22), State.BAD, who="ada")
    assert (
        watching.evaluate(profiled({"x": np.arange(900.0)}), window=day(23), store=store).status
        == Status.WARN
    )


def test_pinned_days_are_a_past_before_the_first_run_and_stand_back_for_later_ones() -> None:
    training = {
        Window(FIRST - number * DAY, FIRST - (number - 1) * DAY): rows(100 + number)
        for number in range(1, 21)
    }
    store = pinned(rows(0), training)
    watching = monitor(Shape(baseline=Previous()), Values(baseline=Trailing(runs=7)))
    first = watching.evaluate(rows(1), window=day(0), store=store)
    assert first.baselines["shape"] == "1 run (2013-02-28, 300 rows)"
    assert first.baselines["values"] == "7 runs (2013-02-22 to 2013-03-01, 2,100 rows)"
    assert Status.LEARNING not in {verdict.status for verdict in first.verdicts}
    (count,) = [verdict for verdict in first.verdicts if verdict.metric.name == "rows"]
    assert (count.lower, count.upper) == (pytest.approx(300), pytest.approx(300))
    second = watching.evaluate(rows(2), window=day(1), store=store)
    assert second.baselines["shape"] == "1 run (2013-03-01, 300 rows)"
    assert second.baselines["values"] == "7 runs (2013-02-23 to 2013-03-02, 2,100 rows)"
    early = watching.evaluate(rows(3), window=Window(FIRST - 30 * DAY, FIRST - 29 * DAY), store=store)
    assert early.baselines["shape"] == "0 runs so far; 1 are needed", (
        "training days later than the run are no past"
    )


def test_a_check_that_training_cannot_answer_has_no_past() -> None:
    @check
    def score(now: Profile) -> float:
        mean: float = now["score"].mean  # type: ignore[attr-defined]
        return mean

    training = {
        Window(FIRST - number * DAY, FIRST - (number - 1) * DAY): rows(number) for number in range(1, 5)
    }
    report = monitor(score).evaluate(
        profiled({"score": [0.5]}), window=day(0), store=pinned(rows(0), training)
    )
    assert [(verdict.status, verdict.metric.value) for verdict in report.verdicts] == [(Status.LEARNING, 0.5)]


# -- real flights ------------------------------------------------------------------------------------------------------

FEATURES = [
    "dep_delay",
    "arr_delay",
    "air_time",
    "distance",
    "hour",
    "carrier",
    "origin",
    "dest",
    "time_hour",
]


def flights(table: pa.Table) -> Batches:
    return held(table, timestamp="time_hour", hidden=("time_hour",))


@pytest.fixture(scope="module")
def quarter() -> pa.Table:
    """The flights from January to March."""
    table = read_flights().select(["month", *FEATURES])
    return table.filter(pc.less_equal(table["month"], 3)).drop_columns(["month"])


@pytest.fixture(scope="module")
def trained(quarter: pa.Table) -> dict[Window, Profile]:
    days = read_days(
        flights(quarter.filter(pc.less(quarter["time_hour"], pa.scalar(FIRST, quarter["time_hour"].type))))
    )
    assert len(days) == 59
    return days


@pytest.fixture
def store(trained: dict[Window, Profile]) -> MemoryStore:
    whole = Profile()
    for part in trained.values():
        whole += part
    return pinned(whole, trained)


def of_day(quarter: pa.Table, window: Window) -> pa.Table:
    moments = quarter["time_hour"]
    start, end = (pa.scalar(moment, moments.type) for moment in (window.start, window.end))
    return quarter.filter(pc.and_(pc.greater_equal(moments, start), pc.less(moments, end)))


def watching() -> Monitor:
    return monitor(Shape(), Skew(), Drift(), Values())


def test_after_a_dated_training_baseline_the_first_run_is_quiet_on_a_normal_day(
    quarter: pa.Table, store: MemoryStore
) -> None:
    report = watching().evaluate(read(flights(of_day(quarter, day(5)))), window=day(5), store=store)
    assert (report.rows, report.findings) == (969, [])
    assert report.baselines["drift"].startswith("28 runs (2013-02-01 to 2013-03-01")


def test_and_fails_when_a_third_of_several_columns_goes_missing(
    quarter: pa.Table, store: MemoryStore
) -> None:
    rows = of_day(quarter, day(5))
    missing = pa.array(np.random.default_rng(1).random(rows.num_rows) < 0.35)
    for name in ("distance", "hour", "dest"):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pc.if_else(missing, None, rows[name]))
    report = watching().evaluate(read(flights(rows)), window=day(5), store=store)
    assert report.status == Status.FAIL
    failed = [verdict for verdict in report.findings if verdict.status == Status.FAIL]
    assert {verdict.metric.key for verdict in failed} == {
        ("null_share", name, "") for name in ("distance", "hour", "dest")
    }
    assert {verdict.metric.name for verdict in report.findings} == {"null_share", "duplicates"}, (
        "rows look more alike"
    )
    assert failed[0].why == (
        f"missing in {100 * pc.mean(missing.cast(pa.int8())).as_py():.1f}% of 969 rows; "
        "expected 0% (28 earlier runs; highest 0% on 2013-02-01)"
    )


def test_a_baseline_without_days_learns_what_is_usual_from_the_first_runs(
    quarter: pa.Table, trained: dict[Window, Profile]
) -> None:
    """Every day differs from two months together: were such days no history, nothing would ever be usual."""
    whole = Profile()
    for part in trained.values():
        whole += part
    store, watch = pinned(whole), monitor(Values(baseline=Pinned()), Skew())
    reports = [
        watch.evaluate(read(flights(of_day(quarter, day(number)))), window=day(number), store=store)
        for number in range(30)
    ]
    assert not [report for report in reports if report.status == Status.FAIL]
    assert {run.state for run in store.runs(asof=day(14).start)} == {State.CLEAN}
    assert [report.status for report in reports[14:]].count(Status.OK) >= 12, (
        "two weeks are enough to know a month"
    )
