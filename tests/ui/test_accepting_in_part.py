"""Some findings of an incident are accepted over HTTP, and the incident goes on with the rest."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from airflow_mlmonitor.judging.incident import Happening
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import State
from tests.store.making import day, report, verdict

TEMP = {"column": "temp", "family": "missing"}
ROWS = {"column": "", "family": "rows"}


@pytest.fixture
def number(ran, store, settings):
    """An incident about two columns and the table, of a DAG that users may edit; it is gone after the test."""
    with (
        closing(sqlite3.connect(settings / "metrics.db")) as now,
        closing(sqlite3.connect(":memory:")) as before,
    ):
        now.backup(before)
        yield opened(store)
        before.backup(now)


def opened(store):
    found = [
        verdict(
            "null_share",
            0.3,
            column,
            scale="share",
            family="missing",
            status=Status.FAIL,
            severity=3.0,
            said="missing",
        )
        for column in ("temp", "dewp")
    ]
    rows = verdict("rows", 3, None, family="rows", status=Status.WARN, severity=1.5, said="few")
    tags = Tags(dag_id="fares", task_id="look", run_id="manual__parts")
    saved = report(0, *found, rows, monitor="fares/parts", model="fares", tags=tags, window=day(40))
    store.save(saved)
    (incident,) = store.incidents(monitor="fares/parts")
    return incident.id


@pytest.fixture
def accept(client_of, number):
    def post(body, name="uwe", action="accept"):
        return client_of(name).post(f"/mlmonitor/api/incident/{number}/{action}", json=body)

    return post


def test_it_goes_on_with_the_rest_until_that_is_accepted_too(accept, store, number):
    document = accept({"groups": [TEMP, ROWS], "reason": "as announced"}).json()
    assert (document["state"], document["can_undo"]) == ("open", True)
    incident = store.incident(number)
    assert incident.groups == (("dewp", "missing"),)
    event = incident.decided[-1]
    assert (event.what, event.who, event.note) == (Happening.ACCEPTED_IN_PART, "uwe", "as announced")
    assert store.run("fares/parts", incident.last).state is State.ALERT
    last = accept({"groups": [{"column": "dewp", "family": "missing"}]}).json()
    assert last["state"] == "accepted"
    assert store.run("fares/parts", incident.last).state is State.ACCEPTED


def test_it_can_be_taken_back(accept, store, number):
    before = store.incident(number).groups
    accept({"groups": [TEMP]})
    assert accept({}, action="undo").json()["can_undo"] is False
    assert store.incident(number).groups == before


def test_the_page_of_the_run_says_what_there_is_to_accept_and_what_was(accept, client_of, number):
    asked = {"dag_id": "fares", "run_id": "manual__parts", "task_id": "look"}

    def page():
        return client_of("vic").get("/mlmonitor/api/report", params=asked).json()

    both, rows = page()["findings"]
    assert sorted(one["column"] for one in both["groups"]) == ["dewp", "temp"]
    assert (rows["groups"], rows["accept_advised"]) == ([ROWS], True)
    accept({"groups": rows["groups"]})
    both, rows = page()["findings"]
    assert (rows["groups"], rows["accepted"], both["accepted"]) == ([], True, False)


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"groups": []}, 422, "groups"),
        ({"groups": [["temp", "missing"]]}, 422, "groups"),
        ({"groups": [{"column": "temp"}]}, 422, "family"),
        ({"groups": [{**TEMP, "metric": "null_share"}]}, 422, "metric"),
        ({"groups": [{"column": "wind", "family": "missing"}]}, 409, "'wind' (missing)"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_accepts_nothing(body, status, named, accept, store, number):
    before = store.incident(number)
    answer = accept(body)
    assert answer.status_code == status
    assert named in answer.json()["message"]
    assert store.incident(number) == before


@pytest.mark.parametrize("action", ["acknowledge", "bad", "undo"])
def test_other_decisions_are_about_the_whole_incident(action, accept, store, number):
    before = store.incident(number)
    answer = accept({"groups": [TEMP]}, action=action)
    assert (answer.status_code, "groups" in answer.json()["message"]) == (422, True)
    assert store.incident(number) == before


def test_who_may_only_read_accepts_nothing(accept, store, number):
    before = store.incident(number)
    assert accept({"groups": [TEMP]}, name="vic").status_code == 403
    assert store.incident(number) == before
