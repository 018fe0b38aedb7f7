"""Old numbers may be removed; what judges, pages and people still need stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store import MemoryStore, MetricsStore, SqlStore, State, open_store, pruning, retention
from airflow_mlmonitor.store import memory_store as in_memory
from airflow_mlmonitor.store.announcing import Announcement, announce, announcements
from airflow_mlmonitor.store.retention import Pruned
from tests.store.making import day, report, verdict

MONITOR = "flight_delay/skew"
OTHER = "fare/drift"
LATER = datetime(2016, 1, 1, tzinfo=UTC)
KEPT = 3
"""Newest runs of each monitor that stay whole in these tests, so that few runs are needed."""


@pytest.fixture(autouse=True)
def keeping_few(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pruning, in_memory):
        monkeypatch.setattr(module, "KEPT", KEPT)


def full(
    number: int, monitor: str = MONITOR, *, window: Window | None = None, alerts: bool = False
) -> Report:
    """A run that leaves something of everything."""
    found = verdict("null_share", 0.5, column="dewp", status=Status.FAIL if alerts else Status.OK)
    model = monitor.partition("/")[0]
    return report(
        number,
        verdict(value=number / 10),
        found,
        monitor=monitor,
        model=model,
        window=window,
        facts={"schema": "{}"},
        traces={"learned": b"scores", "novelty": b"hashes"},
    )


def fill(store: MetricsStore, days: Sequence[int], monitor: str = MONITOR) -> None:
    for number in days:
        store.save(full(number, monitor), profile=b"a profile")


@contextmanager
def meanwhile(statement: str, work: Callable[[], object]) -> Iterator[None]:
    """Let another thread do something just before this one's first such statement, for half a second or until it waits."""
    other = Thread(target=work)
    this = current_thread()

    def begin(_connection: Connection, _cursor: Any, said: str, *_more: Any) -> None:
        if said.startswith(statement) and current_thread() is this and not other.ident:
            other.start()
            other.join(0.5)

    event.listen(Engine, "before_cursor_execute", begin)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", begin)
        other.join()


def whole(store: MetricsStore, monitor: str = MONITOR) -> list[int]:
    """The days whose numbers are all there; none may be there in part."""
    found = []
    for run in reversed(store.runs(monitor=monitor, last=999)):
        number = (run.window.start - day(0).start).days
        history = store.history(monitor, asof=run.window.end, last=1, traces=["learned", "novelty"])
        left = sorted(history.traces)
        has = bool(store.verdicts(monitor, run.window)), left == ["learned", "novelty"], bool(history.points)
        has = *has, store.profile(monitor, run.window) == b"a profile"
        assert has in {(True,) * 4, (False,) * 4}
        assert has[0] or left == []
        found += [number] if has[0] else []
    return found


def facts_but_that_of_pruning(store: MetricsStore, number: int) -> dict[str, str]:
    facts = store.facts(MONITOR, day(number))
    facts.pop(retention.PRUNED, None)
    return facts


