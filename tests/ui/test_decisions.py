from __future__ import annotations

import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from airflow_mlmonitor.judging.incident import Happening, IncidentState
from airflow_mlmonitor.store import State
from airflow_mlmonitor.ui.server.access import NAME_LENGTH, Asker


@pytest.fixture
def number(ran, store):
    """An incident as nobody has touched it."""
    (incident,) = store.incidents(monitor="fares/each[v1]")
    yield incident.id
    while store.incident(incident.id).decided:
        store.undo(incident.id, who="the tests")


@pytest.fixture
def decide(client_of, number):
    """Decide something as somebody."""

    def post(action, body=None, name="uwe", **headers):
        url = f"/mlmonitor/api/incident/{number}/{action}"
        return client_of(name).post(url, json={} if body is None else body, headers=headers)

    return post


def test_acknowledged_by_name_and_taken_back(decide, store, number):
    document = decide("acknowledge", {"reason": "looking"}).json()
    assert (document["state"], document["acknowledged_by"], document["can_undo"]) == (
        "acknowledged",
        "uwe",
        True,
    )
    event = store.incident(number).events[-1]
    assert (event.what, event.who, event.note) == (Happening.ACKNOWLEDGED, "uwe", "looking")
    again = decide("undo", name="olga").json()
    assert (again["state"], again["acknowledged_by"], again["can_undo"]) == ("open", "", False)
    assert store.incident(number).events[-1].who == "olga"


def test_snoozed_until_a_moment_or_until_it_gets_worse(decide, store, number):
    assert decide("snooze", {"until": "2013-03-01T09:00:00+01:00"}).json()["state"] == "snoozed"
    event = store.incident(number).events[-1]
    assert event.until.isoformat() == "2013-03-01T08:00:00+00:00"
    decide("undo")
    assert decide("snooze", {"unless_worse": True}).json()["snoozed_until"] is None
    assert store.incident(number).state is IncidentState.SNOOZED


def test_accepted_as_the_new_normal(decide, store, number):
    assert decide("accept", {"reason": "as announced"}).json()["state"] == "accepted"
    window = store.incident(number).last
    assert store.run("fares/each[v1]", window).state is State.ACCEPTED
    decide("undo")
    assert store.run("fares/each[v1]", window).state is State.ALERT


def test_marked_as_bad_data(decide, store, number):
    assert decide("bad", {"reason": "half a file"}).status_code == 200
    assert store.run("fares/each[v1]", store.incident(number).last).state is State.BAD


def test_a_note_is_kept_with_its_writer(decide, store, number, client_of):
    assert decide("note", {"text": "The feed stopped at noon."}).status_code == 200
    event = store.incident(number).events[-1]
    assert (event.what, event.who, event.note) == (Happening.NOTED, "uwe", "The feed stopped at noon.")
    page = client_of("vic").get(f"/mlmonitor/api/incident/{number}").json()
    assert page["notes"][-1]["text"] == "The feed stopped at noon."


def test_what_was_read_before_a_decision_is_read_anew_after_it(decide, client_of, number):
    url = f"/mlmonitor/api/incident/{number}"
    assert client_of("vic").get(url).json()["incident"]["state"] == "open"
    decide("acknowledge")
    assert client_of("vic").get(url).json()["incident"]["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("action", "body", "named"),
    [
        ("snooze", {}, "until"),
        ("snooze", {"until": "tomorrow"}, "until"),
        ("snooze", {"until": "2013-03-01T09:00:00"}, "until"),
        ("acknowledge", {"until": "2013-03-01T09:00:00Z"}, "until"),
        ("acknowledge", {"who": "somebody else"}, "who"),
        ("note", {}, "text"),
        ("note", {"text": "  "}, "text"),
        ("note", {"text": "x" * 2001}, "text"),
        ("accept", {"reason": 7}, "reason"),
        ("accept", [], "body"),
        ("celebrate", {}, "action"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_by_name(action, body, named, decide, store, number):
    before = store.incident(number)
    answer = decide(action, body)
    assert answer.status_code == 422
    assert answer.json()["kind"] == "request"
    assert named in answer.json()["message"] + answer.json()["hint"]
    assert store.incident(number) == before


def test_what_the_incident_has_come_too_far_for_is_a_conflict(decide, number):
    answer = decide("undo")
    assert answer.status_code == 409
    assert "has no decision that could be undone" in answer.json()["message"]
    decide("accept")
    assert decide("accept").status_code == 409


FOREIGN = {
    "a form": {"content-type": "application/x-www-form-urlencoded"},
    "text": {"content-type": "text/plain"},
    "a page of another site": {"sec-fetch-site": "cross-site"},
    "a page of a sister site": {"sec-fetch-site": "same-site"},
    "an older browser on another site": {"origin": "https://evil.example"},
    "a page without an origin": {"origin": "null"},
    "another port": {"origin": "http://testserver:81"},
    "another scheme": {"origin": "https://testserver"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_another_site_cannot_decide_with_somebodys_cookie(headers, decide, store, number):
    before = store.incident(number)
    assert decide("acknowledge", **headers).status_code in (403, 415)
    assert store.incident(number) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json; charset=utf-8"},
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"origin": "http://testserver"},
        {"origin": "http://localhost:8080"},
    ],
    ids=["a script", "charset", "a browser", "an older browser", "through a proxy, as [api] base_url says"],
)
def test_airflows_own_pages_can(headers, decide, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://localhost:8080")
    assert decide("acknowledge", **headers).status_code == 200


@pytest.mark.parametrize(
    ("name", "id_", "shown"),
    [
        ("ana", "7", "ana"),
        ("ana@example.com", "7", "ana"),
        ("", "7", "7"),
        ("@example.com", "ana@example.com", "ana"),
        (None, None, "somebody"),
        ("a" * 300, "7", "a" * NAME_LENGTH),
    ],
)
def test_who_decided_is_a_name_and_never_an_address(name, id_, shown):
    user = SimpleNamespace(get_name=lambda: name, get_id=lambda: id_)
    assert Asker(user=user, request=None).name == shown


def test_what_the_database_refuses_is_told_without_its_words(decide, settings, store, number):
    """As a user without the right would see it; a trigger stands for that right here."""
    refuse = (
        "CREATE TRIGGER refuse BEFORE INSERT ON mlmonitor_incident_event "
        "BEGIN SELECT RAISE(ABORT, 'permission denied for reporter at db.example'); END"
    )
    with closing(sqlite3.connect(settings / "metrics.db")) as connection:
        connection.execute(refuse)
        try:
            answer = decide("acknowledge")
        finally:
            connection.execute("DROP TRIGGER refuse")
    assert (answer.status_code, answer.json()["kind"]) == (503, "store")
    assert "refused" in answer.json()["message"]
    assert "may lack a right" in answer.json()["hint"]
    for told in ("reporter", "db.example", "metrics.db"):
        assert told not in answer.text
    assert store.incident(number).state is IncidentState.OPEN
