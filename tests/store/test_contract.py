"""What every metrics store promises, asked of each of them."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import StoreError, WindowClaimed
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import MetricsStore, Run, State
from tests.store.making import FIRST_DAY, TASK, day, report, verdict

MONITOR = "flight_delay/skew"
LATER = datetime(2014, 1, 1, tzinfo=UTC)


def windows(store: MetricsStore, asof: datetime, last: int = 365) -> list[Window]:
    return [run.window for run in store.history(MONITOR, asof=asof, last=last).runs]


class TestSaving:
    def test_a_run_comes_back_as_it_was_saved(self, store: MetricsStore) -> None:
        saved = report(3, rows=981, model_version="v3", seconds=1.25, score=1.5, threshold=2.25)
        store.save(saved)
        assert store.runs() == [
            Run(
                monitor=MONITOR,
                model="flight_delay",
                window=day(3),
                status=Status.OK,
                state=State.CLEAN,
                rows=981,
                model_version="v3",
                tags=TASK,
                started=saved.started,
                seconds=1.25,
                score=1.5,
                threshold=2.25,
            )
        ]

    def test_verdicts_come_back_equal_and_in_order(self, store: MetricsStore) -> None:
        full = verdict(
            value=0.318,
            n=981,
            scale="share",
            family="missing",
            worse="up",
            expected=0.004,
            p_value=1e-7,
            effect=0.83,
            why="312 of 981 rows",
            slice="origin=EWR",
            status=Status.FAIL,
            lower=0.0,
            upper=0.012,
            severity=4.5,
            said="temp missing in 31.8% of 981 rows",
        )
        undefined = verdict("psi", None, why="every value is missing", status=Status.LEARNING)
        of_the_table = verdict("rows", 981, column=None, scale="count")
        saved = report(0, full, undefined, of_the_table)
        store.save(saved)
        assert store.verdicts(MONITOR, day(0)) == list(saved.verdicts)

    def test_a_range_and_a_reason_of_the_judge_stay_apart_from_those_of_the_metric(
        self, store: MetricsStore
    ) -> None:
        judged = verdict(expected=0.25, why="of 40 rows")
        store.save(report(0, judged, verdict("ks", 0.2, said="out of its band")))
        first, second = store.verdicts(MONITOR, day(0))
        assert (first.expected, first.metric.expected, first.why, first.metric.why) == (
            None,
            0.25,
            "",
            "of 40 rows",
        )
        assert (second.why, second.metric.why) == ("out of its band", None)

    def test_numbers_come_back_to_the_last_bit(self, store: MetricsStore) -> None:
        info = sys.float_info
        values = [0.1, 1 / 3, 0.1 + 0.2, -1e-300, math.pi * 1e17, info.max, -info.max, info.min, 2.0**53 - 1]
        store.save(report(0, *(verdict(f"m{rank}", value) for rank, value in enumerate(values))))
        found = [verdict.metric.value for verdict in store.verdicts(MONITOR, day(0))]
        assert [value and value.hex() for value in found] == [value.hex() for value in values]

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_numbers_that_are_not_finite_are_refused_by_name(
        self, store: MetricsStore, number: float
    ) -> None:
        for field in ("lower", "upper", "expected", "severity"):
            judged = replace(verdict("ks"), **{field: number})
            with pytest.raises(
                StoreError, match=rf"gave ks of column 'temp' the {field} {number} .* Use None"
            ):
                store.save(report(0, judged))
        for field in ("score", "threshold"):
            with pytest.raises(StoreError, match=rf"gave the whole run the {field} {number} .* Use None"):
                store.save(report(0, **{field: number}))
        assert store.runs() == []

    def test_one_series_twice_in_a_run_is_refused_by_name(self, store: MetricsStore) -> None:
        with pytest.raises(StoreError, match=r"holds ks of column 'temp' where origin=EWR twice .* a prefix"):
            store.save(report(0, verdict("ks", slice="origin=EWR"), verdict("ks", 0.2, slice="origin=EWR")))
        assert store.runs() == []

    def test_facts_come_back(self, store: MetricsStore) -> None:
        facts = {"schema": '{"temp": "double"}', "Schema": "", "schema ": "é"}
        store.save(report(0, facts=facts))
        assert store.facts(MONITOR, day(0)) == facts

    def test_names_that_look_alike_are_series_of_their_own(self, store: MetricsStore) -> None:
        columns = ["A", "a", "a ", " a", "á", "a\u0301", "ａ", "naïve 🛫", "x" * 5_000, "x" * 5_000 + "y"]
        store.save(report(0, *(verdict(column=column, value=rank) for rank, column in enumerate(columns))))
        history = store.history(MONITOR, asof=LATER)
        assert {column: history.values("psi", column).tolist() for column in columns} == {
            column: [rank] for rank, column in enumerate(columns)
        }
        assert [found.metric.column for found in store.verdicts(MONITOR, day(0))] == columns
        assert len(store.history(MONITOR, asof=LATER, column="a").points) == 1

    def test_monitors_whose_names_look_alike_stay_apart(self, store: MetricsStore) -> None:
        names = ["M", "m", "m ", "m" * 3_000]
        for rank, name in enumerate(names):
            store.save(report(0, verdict(value=rank), monitor=name))
        assert [store.history(name, asof=LATER).values("psi", "temp").tolist() for name in names] == [
            [0],
            [1],
            [2],
            [3],
        ]

    def test_characters_no_database_takes_come_back(self, store: MetricsStore) -> None:
        names = ["nul\x00", "half \ud83d", "\x1a0000", "bell\x07", "line\nbreak"]
        saved = report(
            0, *(verdict(column=name, slice=name, said=name) for name in names), facts={"\x00": "\udc80"}
        )
        store.save(saved)
        assert store.verdicts(MONITOR, day(0)) == list(saved.verdicts)
        assert store.facts(MONITOR, day(0)) == {"\x00": "\udc80"}

    def test_long_texts_and_large_profiles_come_back_whole(self, store: MetricsStore) -> None:
        words, content = "schön " * 50_000, bytes(range(256)) * 12_000
        store.save(report(0, verdict(said=words), facts={"schema": words}), profile=content)
        assert store.verdicts(MONITOR, day(0))[0].why == words
        assert store.facts(MONITOR, day(0)) == {"schema": words}
        assert store.profiles(MONITOR, asof=LATER, last=1) == [(day(0), content)]

    def test_moments_are_kept_in_utc_to_the_microsecond(self, store: MetricsStore) -> None:
        new_york = timezone(timedelta(hours=-5))
        window = Window(
            datetime(2013, 2, 8, 19, 0, 0, 1, tzinfo=new_york),
            datetime(2013, 2, 8, 20, 0, 0, 999_999, tzinfo=new_york),
        )
        began = datetime(2013, 2, 9, 3, 4, 5, 678_901, tzinfo=new_york)
        store.save(report(window=window, started=began))
        (run,) = store.runs()
        assert (run.window, run.started) == (window, began)
        assert run.window.start.utcoffset() == run.started.utcoffset() == timedelta(0)

    def test_an_empty_report_is_a_run(self, store: MetricsStore) -> None:
        empty = Report(monitor=MONITOR, model="m", window=day(0), verdicts=(), started=FIRST_DAY)
        store.save(empty)
        assert store.verdicts(MONITOR, day(0)) == []
        assert len(store.history(MONITOR, asof=LATER)) == 1

    def test_what_is_unknown_is_empty(self, store: MetricsStore) -> None:
        assert store.verdicts(MONITOR, day(0)) == []
        assert store.facts(MONITOR, day(0)) == {}
        assert store.annotations(MONITOR, day(0)) == []
        assert store.history(MONITOR, asof=LATER).runs == ()
        assert store.profiles(MONITOR, asof=LATER, last=9) == []
        assert store.runs() == []
        assert store.pinned("flight_delay") is None

    def test_many_threads_may_use_one_store(self, store: MetricsStore) -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: store.save(report(number % 6), profile=b"p"), range(24)))
            found = list(threads.map(lambda _: len(store.history(MONITOR, asof=LATER)), range(8)))
        assert found == [6] * 8


class TestSavingAgain:
    def test_the_same_run_again_replaces_everything_of_it(self, store: MetricsStore) -> None:
        store.save(
            report(0, verdict("ks"), verdict("psi", 0.5), facts={"schema": "old", "more": "x"}),
            profile=b"old",
        )
        again = report(0, verdict("psi", 0.7), verdict("js"), facts={"schema": "new"}, rows=7)
        store.save(again, profile=b"new")
        assert store.verdicts(MONITOR, day(0)) == list(again.verdicts)
        assert store.facts(MONITOR, day(0)) == {"schema": "new"}
        assert store.profiles(MONITOR, asof=LATER, last=9) == [(day(0), b"new")]
        assert [run.rows for run in store.runs()] == [7]
        assert store.history(MONITOR, asof=LATER).values("psi", "temp").tolist() == [0.7]
        assert store.history(MONITOR, asof=LATER).values("ks", "temp").tolist() == []

    def test_what_a_run_left_is_replaced_when_it_is_saved_again(self, store: MetricsStore) -> None:
        store.save(report(0, traces={"learned": b"old", "novelty": b"old"}))
        store.save(report(0, traces={"learned": b"new"}))
        history = store.history(MONITOR, asof=LATER, traces=["learned", "novelty"])
        assert history.traces == {"learned": {0: b"new"}}

    def test_a_profile_that_is_not_given_again_is_gone(self, store: MetricsStore) -> None:
        store.save(report(0), profile=b"of other rows")
        store.save(report(0))
        assert store.profiles(MONITOR, asof=LATER, last=9) == []

    def test_retries_clears_and_later_dag_runs_of_one_task_are_one_run(self, store: MetricsStore) -> None:
        store.save(report(0))
        for run_id, number in (("scheduled__2013-02-08", 2), ("manual__2013-03-01", 1), ("backfill__x", 3)):
            tags = Tags(dag_id="flights", task_id="skew", run_id=run_id, try_number=number)
            store.save(report(0, tags=tags))
            assert [run.tags for run in store.runs()] == [tags]

    def test_another_task_is_refused_and_told_whose_window_it_is(self, store: MetricsStore) -> None:
        store.save(report(0, verdict("ks", 0.25), rows=10), profile=b"mine")
        stranger = Tags(dag_id="hourly", task_id="watch", map_index=4, run_id="manual__2")
        with pytest.raises(WindowClaimed) as refused:
            store.save(report(0, verdict("ks", 0.75), tags=stranger, rows=99), profile=b"theirs")
        assert str(refused.value) == (
            "Monitor 'flight_delay/skew' already has its run for 2013-01-01, saved by task skew of DAG flights, "
            "run scheduled__2013-02-08 at 2013-03-01 06:30 UTC; now task watch[4] of DAG hourly claims it too. "
            "Two tasks need two monitors: give one of them another name with monitor='...'."
        )
        assert [(run.rows, run.tags) for run in store.runs()] == [(10, TASK)]
        assert store.verdicts(MONITOR, day(0)) == [verdict("ks", 0.25)]
        assert store.profiles(MONITOR, asof=LATER, last=1) == [(day(0), b"mine")]

    def test_mapped_tasks_need_a_monitor_each(self, store: MetricsStore) -> None:
        first, second = (Tags(dag_id="flights", task_id="skew", map_index=index) for index in (0, 1))
        store.save(report(0, tags=first, monitor="skew EWR"))
        store.save(report(0, tags=second, monitor="skew JFK"))
        with pytest.raises(
            WindowClaimed, match=r"saved by task skew\[0\] .* now task skew\[1\] of DAG flights"
        ):
            store.save(report(0, tags=second, monitor="skew EWR"))
        assert len(store.runs()) == 2

    def test_an_instance_whose_index_shifted_keeps_its_monitor_in_a_later_run(
        self, store: MetricsStore
    ) -> None:
        """The mapped list got a new first element, so that every instance counts one higher."""
        tags = [
            Tags(dag_id="flights", task_id="skew", map_index=index, run_id=f"manual__{index}")
            for index in (0, 1)
        ]
        store.save(report(0, tags=tags[0], rows=1))
        store.save(report(0, tags=tags[1], rows=2))
        assert [(run.rows, run.tags.map_index) for run in store.runs()] == [(2, 1)]

    def test_a_person_at_a_terminal_is_named_so(self, store: MetricsStore) -> None:
        store.save(report(0, tags=Tags()))
        with pytest.raises(
            WindowClaimed, match="saved by the command line at 2013-03-01 06:30 UTC; now task skew"
        ):
            store.save(report(0))

    def test_another_task_may_take_another_window_of_the_monitor(self, store: MetricsStore) -> None:
        store.save(report(0))
        store.save(report(1, tags=Tags(dag_id="hourly", task_id="watch")))
        assert len(store.runs()) == 2

    def test_a_warning_that_rests_on_no_history_may_become_history(self, store: MetricsStore) -> None:
        store.save(report(0, verdict(status=Status.WARN)))
        store.save(report(1, verdict(status=Status.WARN, lower=0.01)))
        assert [run.state for run in store.runs()] == [State.ALERT, State.CLEAN]

    def test_findings_make_an_alert_and_their_absence_a_clean_run(self, store: MetricsStore) -> None:
        states = []
        for status in (Status.WARN, Status.OK, Status.BROKEN, Status.LEARNING, Status.FAIL):
            store.save(report(0, verdict(status=status, upper=0.05)))
            states.append(store.runs()[0].state)
        assert states == [State.ALERT, State.CLEAN, State.ALERT, State.CLEAN, State.ALERT]

    def test_a_warning_that_no_history_stands_behind_keeps_no_run_from_training(
        self, store: MetricsStore
    ) -> None:
        store.save(report(0, verdict(status=Status.WARN)))
        assert [(run.status, run.state) for run in store.runs()] == [(Status.WARN, State.CLEAN)]

    def test_a_series_keeps_what_was_last_said_of_it(self, store: MetricsStore) -> None:
        store.save(report(0, verdict(scale="location", family="old", worse="both")))
        store.save(report(1, verdict(scale="share", family="missing", worse="up"), model="delay"))
        (earlier,) = store.verdicts(MONITOR, day(0))
        assert (earlier.metric.scale, earlier.metric.family, earlier.metric.worse) == (
            "share",
            "missing",
            "up",
        )
        assert [run.model for run in store.runs()] == ["delay", "delay"]


class TestReading:
    def test_history_never_holds_the_window_under_test_nor_a_later_one(self, store: MetricsStore) -> None:
        for number in (3, 0, 4, 2, 1):
            store.save(report(number))
        assert windows(store, day(3).start) == [day(0), day(1), day(2)]
        assert windows(store, day(0).start) == []

    def test_history_never_holds_a_window_that_overlaps_the_one_under_test(self, store: MetricsStore) -> None:
        hours = [
            Window(FIRST_DAY + timedelta(hours=hour), FIRST_DAY + timedelta(hours=hour + 24))
            for hour in range(30)
        ]
        for window in hours:
            store.save(report(window=window))
        assert windows(store, hours[27].start) == hours[:4]

    def test_history_gives_the_last_runs_oldest_first_with_their_points(self, store: MetricsStore) -> None:
        for number in (2, 0, 1, 3):
            status = Status.WARN if number == 2 else Status.OK
            store.save(report(number, verdict(value=number, status=status, lower=-1, upper=number + 1)))
        history = store.history(MONITOR, asof=LATER, last=3)
        assert [run.window for run in history.runs] == [day(1), day(2), day(3)]
        assert history.values("psi", "temp").tolist() == [1, 2, 3]
        assert history.values("psi", "temp", trains_only=True).tolist() == [1, 3]
        point = history.series("psi", "temp")[1]
        assert (point.run, point.value, point.status, point.lower, point.upper) == (
            history.runs[1],
            2,
            Status.WARN,
            -1,
            3,
        )

    def test_history_leaves_out_values_that_runs_do_not_have(self, store: MetricsStore) -> None:
        store.save(report(0, verdict("psi", 0.1)))
        store.save(report(1, verdict("ks", 0.2)))
        store.save(report(2, verdict("psi", None, why="all missing")))
        history = store.history(MONITOR, asof=LATER)
        assert len(history) == 3
        assert history.values("psi", "temp").tolist() == [0.1]
        assert [point.run.window for point in history.series("psi", "temp")] == [day(0), day(2)]

    def test_history_can_be_asked_for_one_metric_or_column(self, store: MetricsStore) -> None:
        seen = (
            verdict("ks"),
            verdict("psi"),
            verdict("psi", slice="origin=EWR"),
            verdict("rows", 9, column=None),
        )
        store.save(report(0, *seen))
        asked = store.history

        def keys(metric: str | None = None, column: str | None = None) -> set[tuple[str, str, str]]:
            return set(asked(MONITOR, asof=LATER, metric=metric, column=column).points)

        assert keys() == {found.metric.key for found in seen}
        assert keys("psi") == {("psi", "temp", ""), ("psi", "temp", "origin=EWR")}
        assert keys("ks", "temp") == {("ks", "temp", "")}
        assert keys(column="") == {("rows", "", "")}
        assert keys("mean") == set()
        assert len(asked(MONITOR, asof=LATER, metric="mean")) == 1

    def test_history_gives_what_runs_left_by_name_and_position(self, store: MetricsStore) -> None:
        content = bytes(range(256)) * 200
        for number in (3, 0, 2, 1):
            left = {"learned": content + b"%d" % number, "Learned": b"", "n\x00": b"x"} if number != 2 else {}
            store.save(report(number, traces=left))
        history = store.history(MONITOR, asof=day(3).end, last=3, traces=["learned", "n\x00", "unheard of"])
        assert history.traces == {
            "learned": {0: content + b"1", 2: content + b"3"},
            "n\x00": {0: b"x", 2: b"x"},
        }
        assert store.history(MONITOR, asof=LATER).traces == {}

    def test_history_without_points_has_runs_and_traces_alone(self, store: MetricsStore) -> None:
        store.save(report(0, traces={"learned": b"x"}))
        history = store.history(MONITOR, asof=LATER, points=False, traces=["learned"])
        assert (len(history), history.points, history.traces) == (1, {}, {"learned": {0: b"x"}})

    def test_history_is_of_one_monitor_alone(self, store: MetricsStore) -> None:
        store.save(report(0))
        store.save(report(0, verdict(value=9), monitor="another"))
        assert store.history(MONITOR, asof=LATER).values("psi", "temp").tolist() == [0]

    def test_a_moment_without_zone_is_utc(self, store: MetricsStore) -> None:
        store.save(report(0))
        naive = datetime(2013, 1, 2)
        assert windows(store, naive) == [day(0)]

    def test_runs_come_latest_first_and_can_be_narrowed(self, store: MetricsStore) -> None:
        for number in (1, 0, 2):
            store.save(report(number))
        store.save(report(1, monitor="fares", model="fare"))
        assert [run.window for run in store.runs(monitor=MONITOR)] == [day(2), day(1), day(0)]
        assert [run.monitor for run in store.runs(model="fare")] == ["fares"]
        assert [run.window for run in store.runs(model="flight_delay", last=1)] == [day(2)]
        assert [run.window for run in store.runs(asof=day(2).start, last=1)] == [day(1)]
        assert len(store.runs()) == 4
        assert store.runs(model="fare", monitor=MONITOR) == store.runs(last=0) == []


class TestMarking:
    @pytest.mark.parametrize("state", [State.BAD, State.ACCEPTED])
    def test_a_mark_outlives_the_next_save(self, store: MetricsStore, state: State) -> None:
        store.save(report(0, verdict(status=Status.FAIL)))
        store.mark(MONITOR, day(0), state, who="ana", note="sensor was off")
        store.save(report(0))
        assert [run.state for run in store.runs()] == [state]

    def test_a_mark_taken_back_lets_findings_decide_again(self, store: MetricsStore) -> None:
        store.save(report(0, verdict(status=Status.FAIL)))
        store.mark(MONITOR, day(0), State.ACCEPTED, who="ana")
        store.mark(MONITOR, day(0), State.CLEAN, who="ana")
        store.save(report(0, verdict(status=Status.FAIL)))
        assert [run.state for run in store.runs()] == [State.ALERT]

    def test_who_marked_a_run_when_and_why_is_kept(self, store: MetricsStore) -> None:
        before = datetime.now(UTC)
        store.save(report(0, verdict(status=Status.FAIL)))
        store.mark(MONITOR, day(0), State.BAD, who="ana", note="sensor was off")
        store.mark(MONITOR, day(0), State.ACCEPTED, who="bo")
        store.save(report(0))
        first, second = store.annotations(MONITOR, day(0))
        assert (first.who, first.note, first.before, first.after) == (
            "ana",
            "sensor was off",
            State.ALERT,
            State.BAD,
        )
        assert (second.who, second.note, second.before, second.after) == ("bo", "", State.BAD, State.ACCEPTED)
        assert before <= first.made_at <= second.made_at <= datetime.now(UTC)

    def test_a_run_that_does_not_exist_cannot_be_marked(self, store: MetricsStore) -> None:
        said = "Monitor 'flight_delay/skew' has no run for 2013-01-01; `mlmonitor runs`"
        with pytest.raises(StoreError, match=said):
            store.mark(MONITOR, day(0), State.BAD, who="ana")
        store.save(report(1))
        with pytest.raises(StoreError, match=said):
            store.mark(MONITOR, day(0), State.BAD, who="ana")


class TestProfiles:
    def test_a_pin_comes_back_and_the_latest_one_by_default(self, store: MetricsStore) -> None:
        before = datetime.now(UTC)
        store.pin("flight_delay", "v2", b"two", rows=20, label="training data")
        store.pin("flight_delay", "v1", b"one", rows=10)
        store.pin("fare", "v9", b"nine", rows=90)
        second, latest = store.pinned("flight_delay", "v2"), store.pinned("flight_delay")
        assert second is not None
        assert latest is not None
        assert (second.model, second.version, second.profile) == ("flight_delay", "v2", b"two")
        assert (second.rows, second.label) == (20, "training data")
        assert before <= second.pinned_at <= latest.pinned_at <= datetime.now(UTC)
        assert latest.version == "v1"
        assert store.pinned("flight_delay", "V2") is None

    def test_pinning_a_version_again_replaces_it_and_its_days_and_makes_it_the_latest(
        self, store: MetricsStore
    ) -> None:
        store.pin("m", "v1", b"old", rows=1, days={day(0): b"0", day(1): b"1"})
        store.pin("m", "v2", b"two", rows=2, days={day(0): b"two"})
        store.pin("m", "v1", b"new", rows=3, label="again", days={day(1): b"new 1", day(2): b"new 2"})
        pin = store.pinned("m")
        assert pin is not None
        assert (pin.version, pin.profile, pin.rows, pin.label) == ("v1", b"new", 3, "again")
        assert store.profiles("m@v1", asof=LATER, last=9) == [(day(1), b"new 1"), (day(2), b"new 2")]
        assert store.profiles("m@v2", asof=LATER, last=9) == [(day(0), b"two")]
        store.pin("m", "v1", b"new", rows=3)
        assert store.profiles("m@v1", asof=LATER, last=9) == []

    def test_profiles_come_oldest_first_as_of_a_moment(self, store: MetricsStore) -> None:
        for number in (2, 0, 3, 1):
            store.keep("training", day(number), b"%d" % number)
        store.keep("training", Window(day(0).start, day(9).end), b"overlaps")
        store.keep("Training", day(0), b"another label")
        assert store.profiles("training", asof=day(3).start, last=2) == [(day(1), b"1"), (day(2), b"2")]
        assert store.profiles("training", asof=day(0).start, last=9) == []
        assert store.profiles("training", asof=LATER, last=0) == []

    def test_a_profile_kept_again_replaces_that_of_the_same_window(self, store: MetricsStore) -> None:
        store.keep("training", day(0), b"old")
        store.keep("training", day(0), b"")
        assert store.profiles("training", asof=LATER, last=9) == [(day(0), b"")]

    def test_profiles_can_be_asked_for_by_their_windows(self, store: MetricsStore) -> None:
        for number in range(15):
            store.keep("training", day(number), b"%d" % number)
        wanted = [day(1), day(8), day(20)]
        assert store.profiles("training", asof=LATER, last=9, windows=wanted) == [
            (day(1), b"1"),
            (day(8), b"8"),
        ]
        assert store.profiles("training", asof=LATER, last=1, windows=wanted) == [(day(8), b"8")]
        assert store.profiles("training", asof=LATER, last=9, windows=[]) == []

    def test_profiles_of_runs_that_do_not_train_are_left_out(self, store: MetricsStore) -> None:
        for number in range(4):
            store.save(
                report(number, verdict(status=Status.FAIL if number in (1, 2) else Status.OK)), profile=b"p"
            )
        store.mark(MONITOR, day(2), State.ACCEPTED, who="ana")
        store.mark(MONITOR, day(3), State.BAD, who="ana")
        found = store.profiles(MONITOR, asof=LATER, last=9)
        assert [window for window, _ in found] == [day(0), day(2)]
