"""How runs are looked for, asked of every store."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.incident import IncidentState
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import MetricsStore, State
from tests.store.making import FIRST_DAY, day, report, verdict

SKEW, DRIFT, FARES = "flight_delay/skew", "flight_delay/drift", "fares"


def tags(number: int, task: str = "skew", dag: str = "flights", index: int = -1) -> Tags:
    return Tags(dag_id=dag, task_id=task, map_index=index, run_id=f"scheduled__{number}")


@pytest.fixture
def filled(store: MetricsStore) -> MetricsStore:
    """Four days of two monitors of one DAG, two days of another DAG's, one run of the command line."""
    for number in range(4):
        found = [verdict(value=0.9, family="distance", status=Status.FAIL, upper=0.5)] if number == 2 else []
        store.save(report(number, *found, tags=tags(number), facts={"schema": str(number), "more": "x"}))
        store.save(report(number, monitor=DRIFT, tags=tags(number, "drift")))
    for number in (1, 3):
        own = tags(number, "watch", "hourly", index=number)
        store.save(report(number, monitor=FARES, model="fare", tags=own))
    store.save(report(5, monitor="by hand", model="fare", tags=Tags()))
    return store


def names(store: MetricsStore, **wanted: object) -> list[tuple[str, Window]]:
    return [(run.monitor, run.window) for run in store.runs(**wanted)]  # type: ignore[arg-type]


class TestRuns:
    def test_a_task_instance_finds_its_run(self, filled: MetricsStore) -> None:
        for number in range(4):
            found = names(filled, dag_id="flights", run_id=f"scheduled__{number}", task_id="skew")
            assert found == [(SKEW, day(number))]
        of_index = {"dag_id": "hourly", "run_id": "scheduled__3", "task_id": "watch"}
        assert names(filled, **of_index, map_index=3) == [(FARES, day(3))]
        assert names(filled, **of_index, map_index=-1) == []

    def test_a_dag_run_finds_all_its_runs(self, filled: MetricsStore) -> None:
        assert names(filled, dag_id="flights", run_id="scheduled__2") == [(DRIFT, day(2)), (SKEW, day(2))]

    def test_a_dag_finds_its_runs_between_two_moments(self, filled: MetricsStore) -> None:
        assert len(names(filled, dag_id="flights")) == 8
        assert names(filled, dag_id="flights", task_id="drift", last=2) == [(DRIFT, day(3)), (DRIFT, day(2))]
        span = {"since": day(1).start, "asof": day(2).end}
        assert {window for _, window in names(filled, dag_id="flights", **span)} == {day(1), day(2)}
        assert names(filled, monitor=SKEW, since=day(3).start) == [(SKEW, day(3))]
        assert names(filled, dag_id="flights", model="fare") == []

    def test_the_command_line_is_no_dag(self, filled: MetricsStore) -> None:
        assert names(filled, dag_id="") == [("by hand", day(5))]
        assert names(filled, dag_id="", run_id="") == [("by hand", day(5))]

    def test_what_nobody_ran_is_empty(self, filled: MetricsStore) -> None:
        assert names(filled, dag_id="nothing") == []
        assert names(filled, dag_id="flights", run_id="scheduled__9") == []
        assert names(filled, dag_id="flights ", task_id="skew") == []

    @pytest.mark.parametrize("alone", [{"run_id": "r"}, {"task_id": "t"}, {"map_index": 0}])
    def test_a_name_that_means_nothing_without_its_dag_is_refused(
        self, store: MetricsStore, alone: dict[str, object]
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"without its DAG; add dag_id='...'"):
            names(store, **alone)

    @pytest.mark.parametrize("ugly", ["nul\x00", "half \ud83d", "\x1a0000", "d" * 5_000, "A", "a", "a "])
    def test_ugly_names_are_found(self, store: MetricsStore, ugly: str) -> None:
        own = Tags(dag_id=ugly, task_id=ugly, run_id=ugly)
        store.save(report(0, tags=own))
        store.save(report(0, monitor=DRIFT, tags=Tags(dag_id="other", task_id="t", run_id=ugly)))
        assert names(store, dag_id=ugly, run_id=ugly, task_id=ugly) == [(SKEW, day(0))]

    def test_a_run_that_a_later_dag_run_saved_again_is_found_by_that_one(self, store: MetricsStore) -> None:
        store.save(report(0, tags=tags(0)))
        store.save(report(0, tags=tags(7)))
        assert names(store, dag_id="flights", run_id="scheduled__0") == []
        assert names(store, dag_id="flights", run_id="scheduled__7") == [(SKEW, day(0))]

    def test_one_run_is_found_by_its_key(self, filled: MetricsStore) -> None:
        assert filled.run(SKEW, day(2)) == filled.runs(monitor=SKEW, asof=day(2).end)[0]
        assert filled.run(SKEW, day(9)) is None
        assert filled.run("unknown", day(2)) is None
        filled.save(report(9, model="renamed", tags=tags(9)))
        found = filled.run(SKEW, day(2))
        assert found
        assert found.model == "renamed"

    def test_the_last_runs_of_each_monitor(self, filled: MetricsStore) -> None:
        assert {name: [run.window for run in runs] for name, runs in filled.latest_runs(last=3).items()} == {
            SKEW: [day(3), day(2), day(1)],
            DRIFT: [day(3), day(2), day(1)],
            FARES: [day(3), day(1)],
            "by hand": [day(5)],
        }
        found = filled.latest_runs([DRIFT, "unknown", FARES])
        assert {name: [run.window for run in runs] for name, runs in found.items()} == {
            DRIFT: [day(3)],
            FARES: [day(3)],
        }
        assert filled.latest_runs([], last=3) == {}
        assert filled.latest_runs(last=0) == {}

    def test_windows_that_begin_together_are_cut_where_they_should_be(self, store: MetricsStore) -> None:
        hours = [Window(FIRST_DAY, FIRST_DAY + timedelta(hours=number)) for number in range(1, 6)]
        for window in hours:
            store.save(report(window=window))
        (found,) = store.latest_runs(last=2).values()
        assert [run.window for run in found] == [hours[4], hours[3]]

    def test_many_monitors_are_read_whole(self, store: MetricsStore) -> None:
        wanted = [f"monitor {number}" for number in range(130)]
        for name in wanted:
            store.save(report(0, monitor=name))
        assert list(store.latest_runs(wanted)) == wanted
        assert len({run.monitor for run in store.runs(dag_id="flights", last=999)}) == 130