class TestWhatGoes:
    def test_numbers_of_runs_that_ended_by_then_are_removed_and_counted(self, store: MetricsStore) -> None:
        fill(store, range(8))
        assert store.prune(before=day(2).end) == Pruned(runs=3, metrics=6, traces=6, profiles=3)
        assert whole(store) == [3, 4, 5, 6, 7]

    def test_the_newest_runs_of_each_monitor_stay_whole_however_old(self, store: MetricsStore) -> None:
        fill(store, range(8))
        fill(store, range(100, 105), OTHER)
        assert store.prune(before=LATER).runs == 7
        assert whole(store) == [5, 6, 7]
        assert whole(store, OTHER) == [102, 103, 104]

    def test_a_monitor_with_few_runs_keeps_all_of_them(self, store: MetricsStore) -> None:
        fill(store, range(KEPT))
        assert store.prune(before=LATER) == Pruned()
        assert whole(store) == [0, 1, 2]

    def test_newest_is_meant_by_window_not_by_when_it_was_saved(self, store: MetricsStore) -> None:
        fill(store, [5, 1, 4, 0, 3, 2])
        store.prune(before=LATER)
        assert whole(store) == [3, 4, 5]

    def test_of_windows_that_begin_together_the_shorter_ones_are_older(self, store: MetricsStore) -> None:
        start = day(0).start
        windows = [Window(start, start + timedelta(hours=hours)) for hours in (3, 1, 5, 2, 4)]
        for window in windows:
            store.save(full(0, window=window))
        assert store.prune(before=LATER).runs == 2
        left = [window for window in sorted(windows) if store.verdicts(MONITOR, window)]
        assert [(window.end - start) / timedelta(hours=1) for window in left] == [3, 4, 5]

    def test_a_second_time_there_is_nothing_to_do(self, store: MetricsStore) -> None:
        fill(store, range(8))
        assert store.prune(before=LATER).runs == 5
        assert store.prune(before=LATER) == Pruned()

    def test_a_run_remembers_when_its_numbers_were_removed(self, store: MetricsStore) -> None:
        fill(store, range(8))
        begun = datetime.now(UTC).replace(microsecond=0)
        store.prune(before=LATER)
        said = [store.facts(MONITOR, day(number)).get(retention.PRUNED) for number in range(8)]
        assert said[5:] == [None] * 3
        for moment in said[:5]:
            assert moment is not None
            assert begun <= datetime.fromisoformat(json.loads(moment)) <= datetime.now(UTC)
        fill(store, [1])
        assert retention.PRUNED not in store.facts(MONITOR, day(1))

    def test_a_run_that_left_only_a_profile_counts(self, store: MetricsStore) -> None:
        fill(store, range(8))
        store.prune(before=LATER)
        store.keep(MONITOR, day(1), b"once more")
        assert store.prune(before=LATER) == Pruned(runs=1, profiles=1)

    def test_nothing_but_words_comes_of_a_dry_run(self, store: MetricsStore) -> None:
        fill(store, range(8))
        store.keep("training", day(0), b"kept under a name")
        planned = store.prune(before=LATER, dry_run=True)
        assert whole(store) == list(range(8))
        assert planned == store.prune(before=LATER)

    def test_a_moment_without_a_zone_is_utc(self, store: MetricsStore) -> None:
        fill(store, range(8))
        assert store.prune(before=datetime(2013, 1, 3)).runs == 2

    def test_profiles_under_other_names_go_by_their_windows(self, store: MetricsStore) -> None:
        for number in range(8):
            store.keep("features", day(number), b"x")
            store.keep("few" if number < KEPT else "labels", day(number), b"x")
        assert store.prune(before=day(3).end) == Pruned(profiles=4 + 1)
        left = {
            label: [window for window, _ in store.profiles(label, asof=LATER, last=99)]
            for label in ("features", "few", "labels")
        }
        assert left["features"] == [day(number) for number in range(4, 8)]
        assert left["few"] == [day(number) for number in range(KEPT)]
        assert left["labels"] == [day(number) for number in range(4, 8)]

    def test_it_tells_how_far_it_is(self, store: MetricsStore) -> None:
        fill(store, range(8))
        told: list[Pruned] = []
        done = store.prune(before=LATER, tell=told.append)
        assert told[-1] == done


class TestWhatStays:
    def test_the_run_its_facts_its_alert_its_incident_and_what_was_said_of_it(
        self, store: MetricsStore
    ) -> None:
        fill(store, range(1, 8))
        store.save(full(0, alerts=True), profile=b"a profile")
        store.mark(MONITOR, day(2), State.BAD, who="ana", note="late feed")
        (number,) = [one.id for one in store.incidents()]
        store.accept(number, who="ben")
        before = self._remembered(store, number)
        assert store.prune(before=LATER).runs == 5
        assert whole(store) == [5, 6, 7]
        assert self._remembered(store, number) == before
        assert before[0][-1].state is State.ACCEPTED

    def _remembered(self, store: MetricsStore, number: int) -> tuple[Any, ...]:
        return (
            store.runs(last=99),
            [facts_but_that_of_pruning(store, number) for number in range(8)],
            store.alerts(MONITOR),
            store.incidents(last=99),
            store.incident(number),
            [store.annotations(MONITOR, day(one)) for one in range(8)],
            store.history(MONITOR, asof=LATER, points=False).accepted,
            store.series(MONITOR),
            store.monitors(),
        )

    def test_pinned_baselines_and_the_days_of_their_training_data(self, store: MetricsStore) -> None:
        days = {day(number): b"a day" for number in range(8)}
        for version in ("v1", "v2"):
            store.pin("flight_delay", version, b"all", rows=9, days=days)
        fill(store, range(8))
        assert store.prune(before=LATER).profiles == 5
        for version in ("v1", "v2"):
            pin = store.pinned("flight_delay", version)
            assert pin is not None
            assert pin.profile == b"all"
            assert len(store.profiles(pin.days_label, asof=LATER, last=99)) == 8

    def test_announcements(self, store: MetricsStore) -> None:
        said = Announcement(dependency="weather", window=day(0), who="ana", note="")
        announce(store, "flight_delay", said)
        store.prune(before=LATER)
        assert announcements(store, "flight_delay") == [said]

    def test_what_a_judge_reads_of_the_newest_runs(self, store: MetricsStore) -> None:
        fill(store, range(8))
        asked: dict[str, Any] = {"asof": LATER, "last": KEPT, "traces": ["learned", "novelty"]}
        before = store.history(MONITOR, **asked)
        store.prune(before=LATER)
        assert store.history(MONITOR, **asked) == before

    def test_a_longer_history_has_old_runs_without_points(self, store: MetricsStore) -> None:
        fill(store, range(8))
        store.prune(before=LATER)
        history = store.history(MONITOR, asof=LATER)
        assert len(history) == 8
        assert len(history.series("psi", "temp")) == KEPT
        assert store.status_counts(MONITOR, day(0)) == {}

    def test_an_old_run_that_is_saved_again_is_whole_again(self, store: MetricsStore) -> None:
        fill(store, range(8))
        store.prune(before=LATER)
        fill(store, [1])
        assert whole(store) == [1, 5, 6, 7]


