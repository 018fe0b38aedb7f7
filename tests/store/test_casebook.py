"""What every metrics store promises of incidents, asked of each of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from airflow_mlmonitor.errors import ConfigurationError, StoreError
from airflow_mlmonitor.judging.incident import UNRESOLVED, Happening, IncidentState, Notice
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import MetricsStore, SqlStore, State
from tests.store.making import day, report, verdict

MONITOR = "flight_delay/skew"
LATER = datetime(2014, 1, 1, tzinfo=UTC)
Deed = Callable[[MetricsStore], object]


def alerting(number: int, *columns: str, severity: float = 2.0, **more: object) -> object:
    found = [
        verdict(
            "null_share",
            0.3,
            column,
            family="missing",
            status=Status.FAIL,
            upper=0.01,
            severity=severity,
            said=f"missing in 30% of {number} rows; expected 0-1%",
        )
        for column in columns or ("temp",)
    ]
    return report(number, *found, **more)  # type: ignore[arg-type]


def live(store: MetricsStore, days: str, first: int = 0) -> list[tuple[int, str, int]]:
    """Save a run a day, an x for one that alerts; return what was told, by day and incident."""
    told = []
    for number, found in enumerate(days, first):
        notices = store.save(alerting(number) if found == "x" else report(number))  # type: ignore[arg-type]
        told += [(number, one.what.value, one.incident.id) for one in notices if one.is_news]
    return told


def states(store: MetricsStore) -> list[State]:
    return [run.state for run in reversed(store.runs(monitor=MONITOR, last=99))]


class TestSaving:
    def test_a_drift_of_fourteen_days_is_one_incident_and_few_notices(self, store: MetricsStore) -> None:
        told = live(store, "..xxxxxxxxxxxxxx..")
        (incident,) = store.incidents()
        assert told == [
            (2, "opened", incident.id),
            (9, "reminded", incident.id),
            (17, "resolved", incident.id),
        ]
        assert incident == store.incident(incident.id)
        assert (incident.monitor, incident.model) == (MONITOR, "flight_delay")
        assert incident.title == "temp: missing in 30% of 2 rows"
        assert (incident.opened, incident.last, incident.resolved) == (day(2), day(15), day(17))
        assert (incident.runs, incident.windows) == (14, tuple(day(number) for number in range(2, 16)))
        assert (incident.status, incident.severity) == (Status.FAIL, 2.0)
        assert (incident.groups, incident.columns) == ((("temp", "missing"),), ["temp"])
        assert incident.state is IncidentState.RESOLVED
        assert [(event.what.value, event.window, event.who) for event in incident.events] == [
            ("opened", day(2), ""),
            ("reminded", day(9), ""),
            ("resolved", day(17), ""),
        ]

    def test_many_columns_of_one_run_are_one_incident(self, store: MetricsStore) -> None:
        columns = ("temp", "dewp", "nul\x00", "ü" * 400)
        (notice,) = store.save(alerting(0, *columns))  # type: ignore[arg-type]
        assert notice == Notice(what=Happening.OPENED, incident=store.incidents()[0], is_news=True)
        assert notice.incident.columns == list(columns)

    def test_a_run_saved_again_is_no_news_and_no_second_incident(self, store: MetricsStore) -> None:
        live(store, ".xx..")
        before = store.incidents()
        for number in (1, 2):
            notices = store.save(alerting(number))  # type: ignore[arg-type]
            assert [(notice.what, notice.is_news) for notice in notices] == [(Happening.CONTINUED, False)]
        assert store.save(report(4)) == []
        assert store.incidents() == before

    def test_a_run_that_is_clean_now_is_over(self, store: MetricsStore) -> None:
        live(store, ".x")
        (notice,) = store.save(report(1))
        assert (notice.what, notice.is_news) == (Happening.RESOLVED, True)
        (incident,) = store.incidents()
        assert (incident.runs, incident.opened, incident.resolved) == (0, day(1), day(1))

    @pytest.mark.parametrize(
        "order", [(4, 3, 2, 1, 0, 5, 6), (6, 0, 5, 1, 4, 2, 3), (3, 6, 1, 3, 0, 2, 4, 5)]
    )
    def test_the_order_of_a_backfill_leaves_no_trace(
        self, store: MetricsStore, order: tuple[int, ...]
    ) -> None:
        for number in order:
            live(store, ".xxx.x."[number], number)
        (incident,) = [one for one in store.incidents() if one.runs]
        assert incident.windows == (day(1), day(2), day(3), day(5))
        assert incident.opened == day(1)
        assert incident.state is IncidentState.OPEN

    def test_a_backfill_of_an_old_window_leaves_a_newer_incident_open(self, store: MetricsStore) -> None:
        live(store, "..")
        live(store, "xx", 9)
        (newer,) = store.incidents()
        live(store, "x....", 2)
        assert store.incident(newer.id).windows == newer.windows
        assert store.incident(newer.id).state is IncidentState.OPEN

    def test_monitors_have_incidents_of_their_own(self, store: MetricsStore) -> None:
        live(store, "x")
        store.save(alerting(1, monitor="fares", model="fare"))  # type: ignore[arg-type]
        assert [one.monitor for one in store.incidents()] == ["fares", MONITOR]
        assert [one.monitor for one in store.incidents(monitor=MONITOR)] == [MONITOR]
        assert [one.monitor for one in store.incidents(model="fare")] == ["fares"]
        assert store.incidents(model="fare", monitor=MONITOR) == []

    def test_two_that_save_at_once_open_one_incident(self, store: MetricsStore) -> None:
        store.save(report(0))
        with ThreadPoolExecutor(6) as threads:
            saved = list(threads.map(lambda number: store.save(alerting(number)), range(1, 7)))  # type: ignore[arg-type]
        found = [one for one in store.incidents() if one.runs]
        assert [one.windows for one in found] == [tuple(day(number) for number in range(1, 7))]
        assert [notice.what for notices in saved for notice in notices].count(Happening.OPENED) == 1


class TestReading:
    def test_incidents_come_latest_first_and_by_state(self, store: MetricsStore) -> None:
        live(store, "x.....x.....x")
        oldest, middle, latest = sorted(one.id for one in store.incidents())
        assert [one.id for one in store.incidents(last=2)] == [latest, middle]
        assert [one.id for one in store.incidents(state=UNRESOLVED)] == [latest]
        assert [one.id for one in store.incidents(state={IncidentState.RESOLVED}, last=1)] == [middle]
        assert store.incidents(last=0) == []
        store.accept(oldest, who="ana")
        assert [one.id for one in store.incidents(state={IncidentState.ACCEPTED})] == [oldest]

    def test_a_model_that_is_renamed_takes_its_incidents_along(self, store: MetricsStore) -> None:
        live(store, "x....")
        store.save(report(5, model="delay"))
        assert [one.model for one in store.incidents(model="delay")] == ["delay"]

    def test_an_incident_that_does_not_exist_is_named(self, store: MetricsStore) -> None:
        deeds: list[Deed] = [
            lambda store: store.incident(7),
            lambda store: store.acknowledge(7, who="ana"),
            lambda store: store.undo(7, who="ana"),
        ]
        for deed in deeds:
            with pytest.raises(StoreError, match="no incident 7; `mlmonitor incidents --all` lists"):
                deed(store)


class TestDeciding:
    def test_what_is_acknowledged_is_not_reminded_of(self, store: MetricsStore) -> None:
        live(store, "x")
        before = datetime.now(UTC)
        incident = store.acknowledge(store.incidents()[0].id, who="ana", note="join is late")
        assert live(store, "x" * 9 + "..", 1) == [(11, "resolved", incident.id)]
        assert incident.state is IncidentState.ACKNOWLEDGED
        (said,) = incident.decided
        assert (said.who, said.note, said.window) == ("ana", "join is late", day(0))
        assert before <= said.made_at <= datetime.now(UTC)

    def test_what_is_snoozed_is_told_of_when_it_gets_worse(self, store: MetricsStore) -> None:
        live(store, "x")
        number = store.incidents()[0].id
        incident = store.snooze(number, until=day(30).end, unless_worse=True, who="bo")
        assert (incident.state, incident.decided[0].until) == (IncidentState.SNOOZED, day(30).end)
        assert live(store, "x" * 9, 1) == []
        (notice,) = store.save(alerting(10, severity=4.0))  # type: ignore[arg-type]
        assert (notice.what, notice.is_news) == (Happening.ESCALATED, True)
        assert store.incident(number).state is IncidentState.OPEN

    def test_a_snooze_needs_an_end(self, store: MetricsStore) -> None:
        with pytest.raises(ConfigurationError, match="A snooze needs an end"):
            store.snooze(1, who="ana")

    def test_notes_change_nothing(self, store: MetricsStore) -> None:
        live(store, "x")
        number = store.incidents()[0].id
        store.note(number, "looking 🛫", who="ana")
        incident = store.note(number, "found", who="ana")
        assert [event.note for event in incident.events] == ["", "looking 🛫", "found"]
        assert incident.state is IncidentState.OPEN

    def test_what_is_over_cannot_be_acknowledged_or_snoozed(self, store: MetricsStore) -> None:
        live(store, "x..")
        number = store.incidents()[0].id
        with pytest.raises(
            StoreError, match=f"Incident {number} of .* is over since 2013-01-03; .* acknowledge"
        ):
            store.acknowledge(number, who="ana")
        with pytest.raises(StoreError, match="nothing to snooze"):
            store.snooze(number, unless_worse=True, who="ana")
        with pytest.raises(StoreError, match="no decision that could be undone"):
            store.undo(number, who="ana")
        assert len(store.incident(number).events) == 2


class TestAccepting:
    def test_its_runs_train_and_its_groups_are_normal_from_its_first_run_on(
        self, store: MetricsStore
    ) -> None:
        live(store, "..x")
        store.save(alerting(3, "temp", "dewp"))  # type: ignore[arg-type]
        incident = store.accept(store.incidents()[0].id, who="ana", note="new sensor")
        assert incident.state is IncidentState.ACCEPTED
        assert incident.resolved == day(3)
        assert states(store) == [State.CLEAN, State.CLEAN, State.ACCEPTED, State.ACCEPTED]
        (said,) = store.annotations(MONITOR, day(3))
        assert (said.who, said.note, said.before) == ("ana", "new sensor", State.ALERT)
        since = dict.fromkeys([("temp", "missing"), ("dewp", "missing")], day(2).start)
        assert store.history(MONITOR, asof=LATER).accepted == since
        assert store.history(MONITOR, asof=day(3).start).accepted == since
        assert store.history(MONITOR, asof=day(2).start).accepted == {}

    def test_the_problem_after_it_is_another_incident(self, store: MetricsStore) -> None:
        live(store, "xx")
        accepted = store.accept(store.incidents()[0].id, who="ana")
        ((_, what, number),) = live(store, "x", 2)
        assert what == "opened"
        assert number != accepted.id

    def test_its_runs_saved_again_stay_accepted_and_its_own(self, store: MetricsStore) -> None:
        live(store, "xx")
        accepted = store.accept(store.incidents()[0].id, who="ana")
        live(store, "xx")
        assert states(store) == [State.ACCEPTED, State.ACCEPTED]
        assert store.incidents() == [accepted]

    def test_undone_everything_is_as_before(self, store: MetricsStore) -> None:
        live(store, ".xx")
        before = store.incidents()[0]
        store.accept(before.id, who="ana")
        after = store.undo(before.id, who="bo", note="it was the join")
        assert (after.state, after.resolved, after.windows) == (IncidentState.OPEN, None, before.windows)
        assert states(store) == [State.CLEAN, State.ALERT, State.ALERT]
        assert store.history(MONITOR, asof=LATER).accepted == {}
        assert [note.who for note in store.annotations(MONITOR, day(1))] == ["ana", "bo"]
        assert live(store, "x", 3) == []

    def test_a_run_whose_state_changed_since_keeps_it(self, store: MetricsStore) -> None:
        live(store, "xx")
        number = store.incidents()[0].id
        store.accept(number, who="ana")
        store.mark(MONITOR, day(1), State.BAD, who="bo")
        store.undo(number, who="ana")
        assert states(store) == [State.ALERT, State.BAD]

    def test_twice_is_refused(self, store: MetricsStore) -> None:
        live(store, "x")
        number = store.incidents()[0].id
        store.accept(number, who="ana")
        with pytest.raises(StoreError, match="accepted already"):
            store.accept(number, who="ana")

    def test_one_run_can_be_accepted_alone(self, store: MetricsStore) -> None:
        live(store, "xxx")
        store.mark(MONITOR, day(1), State.ACCEPTED, who="ana")
        store.mark(MONITOR, day(2), State.ACCEPTED, who="ana")
        assert store.history(MONITOR, asof=LATER).accepted == {("temp", "missing"): day(1).start}
        store.mark(MONITOR, day(1), State.BAD, who="ana")
        assert store.history(MONITOR, asof=LATER).accepted == {}
        assert store.incidents()[0].state is IncidentState.OPEN

    def test_the_later_of_two_new_normals_holds(self, store: MetricsStore) -> None:
        live(store, "x....x")
        for incident in store.incidents():
            store.accept(incident.id, who="ana")
        assert store.history(MONITOR, asof=LATER).accepted == {("temp", "missing"): day(5).start}
        assert store.history(MONITOR, asof=day(5).start).accepted == {("temp", "missing"): day(0).start}


class TestMarkingBad:
    def test_its_runs_never_train_and_it_stays_open(self, store: MetricsStore) -> None:
        live(store, ".xx")
        incident = store.mark_bad(store.incidents()[0].id, who="ana", note="upstream outage")
        assert states(store) == [State.CLEAN, State.BAD, State.BAD]
        assert incident.state is IncidentState.ACKNOWLEDGED
        assert live(store, "x..", 3) == [(5, "resolved", incident.id)]

    def test_what_is_over_can_still_be_marked_and_that_be_undone(self, store: MetricsStore) -> None:
        live(store, "x....")
        number = store.incidents()[0].id
        store.mark_bad(number, who="ana")
        assert states(store)[0] is State.BAD
        store.undo(number, who="ana")
        assert states(store)[0] is State.ALERT

    def test_an_incident_without_runs_has_none_to_mark(self, store: MetricsStore) -> None:
        live(store, "x")
        store.save(report(0))
        with pytest.raises(StoreError, match="has no runs any more"):
            store.mark_bad(store.incidents()[0].id, who="ana")


def test_an_incident_and_its_run_are_saved_together_or_not_at_all(
    sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow_mlmonitor.store import tracking

    def stumble(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError("half-way")

    with monkeypatch.context() as patched:
        patched.setattr(tracking, "_record", stumble)
        with pytest.raises(ZeroDivisionError):
            live(sql_store, "x")
    assert sql_store.runs() == []
    assert sql_store.incidents() == []
