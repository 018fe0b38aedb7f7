"""The page of an incident."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.incident_page import dag_of_incident, incident_page
from airflow_mlmonitor.pages.overview_documents import IncidentPage, TimelineDocument
from airflow_mlmonitor.store import MemoryStore, MetricsStore
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, join_failed, missing, quiet, saved
from tests.store.making import FIRST_DAY, day, verdict


def shown(store: MetricsStore, number: int = 1) -> IncidentPage:
    document = incident_page(store, number)
    conforms(document, IncidentPage)
    return document


def kinds(document: IncidentPage) -> list[str]:
    return [entry["kind"] for entry in document["timeline"]]


def entry(document: IncidentPage, kind: str) -> TimelineDocument:
    (only,) = [one for one in document["timeline"] if one["kind"] == kind]
    return only


def failed_on_the_third_day(store: MetricsStore, *more: Any, **facts: Any) -> None:
    for number in range(2):
        saved(store, number, quiet("temp"), quiet("dewp"), quiet("pred"), rows=976 + number)
    saved(store, 2, missing("temp"), missing("dewp"), *more, **facts)


def test_there_is_no_such_incident(store: MetricsStore) -> None:
    with pytest.raises(StoreError, match="There is no incident 7"):
        incident_page(store, 7)
    with pytest.raises(StoreError, match="There is no incident 7"):
        dag_of_incident(store, 7)


def test_what_it_is_and_what_to_do(store: MetricsStore) -> None:
    failed_on_the_third_day(store, facts=join_failed())
    document = shown(store)
    assert document["likely"] == "The join that brings temp found no partner for one key (origin = EWR)."
    assert document["evidence"] == ["they are missing in 356 of the 356 rows with origin = EWR"]
    assert document["next"].startswith("Check that what is joined has rows for EWR, then rerun")
    assert document["task"]["task_id"] == "check_features"
    assert (document["run_id"], document["map_index"]) == ("scheduled__2013-01-03", -1)
    verdict = document["verdict"]
    assert (verdict["status"], verdict["rows"], verdict["window_words"]) == ("fail", 981, "Thu 3 Jan 2013")
    assert "temp" in verdict["headline"]
    assert document["incident"]["dag_id"] == dag_of_incident(store, 1) == DAG
    assert document["budget_words"] == "used up, 1 of 1 alerts in 30 days"
    assert document["can_edit"] is False


def test_without_evidence_nothing_is_likely(store: MetricsStore) -> None:
    failed_on_the_third_day(store)
    document = shown(store)
    assert (document["likely"], document["evidence"]) == ("", [])
    assert document["next"] == "Check temp at its source and rerun, or accept it as the new normal."


def test_columns_that_miss_the_same_rows_are_one_group_and_what_follows_another(store: MetricsStore) -> None:
    drifted = verdict(
        "mean",
        0.03,
        "pred",
        family="values",
        status=Status.FAIL,
        lower=0.1,
        upper=0.23,
        severity=2.0,
        said="mean is low",
    )
    failed_on_the_third_day(store, drifted, facts=join_failed(["temp", "dewp", "pred"]))
    document = shown(store)
    first, second = document["groups"]
    assert (first["title"], first["why"], first["rows"]) == (
        "Missing on the same 353 rows",
        "origin = EWR",
        353,
    )
    assert [one["series"]["column"] for one in first["series"]] == ["temp", "dewp"]
    assert second["title"] == "Follows from it"
    assert [one["series"]["column"] for one in second["series"]] == ["pred"]
    temp = first["series"][0]
    assert [point["value"] for point in temp["history"]] == [0.01, 0.01, 0.36]
    assert (temp["value_words"], temp["expected"]["words"]) == ("36.0%", "0–10.0%")
    assert set(temp["columns"]) == {"temp", "dewp", "pred"}
    assert {one["rank"] for group in document["groups"] for one in group["series"]} == {1}


def test_findings_that_have_nothing_to_do_with_each_other_stand_apart(store: MetricsStore) -> None:
    rows = verdict(
        "rows",
        12.0,
        None,
        scale="count",
        family="rows",
        status=Status.FAIL,
        lower=900.0,
        severity=9.0,
        said="12 rows",
    )
    failed_on_the_third_day(store, rows)
    groups = shown(store)["groups"]
    assert [[one["series"]["metric"] for one in group["series"]] for group in groups] == [
        ["rows"],
        ["null_share", "null_share"],
    ]


def test_the_story_newest_first(store: MetricsStore) -> None:
    failed_on_the_third_day(store, task="check_weather")
    saved(store, 3, task="other")
    document = shown(store)
    assert kinds(document) == ["now", "opened"]
    assert entry(document, "now")["title"] == "Now: still failing, 1 run so far"
    assert "2 clean runs in a row end it" in entry(document, "now")["detail"]
    opened = entry(document, "opened")
    assert opened["title"].startswith("Opened: temp and dewp: missing in 36.0% of 981 rows")
    assert opened["detail"] == "check_weather, data of Thu 3 Jan 2013"


def test_the_last_clean_run_stands_before_it(store: MetricsStore) -> None:
    failed_on_the_third_day(store)
    document = shown(store)
    assert kinds(document) == ["now", "opened", "clean"]
    assert entry(document, "clean")["detail"] == "data of Wed 2 Jan 2013, 977 rows"
    assert entry(document, "clean")["at"] == "2013-01-03T03:00:00+00:00"


def test_what_people_did(store: MetricsStore) -> None:
    failed_on_the_third_day(store)
    store.acknowledge(1, who="ana@example.com", note="looking")
    store.note(1, "KEWR works in a shell", who="ana@example.com")
    store.snooze(1, until=day(9).end, unless_worse=True, who="ben")
    store.undo(1, who="ben")
    store.mark_bad(1, who="ana", note="the feed was down")
    document = shown(store)
    assert kinds(document)[:7] == ["now", "bad", "undone", "snoozed", "note", "acknowledged", "opened"]
    acknowledged = entry(document, "acknowledged")
    assert (acknowledged["title"], acknowledged["by"], acknowledged["detail"]) == (
        "Acknowledged",
        "ana",
        "looking",
    )
    assert entry(document, "snoozed")["detail"] == "Until Fri 11 Jan 2013, 00:00 UTC, or until it gets worse."
    assert [(note["by"], note["text"]) for note in document["notes"]] == [
        ("ana", "looking"),
        ("ana", "KEWR works in a shell"),
        ("ana", "the feed was down"),
    ]
    assert "@" not in str(document["timeline"]) + str(document["notes"])
    assert (document["incident"]["state"], document["incident"]["can_undo"]) == ("acknowledged", True)
    mark = document["verdict"]["mark"]
    assert mark is not None
    assert (mark["kind"], mark["reason"]) == ("bad", "the feed was down")


def test_it_grew_and_was_over_and_came_back(store: MetricsStore) -> None:
    def bad(severity: float) -> Any:
        return verdict(
            "null_share",
            0.4,
            "temp",
            scale="share",
            family="missing",
            n=981,
            status=Status.WARN,
            upper=0.1,
            severity=severity,
            said="missing",
        )

    for number, severity in enumerate([1.5, 4.0, 0.0, 0.0, 1.2, 0.0]):
        saved(store, number, *([bad(severity)] if severity else []))
    document = shown(store)
    assert kinds(document) == ["now", "reopened", "resolved", "escalated", "opened"]
    assert "4 clean runs in a row end it" in entry(document, "now")["detail"]
    assert document["run_id"] == "scheduled__2013-01-02", "the worst run is what the page shows"
    for number in range(6, 9):
        saved(store, number)
    over = shown(store)
    assert "now" not in kinds(over)
    assert over["incident"]["resolved_at"] == "2013-01-10T00:00:00+00:00"


def test_accepted(store: MetricsStore) -> None:
    failed_on_the_third_day(store)
    store.accept(1, who="ana", note="the new feed")
    document = shown(store)
    assert kinds(document)[0] == "accepted"
    assert document["incident"]["state"] == "accepted"
    assert document["verdict"]["mark"] is not None


def test_run_again_it_found_nothing(store: MetricsStore) -> None:
    failed_on_the_third_day(store)
    saved(store, 2)
    document = shown(store)
    assert document["groups"] == []
    assert document["verdict"]["headline"].endswith("run again, it found nothing any more.")
    assert document["incident"]["runs"] == 0
    assert "now" not in kinds(document)


CHANGED = {"dependency changes": json.dumps({"packages": ["weather-client was 3.1.0, is 4.0.0"]})}


def changes(document: IncidentPage) -> Sequence[tuple[Any, ...]]:
    return [
        (one["kind"], one["name"], one["before"], one["after"], one["words"], one["runs_since"])
        for one in document["changes"]
    ]


def test_what_changed_before_it_opened_nearest_first(store: MetricsStore) -> None:
    schema = {"temp": "double"}
    for number in range(8):
        now = {**schema, **({"gust": "double"} if number >= 5 else {})}
        bad = [missing(), missing("dewp")] if number == 7 else []
        saved(
            store, number, *bad, model_version="v6" if number < 3 else "v7", facts={"schema": json.dumps(now)}
        )
        saved(store, number, task="check_dependencies", minute=1, facts=CHANGED if number >= 6 else {})
    document = shown(store)
    assert changes(document) == [
        ("dependency", "packages: weather-client", "3.1.0", "4.0.0", "24 h before", 1),
        ("schema", "column gust", "", "new, double", "2 d before", 2),
        ("model_version", "model", "v6", "v7", "4 d before", 4),
    ]
    told = [one["title"] for one in document["timeline"] if one["kind"] == "change"]
    assert told == [
        "packages: weather-client 3.1.0 → 4.0.0",
        "column gust new, double",
        "model v6 → v7",
    ]
    assert kinds(document)[-4:] == ["clean", "change", "change", "change"]


def test_what_changed_with_it(store: MetricsStore) -> None:
    saved(store, 0, facts={"schema": '{"a": "double", "b": "string"}'})
    saved(store, 1, missing(), facts={"schema": '{"a": "int64"}', **CHANGED}, model_version="v2")
    assert changes(shown(store)) == [
        ("dependency", "packages: weather-client", "3.1.0", "4.0.0", "in the same run", 0),
        ("schema", "column a", "double", "int64", "in the same run", 0),
        ("schema", "column b", "string", "gone", "in the same run", 0),
    ]


def test_what_came_after_it_is_no_hint(store: MetricsStore) -> None:
    saved(store, 0, model_version="v1")
    saved(store, 1, missing(), model_version="v1")
    saved(store, 2, missing(), model_version="v2", facts=CHANGED)
    assert changes(shown(store)) == []


@pytest.mark.parametrize(
    ("words", "name", "before", "after"),
    [
        ("column tip is new (REAL)", "db: column tip", "", "new, REAL"),
        ("column tip is gone (was REAL)", "db: column tip", "REAL", "gone"),
        ("a part is gone", "db", "", "a part is gone"),
        ("x was a, is b, is c", "db: x", "a, is b", "c"),
    ],
)
def test_how_dependencies_say_what_they_are_not_any_more(
    words: str, name: str, before: str, after: str
) -> None:
    store = MemoryStore()
    saved(store, 0)
    saved(store, 1, missing(), facts={"dependency changes": json.dumps({"db": [words]})})
    (change,) = shown(store)["changes"]
    assert (change["name"], change["before"], change["after"]) == (name, before, after)


@pytest.mark.parametrize("text", ["", "[]", "null", "no JSON", '{"db": null}', '"text"'])
def test_facts_that_cannot_be_read_are_not_there(text: str) -> None:
    store = MemoryStore()
    saved(store, 0, facts={"schema": text, "dependency changes": text})
    saved(
        store,
        1,
        missing(),
        facts={"schema": text, "dependency changes": text, "causes": text, "start_at": text},
    )
    assert shown(store)["changes"] == []


def test_monitors_of_other_dags_and_models_are_not_looked_at(store: MetricsStore) -> None:
    saved(store, 0)
    saved(store, 1, missing("a", status=Status.FAIL))
    saved(store, 1, missing(), task="secret", dag_id="payroll", facts={**CHANGED, "budget": "9"})
    saved(store, 1, model="other", task="x", facts=CHANGED)
    document = shown(store)
    assert document["changes"] == []
    assert document["budget_words"] == "used up, 1 of 1 alerts in 30 days"
    assert "payroll" not in str(document)


def test_a_budget_that_is_not_used_up(store: MetricsStore) -> None:
    saved(store, 0, task="other", facts={"budget": "2.5"})
    saved(store, 1, missing())
    assert shown(store)["budget_words"] == "1 of 3.5 alerts in 30 days"


def test_five_hundred_columns(store: MetricsStore) -> None:
    names = [f"c{number}" for number in range(500)]
    saved(store, 0, *map(quiet, names))
    saved(store, 1, *map(missing, names), facts=join_failed(names))
    document = shown(store)
    assert len(document["groups"][0]["series"]) == 60
    assert len(document["groups"][0]["series"][0]["columns"]) == 500
    assert all(len(one["history"]) == 2 for one in document["groups"][0]["series"])


def test_many_findings_of_many_causes() -> None:
    store = MemoryStore()
    many = [missing(f"c{number}", value=0.1 + number / 50) for number in range(40)]
    saved(store, 0, *many)
    assert len(shown(store)["groups"]) == 20


def test_four_hundred_runs() -> None:
    store = MemoryStore()
    for number in range(420):
        saved(store, number, *([missing(status=Status.WARN)] if number >= 20 else []))
    document = shown(store)
    assert document["incident"]["runs"] == 400
    assert len(document["groups"][0]["series"][0]["history"]) == 90
    assert entry(document, "clean")["detail"].startswith("data of Sun 20 Jan 2013")


def test_hourly_windows_and_the_command_line(store: MetricsStore) -> None:
    window = Window(FIRST_DAY + timedelta(hours=6), FIRST_DAY + timedelta(hours=7))
    saved(store, 0, missing(), window=window, dag_id="")
    document = shown(store)
    assert document["verdict"]["window_words"] == "Tue 1 Jan 2013, 06:00–07:00"
    assert (dag_of_incident(store, 1), document["task"]["task_id"], document["run_id"]) == ("", "", "")
    assert entry(document, "opened")["detail"] == "data of Tue 1 Jan 2013, 06:00–07:00"


def test_a_check_that_broke_is_a_group_of_its_own(store: MetricsStore) -> None:
    broken = verdict(
        "lost", None, None, status=Status.BROKEN, family="check", severity=1.0, said="model.bin is gone"
    )
    saved(store, 0, broken)
    document = shown(store)
    assert document["verdict"]["status"] == "broken"
    assert [group["title"] for group in document["groups"]] == ["Could not check lost"]


def test_ugly_names_and_words(store: MetricsStore) -> None:
    name = "a\nb\x1b[31m\u202e"
    saved(store, 0, quiet(name), facts={"schema": json.dumps({name: "x"})}, model_version="v\n1")
    saved(
        store,
        1,
        missing(name),
        task="check_features",
        facts={"schema": json.dumps({}), **join_failed([name])},
        model_version="v\x072",
    )
    store.note(1, "see\nthe\x1b[31m log", who="an\na")
    document = shown(store)
    for told in (*document["timeline"], *document["notes"], *document["changes"]):
        assert all(text.isprintable() for text in told.values() if isinstance(text, str))
    assert document["likely"].isprintable()


def test_values_of_private_columns_are_not_quoted(store: MetricsStore) -> None:
    hidden = "#3f4afb45d1631e50"
    private = verdict(
        f"share:{hidden}",
        0.3,
        "who",
        scale="share",
        family="category",
        status=Status.FAIL,
        upper=0.1,
        severity=3.0,
        said=f"{hidden} in 30%",
    )
    saved(store, 0, private)
    document = shown(store)
    assert hidden not in document["verdict"]["headline"] + document["groups"][0]["title"] + document["next"]
    assert hidden not in document["groups"][0]["series"][0]["metric_words"]