def test_what_is_kept_by_itself_is_more_than_judges_and_baselines_look_at() -> None:
    from airflow_mlmonitor.monitor import HISTORY
    from airflow_mlmonitor.store.shelf import LOOKED_BACK

    assert max(HISTORY, LOOKED_BACK) + 28 <= retention.KEPT, (
        "a backfill of four weeks is judged as it should be"
    )


class TestTransactions:
    def test_each_is_small_and_holds_whole_runs(
        self, sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pruning, "METRICS_A_TRANSACTION", 5)
        monkeypatch.setattr(pruning, "PAGE", 4)
        fill(sql_store, range(12))
        told: list[Pruned] = []
        assert sql_store.prune(before=LATER, tell=told.append).runs == 9
        assert [one.runs for one in told] == [2, 4, 6, 8, 9], "runs have two metrics each"
        assert whole(sql_store) == [9, 10, 11]

    def test_what_was_done_before_it_was_interrupted_stays_done(
        self, sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pruning, "RUNS_A_TRANSACTION", 2)
        fill(sql_store, range(10))

        def interrupt(_done: Pruned) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sql_store.prune(before=LATER, tell=interrupt)
        assert whole(sql_store) == list(range(2, 10))
        assert sql_store.prune(before=LATER).runs == 5

    def test_a_run_that_is_saved_while_it_is_pruned_is_whole(self, sql_store: SqlStore) -> None:
        fill(sql_store, range(8))
        with meanwhile("DELETE FROM mlmonitor_trace", lambda: fill(sql_store, [0])):
            sql_store.prune(before=LATER)
        assert whole(sql_store) == [0, 5, 6, 7]

    def test_a_run_that_is_pruned_while_it_is_saved_is_not_left_in_part(self, sql_store: SqlStore) -> None:
        fill(sql_store, range(8))
        with meanwhile("INSERT INTO mlmonitor_trace", lambda: sql_store.prune(before=LATER)):
            fill(sql_store, [0])
        assert whole(sql_store) == [5, 6, 7]

    def test_others_write_while_it_goes_on(
        self, sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pruning, "RUNS_A_TRANSACTION", 1)
        fill(sql_store, range(30))
        fill(sql_store, range(30), OTHER)
        going, over = Event(), Event()
        written: list[int] = []

        def write() -> None:
            going.wait()
            for number in range(100, 140):
                if over.is_set():
                    break
                fill(sql_store, [number])
                written.append(number)

        writer = Thread(target=write)
        writer.start()
        done = sql_store.prune(before=day(50).start, tell=lambda _done: going.set())
        over.set()
        writer.join()
        assert written, "nobody else was let in"
        assert done.runs >= 54
        assert whole(sql_store)[-len(written) :] == written
        assert whole(sql_store, OTHER) == [27, 28, 29]

    def test_a_store_opened_for_reading_only_tells_but_removes_nothing(self, database: str) -> None:
        store = open_store(database)
        store.upgrade()
        fill(store, range(8))
        store.dispose()
        reader = open_store(database, read_only=True)
        assert reader.prune(before=LATER, dry_run=True).runs == 5
        with pytest.raises(StoreError, match="opened for reading only"):
            reader.prune(before=LATER)
        assert whole(reader) == list(range(8))
        reader.dispose()


def test_memory_keeps_what_it_counts() -> None:
    store = MemoryStore()
    fill(store, range(8))
    assert store.prune(before=LATER) == Pruned(runs=5, metrics=10, traces=10, profiles=5)