class TestWhatStandsAboutThem:
    def test_monitors_and_their_models(self, filled: MetricsStore) -> None:
        flights = [(SKEW, "flight_delay"), (DRIFT, "flight_delay")]
        assert filled.monitors() == [*flights, (FARES, "fare"), ("by hand", "fare")]

    def test_every_series_that_ever_was(self, store: MetricsStore) -> None:
        of_slice = verdict("null_share", slice="origin=EWR", scale="share", family="missing", worse="up")
        store.save(report(0, of_slice, verdict("rows", 9, column=None, scale="count", family="rows")))
        store.save(report(1, verdict("psi", family="distance", scale="distance", worse="up")))
        store.save(report(1, verdict("ks"), monitor=DRIFT))
        assert store.series(SKEW) == [
            ("null_share", "temp", "origin=EWR", "share", "missing", "up"),
            ("psi", "temp", "", "distance", "distance", "up"),
            ("rows", "", "", "count", "rows", "both"),
        ]
        assert [one.key for one in store.series(DRIFT)] == [("ks", "temp", "")]
        assert store.series("unknown") == []

    def test_verdicts_counted_by_status(self, store: MetricsStore) -> None:
        statuses = [Status.OK, Status.OK, Status.WARN, Status.FAIL, Status.LEARNING, Status.OK]
        store.save(report(0, *(verdict(f"m{rank}", status=one) for rank, one in enumerate(statuses))))
        assert store.status_counts(SKEW, day(0)) == {
            Status.OK: 3,
            Status.WARN: 1,
            Status.FAIL: 1,
            Status.LEARNING: 1,
        }
        assert store.status_counts(SKEW, day(1)) == {}

    def test_alerts_are_those_of_runs_that_found_something(self, filled: MetricsStore) -> None:
        (window, alert), *more = filled.alerts(SKEW).items()
        assert (window, more) == (day(2), [])
        assert (alert.status, list(alert.groups)) == (Status.FAIL, [("temp", "distance")])
        assert filled.alerts(DRIFT) == filled.alerts("unknown") == {}
        filled.save(report(9, verdict(value=0.8, status=Status.WARN, upper=0.5), tags=tags(9)))
        assert list(filled.alerts(SKEW)) == [day(9), day(2)]
        assert list(filled.alerts(SKEW, last=1)) == [day(9)]
        assert list(filled.alerts(SKEW, since=day(3).start)) == [day(9)]
        assert list(filled.alerts(SKEW, asof=day(3).end)) == [day(2)]

    def test_facts_of_some_names_run_by_run(self, filled: MetricsStore) -> None:
        filled.save(report(4, tags=tags(4), facts={"other": "y"}))
        found = filled.facts_of(SKEW, ["schema", "causes"], asof=day(4).end, last=3)
        assert list(found.items()) == [(day(2), {"schema": "2"}), (day(3), {"schema": "3"}), (day(4), {})]
        assert filled.facts_of("unknown", ["schema"], asof=day(4).end, last=3) == {}
        assert list(filled.facts_of(SKEW, [], asof=day(0).end, last=3).items()) == [(day(0), {})]


