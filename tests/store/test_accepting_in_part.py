"""A person accepts some of what an incident found, and the incident goes on with the rest: asked of every store."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.incident import KEPT, Event, Happening, Incident, IncidentState
from airflow_mlmonitor.store import MetricsStore, State
from tests.store.making import day, report
from tests.store.test_casebook import LATER, MONITOR, alerting, live, states

TEMP, DEWP, FARE = ("temp", "missing"), ("dewp", "missing"), ("fare", "missing")


def found(store: MetricsStore, number: int, *columns: str, **more: Any) -> list[tuple[str, int]]:
    """Save a run that finds these columns; return what was told."""
    notices = store.save(alerting(number, *columns, **more))  # type: ignore[arg-type]
    return [(one.what.value, one.incident.id) for one in notices if one.is_news]


@pytest.fixture
def incident(store: MetricsStore) -> Incident:
    """Two columns over three runs, the second from its second run on."""
    live(store, "..")
    found(store, 2, "temp")
    found(store, 3, "temp", "dewp")
    found(store, 4, "temp", "dewp")
    (incident,) = store.incidents()
    return incident


def parts(store: MetricsStore, **asked: Any) -> dict[tuple[str, str], set[Any]]:
    history = store.history(MONITOR, **{"asof": LATER, **asked})
    return {group: set(windows) for group, windows in history.accepted_in_part.items()}


class TestAcceptingInPart:
    def test_it_goes_on_with_the_others_and_its_runs_stay_what_they_are(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        after = store.accept(incident.id, who="ana", note="new sensor", groups=[TEMP])
        assert (after.state, after.resolved, after.windows) == (IncidentState.OPEN, None, incident.windows)
        assert (after.groups, after.accepted_groups) == ((DEWP,), [TEMP])
        assert (after.severity, after.status, after.title) == (
            incident.severity,
            incident.status,
            incident.title,
        )
        assert states(store) == [State.CLEAN, State.CLEAN, *[State.ALERT] * 3]
        (said,) = after.decided
        assert said == Event(
            what=Happening.ACCEPTED_IN_PART,
            window=day(4),
            made_at=said.made_at,
            who="ana",
            note="new sensor",
            groups=(TEMP,),
        )
        assert store.incidents() == [after]
        assert store.annotations(MONITOR, day(3)) == []

    def test_the_group_is_normal_from_the_first_run_on_and_of_these_runs_it_trains(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[DEWP])
        found(store, 5, "temp")
        history = store.history(MONITOR, asof=LATER)
        assert history.accepted == {DEWP: day(2).start}
        assert parts(store) == {DEWP: {day(2), day(3), day(4)}}
        assert parts(store, asof=day(3).end, points=False) == {DEWP: {day(2), day(3)}}
        assert parts(store, last=2, series=[]) == {DEWP: {day(4)}}
        assert store.history(MONITOR, asof=day(2).start).accepted == {}

    def test_a_run_that_finds_the_others_belongs_to_it(self, store: MetricsStore, incident: Incident) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        assert found(store, 5, "dewp") == []
        assert store.incident(incident.id).windows[-1] == day(5)
        assert live(store, "..", 6) == [(7, "resolved", incident.id)]

    def test_nobody_being_on_it_it_is_still_reminded_of(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        told = [(number, what) for number in range(5, 11) for what, _ in found(store, number, "dewp")]
        assert told == [(9, "reminded")]

    def test_acknowledged_it_hides_no_return_of_what_was_accepted(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.acknowledge(incident.id, who="bo")
        after = store.accept(incident.id, who="ana", groups=[TEMP])
        assert after.state is IncidentState.ACKNOWLEDGED
        assert found(store, 5, "dewp") == []
        ((what, other),) = found(store, 6, "temp")
        assert (what, other != incident.id) == ("opened", True)
        assert store.incident(other).groups == (TEMP,)

    def test_what_comes_back_while_nobody_is_on_it_is_its_own_again(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        found(store, 5, "temp")
        assert set(store.incident(incident.id).groups) == {TEMP, DEWP}
        assert parts(store) == {TEMP: {day(2), day(3), day(4)}}
        after = store.accept(incident.id, who="ana", groups=[DEWP])
        assert (after.state, after.groups) == (IncidentState.OPEN, (TEMP,))

    def test_with_the_last_of_them_it_is_accepted_as_a_whole(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        after = store.accept(incident.id, who="bo", groups=[DEWP])
        assert (after.state, after.resolved) == (IncidentState.ACCEPTED, day(4))
        assert [event.what for event in after.decided] == [Happening.ACCEPTED_IN_PART, Happening.ACCEPTED]
        assert states(store)[2:] == [State.ACCEPTED] * 3
        assert store.history(MONITOR, asof=LATER).accepted == dict.fromkeys([TEMP, DEWP], day(2).start)
        with pytest.raises(StoreError, match="is accepted already"):
            store.accept(incident.id, who="ana", groups=[TEMP])

    def test_all_at_once_is_the_incident_as_a_whole(self, store: MetricsStore, incident: Incident) -> None:
        after = store.accept(incident.id, who="ana", groups=[DEWP, TEMP, TEMP])
        assert (after.state, after.decided[0].groups) == (IncidentState.ACCEPTED, ())
        assert parts(store) == {}

    def test_saved_again_and_run_again_it_stays_accepted(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        after = store.accept(incident.id, who="ana", groups=[TEMP])
        for number, columns in ((2, ["temp"]), (3, ["temp", "dewp"]), (4, ["temp", "dewp"])):
            assert found(store, number, *columns) == []
        assert store.incidents() == [after]

    def test_over_where_the_others_are_gone_when_their_runs_are_run_again(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        found(store, 3, "temp")
        found(store, 4, "temp")
        after = store.incident(incident.id)
        assert (after.state, after.groups, after.resolved) == (IncidentState.RESOLVED, (), day(4))
        ((what, other),) = found(store, 5, "temp")
        assert (what, other != incident.id) == ("opened", True)

    def test_a_run_that_was_marked_bad_since_says_nothing(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        store.mark(MONITOR, day(2), State.BAD, who="bo")
        assert parts(store) == {TEMP: {day(3), day(4)}}
        assert store.history(MONITOR, asof=LATER).accepted == {TEMP: day(3).start}

    def test_of_one_that_is_over_too(self, store: MetricsStore, incident: Incident) -> None:
        live(store, "....", 5)
        after = store.accept(incident.id, who="ana", groups=[TEMP])
        assert (after.state, after.groups) == (IncidentState.RESOLVED, (DEWP,))
        assert parts(store) == {TEMP: {day(2), day(3), day(4)}}

    def test_the_later_of_two_new_normals_holds(self, store: MetricsStore) -> None:
        found(store, 0, "temp", "dewp")
        live(store, "....", 1)
        found(store, 5, "temp", "fare")
        for one in store.incidents():
            store.accept(one.id, who="ana", groups=[TEMP])
        assert store.history(MONITOR, asof=LATER).accepted == {TEMP: day(5).start}
        assert parts(store) == {TEMP: {day(0), day(5)}}

    def test_names_are_told_apart_whatever_they_are(self, store: MetricsStore) -> None:
        names = ("Temp", "temp", "temp ", "nul\x00", "ü" * 400)
        found(store, 0, *names)
        (incident,) = store.incidents()
        after = store.accept(incident.id, who="ana", groups=[("temp ", "missing"), ("nul\x00", "missing")])
        assert after.columns == ["Temp", "temp", "ü" * 400]
        assert store.incident(incident.id).decided[0].groups == (("nul\x00", "missing"), ("temp ", "missing"))


class TestUndoing:
    def test_everything_is_as_before_and_the_record_stays(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        after = store.undo(incident.id, who="bo", note="it was the join")
        assert (after.state, after.groups, after.windows) == (
            IncidentState.OPEN,
            incident.groups,
            incident.windows,
        )
        assert (parts(store), store.history(MONITOR, asof=LATER).accepted) == ({}, {})
        assert [event.groups for event in after.events[-2:]] == [(TEMP,), ()]

    def test_the_whole_after_a_part_gives_back_the_part(
        self, store: MetricsStore, incident: Incident
    ) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        store.accept(incident.id, who="ana")
        after = store.undo(incident.id, who="ana")
        assert (after.state, after.groups) == (IncidentState.OPEN, (DEWP,))
        assert states(store)[2:] == [State.ALERT] * 3
        assert store.history(MONITOR, asof=LATER).accepted == {TEMP: day(2).start}
        assert parts(store) == {TEMP: {day(2), day(3), day(4)}}

    def test_two_parts_one_after_the_other(self, store: MetricsStore) -> None:
        found(store, 0, "temp", "dewp", "fare")
        (incident,) = store.incidents()
        store.accept(incident.id, who="ana", groups=[TEMP])
        store.accept(incident.id, who="ana", groups=[DEWP])
        assert store.undo(incident.id, who="ana").groups == (DEWP, FARE)
        assert set(parts(store)) == {TEMP}
        assert store.undo(incident.id, who="ana").groups == (TEMP, DEWP, FARE)


class TestRefusing:
    def test_what_it_does_not_have_is_named(self, store: MetricsStore, incident: Incident) -> None:
        before = store.incident(incident.id)
        with pytest.raises(
            StoreError,
            match=rf"Incident {incident.id} of monitor 'flight_delay/skew' has no 'fare' \(missing\); "
            r"it has 'temp' \(missing\), 'dewp' \(missing\)\.",
        ):
            store.accept(incident.id, who="ana", groups=[TEMP, FARE])
        with pytest.raises(StoreError, match="no part was named"):
            store.accept(incident.id, who="ana", groups=[])
        assert store.incident(incident.id) == before

    def test_what_is_accepted_already_is_named(self, store: MetricsStore, incident: Incident) -> None:
        store.accept(incident.id, who="ana", groups=[TEMP])
        with pytest.raises(StoreError, match=r"accepted already as far as 'temp' \(missing\) goes"):
            store.accept(incident.id, who="ana", groups=[TEMP])

    def test_an_incident_without_runs_has_nothing_to_accept(self, store: MetricsStore) -> None:
        live(store, "x")
        store.save(report(0))
        with pytest.raises(StoreError, match="has no runs any more"):
            store.accept(store.incidents()[0].id, who="ana", groups=[TEMP])

    def test_of_a_storm_also_what_the_incident_did_not_keep(self, store: MetricsStore) -> None:
        found(store, 0, *(f"c{number}" for number in range(KEPT + 5)))
        (incident,) = store.incidents()
        groups = [(f"c{number}", "missing") for number in (0, KEPT + 2)]
        after = store.accept(incident.id, who="ana", groups=groups)
        assert len(after.groups) == KEPT - 1
        assert set(parts(store)) == set(groups)