class TestProfiles:
    def test_the_profile_of_a_run_that_does_not_train(self, store: MetricsStore) -> None:
        store.save(report(0, verdict(status=Status.FAIL, upper=0.05)), profile=b"found something")
        store.save(report(1), profile=b"bad")
        store.mark(SKEW, day(1), State.BAD, who="ana")
        assert store.profiles(SKEW, asof=day(9).end, last=9) == []
        assert store.profile(SKEW, day(0)) == b"found something"
        assert store.profile(SKEW, day(1)) == b"bad"
        assert store.profile(SKEW, day(2)) is None
        assert store.profile("unknown", day(0)) is None


class TestHistory:
    def test_only_the_series_that_are_named(self, store: MetricsStore) -> None:
        for number in range(3):
            of_slice = verdict("psi", number + 0.5, slice="origin=EWR")
            store.save(report(number, verdict("ks", number), verdict("psi", number), of_slice))
        wanted = [("psi", "temp", "origin=EWR"), ("ks", "temp", ""), ("unknown", "", "")]
        history = store.history(SKEW, asof=day(2).end, last=2, series=wanted)
        assert [run.window for run in history.runs] == [day(1), day(2)]
        assert history.points.keys() == {("psi", "temp", "origin=EWR"), ("ks", "temp", "")}
        assert history.values("psi", "temp", "origin=EWR").tolist() == [1.5, 2.5]
        assert store.history(SKEW, asof=day(2).end, series=[]).points == {}
        both = store.history(SKEW, asof=day(2).end, series=wanted, metric="ks")
        assert both.points.keys() == {("ks", "temp", "")}


class TestIncidents:
    def test_of_several_monitors_and_of_a_model(self, filled: MetricsStore) -> None:
        bad = verdict(status=Status.FAIL, upper=0.01)
        filled.save(report(3, bad, monitor=FARES, model="fare", tags=tags(3, "watch", "hourly", index=3)))
        assert [one.monitor for one in filled.incidents(monitor=[FARES, SKEW])] == [FARES, SKEW]
        assert [one.monitor for one in filled.incidents(monitor=[DRIFT, SKEW])] == [SKEW]
        assert filled.incidents(monitor=[]) == []
        assert [one.monitor for one in filled.incidents(model="fare")] == [FARES]
        assert filled.incidents(model="fare ", state=[IncidentState.OPEN]) == []

    def test_those_that_were_not_over_before_a_moment(self, store: MetricsStore) -> None:
        """The first is over with day 3, the second is not over."""

        def of(number: int, *, is_bad: bool) -> Report:
            return report(number, verdict(status=Status.FAIL if is_bad else Status.OK, upper=0.01))

        for number in range(8):
            store.save(of(number, is_bad=number in {1, 7}))
        opened = [day(7), day(1)]
        assert [one.opened for one in store.incidents()] == opened

        def since(moment: datetime) -> list[Window]:
            return [one.opened for one in store.incidents(since=moment)]

        (first,) = [one for one in store.incidents() if one.resolved]
        assert first.resolved == day(3)
        assert since(day(3).start) == opened
        assert since(day(3).end) == [day(7)]
        assert since(day(20).start) == [day(7)]

    def test_a_mark_is_seen_when_runs_are_found_by_their_dag(self, filled: MetricsStore) -> None:
        filled.mark(SKEW, day(2), State.BAD, who="ana")
        (found,) = filled.runs(dag_id="flights", run_id="scheduled__2", task_id="skew")
        assert found.state is State.BAD
