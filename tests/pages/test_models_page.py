"""The list of models."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages import recent_runs
from airflow_mlmonitor.pages.dag_facts import DagFacts
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.overview_documents import ModelRowDocument, ModelsPage
from airflow_mlmonitor.store import MemoryStore, MetricsStore, State
from tests.pages.conforming import conforms
from tests.pages.scenes import after, missing, quiet, saved
from tests.store.making import FIRST_DAY, day, verdict


def shown(store: MetricsStore, **more: Any) -> ModelsPage:
    document = models_page(store, **{"readable": None, "now": after(3), **more})
    conforms(document, ModelsPage)
    return document


def row(store: MetricsStore, **more: Any) -> ModelRowDocument:
    (only,) = shown(store, **more)["models"]
    return only


def of_model(store: MetricsStore, name: str, number: int = 3, *verdicts: Any, **more: Any) -> None:
    saved(store, number, *verdicts, model=name, task="check", dag_id=f"dag_{name}", **more)


def test_no_models(store: MetricsStore) -> None:
    document = shown(store)
    assert (document["models"], document["total"], document["next"]) == ([], 0, None)
    assert set(document["counts"].values()) == {0}


def test_models_that_need_attention_come_first_the_gravest_at_the_front(store: MetricsStore) -> None:
    of_model(store, "zebra")
    of_model(store, "Alpha")
    of_model(store, "warned", 3, missing(status=Status.WARN))
    of_model(store, "failed", 3, missing(status=Status.FAIL))
    of_model(
        store,
        "broken",
        3,
        verdict("lost", None, None, status=Status.BROKEN, family="check", severity=1.0, said="gone"),
    )
    of_model(store, "young", 3, verdict(status=Status.LEARNING))
    document = shown(store)
    assert [(one["model"], one["status"]) for one in document["models"]] == [
        ("failed", "fail"),
        ("broken", "broken"),
        ("warned", "warn"),
        ("Alpha", "ok"),
        ("young", "learning"),
        ("zebra", "ok"),
    ]
    assert [one["needs_attention"] for one in document["models"]] == [True] * 3 + [False] * 3
    assert document["counts"] == {
        "all": 6, "attention": 3, "fail": 1, "warn": 1, "broken": 1, "late": 0, "learning": 1, "waiting": 0, "ok": 2,
    }  # fmt: skip


def test_a_model_is_as_grave_as_the_gravest_of_its_monitors(store: MetricsStore) -> None:
    saved(store, 3, task="a", dag_id="fine")
    saved(store, 3, missing(), task="b", dag_id="bad")
    only = row(store)
    assert (only["status"], only["dag_id"]) == ("fail", "bad")
    assert [cell["status"] for cell in only["strip"]] == ["ok", "fail"]


def test_a_cell_is_the_worst_that_monitors_came_to_in_one_dag_run(store: MetricsStore) -> None:
    for number in range(40):
        for task in ("a", "b"):
            bad = number == 38 and task == "b"
            saved(store, number, *([missing()] if bad else []), task=task, score=None, threshold=None)
    strip = row(store, now=after(39))["strip"]
    assert len(strip) == 30
    assert [cell["status"] for cell in strip[-3:]] == ["ok", "fail", "ok"]
    assert [cell["window_start"][:10] for cell in strip[-2:]] == ["2013-02-08", "2013-02-09"]


def test_an_open_incident_needs_attention_until_somebody_knows_of_it(store: MetricsStore) -> None:
    of_model(store, "m", 2, missing())
    of_model(store, "m", 3)
    only = row(store)
    assert only["incident"] is not None
    assert (only["status"], only["needs_attention"], only["incidents_open"]) == ("ok", True, 1)
    store.acknowledge(only["incident"]["id"], who="ana")
    only = row(store)
    assert (only["needs_attention"], only["incidents_open"]) == (False, 1)
    assert only["incident"] is not None
    assert only["incident"]["acknowledged_by"] == "ana"


def test_the_worst_unacknowledged_incident_is_named(store: MetricsStore) -> None:
    saved(store, 3, missing(status=Status.FAIL), task="a")
    saved(store, 3, missing(status=Status.WARN), task="b")
    first = row(store)["incident"]
    assert first is not None
    assert first["monitor"] == "flight_delay/a"
    store.acknowledge(first["id"], who="ana")
    second = row(store)["incident"]
    assert second is not None
    assert second["monitor"] == "flight_delay/b"


def test_the_budget_is_that_of_the_last_thirty_days_of_data(store: MetricsStore) -> None:
    for number in range(60):
        bad = number in (1, 40, 55)
        saved(store, number, *([missing()] if bad else []), facts={"budget": "4"})
    only = row(store, now=after(59))
    assert (only["budget_goal"], only["budget_left"]) == (4.0, 0.5)
    assert row(store, now=after(59) + timedelta(days=400))["budget_left"] == 0.5


def test_a_budget_adds_up_over_monitors_and_may_be_overspent(store: MetricsStore) -> None:
    saved(store, 3, missing(), task="a", facts={"budget": "0.5"})
    saved(store, 3, task="b", facts={})
    only = row(store)
    assert only["budget_goal"] == 1.5
    assert only["budget_left"] == pytest.approx(1 / 3)
    saved(store, 3, missing(), task="b")
    left = row(store)["budget_left"]
    assert left is not None
    assert left < 0


@pytest.mark.parametrize("text", ["", "null", "-1", "0", "nonsense", '"2"', "NaN"])
def test_a_budget_that_cannot_be_read_is_the_usual_one(text: str) -> None:
    store = MemoryStore()
    saved(store, 3, facts={"budget": text})
    assert row(store)["budget_goal"] == 1.0


def test_the_age_of_a_model_is_what_its_monitor_of_staleness_stored(store: MetricsStore) -> None:
    saved(store, 3, task="features")
    age = verdict("model_age_days", 12.5, None, family="staleness", scale="log", upper=14.0)
    saved(store, 3, age, task="staleness")
    only = row(store)
    assert (only["age_days"], only["max_age_days"]) == (12.5, 14.0)
    assert only["trained_at"] == "2012-12-23T12:00:00+00:00"


def test_an_age_that_nobody_knows(store: MetricsStore) -> None:
    unknown = verdict("model_age_days", None, None, family="staleness", scale="log", why="it tells of later")
    saved(store, 3, unknown, task="staleness")
    only = row(store)
    assert (only["age_days"], only["max_age_days"], only["trained_at"]) == (None, None, None)


def test_what_airflow_knows(store: MetricsStore) -> None:
    of_model(store, "m")
    due = after(3) + timedelta(hours=20)
    only = row(store, dags={"dag_m": DagFacts(owner="ml-platform", due_at=due)})
    assert (only["team"], only["due_at"], only["status"]) == ("ml-platform", due.isoformat(), "ok")
    assert only["last_run_at"] == "2013-01-05T03:00:00+00:00"
    assert row(store)["team"] == ""


def test_a_run_that_is_missing_makes_a_model_late(store: MetricsStore) -> None:
    for number in range(4):
        of_model(store, "m", number)
    scheduled = {"dag_m": DagFacts(owner="x", due_at=day(30).end)}
    assert row(store, dags=scheduled, now=after(4))["status"] == "ok"
    late = row(store, dags=scheduled, now=after(5))
    assert (late["status"], late["needs_attention"]) == ("late", True)
    assert late["note"] == "No run since Sat 5 Jan; due every day"
    assert late["due_at"] == "2013-01-06T03:00:00+00:00"


@pytest.mark.parametrize(
    "facts",
    [
        None,
        DagFacts(owner="x"),
        DagFacts(owner="x", due_at=day(1).end, is_paused=True),
    ],
)
def test_what_has_no_schedule_or_is_paused_is_never_late(facts: DagFacts | None) -> None:
    store = MemoryStore()
    for number in range(4):
        of_model(store, "m", number)
    assert row(store, dags={"dag_m": facts} if facts else {}, now=after(300))["status"] == "ok"


def test_a_run_that_airflow_itself_has_waited_for_is_late_even_after_one_run(store: MetricsStore) -> None:
    of_model(store, "m", 3)
    assert (
        row(store, dags={"dag_m": DagFacts(due_at=after(3))}, now=after(3) + timedelta(minutes=59))["status"]
        == "ok"
    )
    late = row(store, dags={"dag_m": DagFacts(due_at=after(3))}, now=after(3) + timedelta(hours=2))
    assert (late["status"], late["note"]) == ("late", "No run since Sat 5 Jan")


def test_a_failure_stands_above_a_run_that_is_missing_and_a_warning_below(store: MetricsStore) -> None:
    of_model(store, "failed", 3, missing(status=Status.FAIL))
    of_model(store, "warned", 3, missing(status=Status.WARN))
    facts = DagFacts(due_at=after(3))
    document = shown(store, dags={"dag_failed": facts, "dag_warned": facts}, now=after(9))
    assert {one["model"]: one["status"] for one in document["models"]} == {"failed": "fail", "warned": "late"}


def test_search_and_state_and_counts_of_what_is_searched(store: MetricsStore) -> None:
    for name, bad in (("churn_daily", True), ("churn_weekly", False), ("fraud", True)):
        of_model(store, name, 3, *([missing()] if bad else []))
    dags = {"dag_fraud": DagFacts(owner="Churners")}
    found = shown(store, query="  CHURN ", dags=dags)
    assert [one["model"] for one in found["models"]] == ["churn_daily", "fraud", "churn_weekly"]
    failed = shown(store, query="churn_", state="fail", dags=dags)
    assert [one["model"] for one in failed["models"]] == ["churn_daily"]
    assert (failed["total"], failed["counts"]["all"], failed["counts"]["ok"]) == (1, 2, 1)
    assert [one["model"] for one in shown(store, state="attention")["models"]] == ["churn_daily", "fraud"]
    assert shown(store, state="no such")["models"] == []


def test_pages(store: MetricsStore) -> None:
    for number in range(7):
        of_model(store, f"m{number}")
    first = shown(store, limit=3)
    assert ([one["model"] for one in first["models"]], first["next"], first["total"]) == (
        ["m0", "m1", "m2"],
        "3",
        7,
    )
    last = shown(store, limit=3, offset=6)
    assert ([one["model"] for one in last["models"]], last["next"]) == (["m6"], None)
    assert shown(store, offset=50)["models"] == []
    assert shown(store, limit=0)["next"] is None


def test_nothing_of_other_dags_leaks(store: MetricsStore) -> None:
    of_model(store, "open", 3, missing(status=Status.WARN))
    of_model(store, "secret", 3, missing())
    saved(store, 3, missing(), model="open", task="hidden", dag_id="dag_secret", facts={"budget": "30"})
    saved(store, 3, model="by_hand", dag_id="")
    document = shown(store, readable=["dag_open"])
    (only,) = document["models"]
    assert (only["model"], only["status"], only["incidents_open"]) == ("open", "warn", 1)
    assert (only["budget_goal"], only["budget_left"]) == (1.0, 0.0)
    assert document["counts"]["all"] == 1
    assert document["counts"]["fail"] == 0
    assert "secret" not in str(document)
    assert shown(store, readable=[])["counts"]["all"] == 0
    assert shown(store)["counts"]["all"] == 3


def test_earlier_runs_of_a_monitor_in_another_dag_are_not_shown(store: MetricsStore) -> None:
    saved(store, 1, missing(), monitor="m", dag_id="payroll")
    saved(store, 2, monitor="m", dag_id="open")
    only = row(store, readable=["open"])
    assert (len(only["strip"]), only["incident"], only["budget_left"]) == (1, None, 1.0)


def test_a_monitor_that_has_gone_counts_no_more(store: MetricsStore) -> None:
    saved(store, 0, missing(), task="old")
    for number in range(1, 30):
        saved(store, number, task="new")
    only = row(store, now=after(29))
    assert only["status"] == "ok"
    assert len(only["strip"]) == 29


def test_a_new_run_is_seen_at_once_and_a_mark_within_a_minute(
    store: MetricsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_model(store, "m", 2)
    assert row(store)["status"] == "ok"
    of_model(store, "m", 3, missing())
    only = row(store)
    assert (only["status"], len(only["strip"])) == ("fail", 2)
    store.mark("m/check", day(2), State.BAD, who="ana")
    monkeypatch.setattr(recent_runs, "SECONDS", 0.0)
    assert row(store)["strip"][0]["state"] == "bad"


def test_what_was_read_of_a_run_is_not_read_again(
    store: MetricsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        of_model(store, f"m{number}")
    before = shown(store)
    asked: list[str] = []
    reads = [
        "run",
        "alerts",
        "incidents",
        "latest_runs",
        "history",
        "facts",
        "verdicts",
        "facts_of_runs",
        "points_of_runs",
    ]
    for name in reads:
        own = getattr(store, name)
        monkeypatch.setattr(
            store, name, lambda *a, _own=own, _name=name, **k: (asked.append(_name), _own(*a, **k))[1]
        )
    assert shown(store) == before
    assert sorted(asked) == ["incidents", "incidents", "latest_runs"]
    of_model(store, "m0", 4)
    shown(store)
    again = ["facts_of_runs", "incidents", "incidents", "latest_runs", "latest_runs", "points_of_runs"]
    assert sorted(asked[3:]) == again


def test_models_of_different_times_have_a_budget_each(store: MetricsStore) -> None:
    old = Window(FIRST_DAY - timedelta(days=2_000), FIRST_DAY - timedelta(days=1_999))
    of_model(store, "old", 0, missing(), window=old)
    of_model(store, "new", 3, missing())
    of_model(store, "calm", 3)
    left = {one["model"]: one["budget_left"] for one in shown(store)["models"]}
    assert left == {"old": 0.0, "new": 0.0, "calm": 1.0}


def test_ugly_names(store: MetricsStore) -> None:
    of_model(store, "m\n\x1b[31m\u202e", 3, missing("a\nb"))
    assert row(store)["model"] == "m\n\x1b[31m\u202e"
    assert row(store, query="\n")["status"] == "fail"


def test_five_hundred_columns_and_quiet_ones(store: MetricsStore) -> None:
    of_model(store, "wide", 3, *(quiet(f"c{number}") for number in range(500)))
    assert row(store)["status"] == "ok"


def test_the_present_is_the_clock(store: MetricsStore) -> None:
    of_model(store, "m")
    assert models_page(store, readable=None)["models"][0]["status"] == "ok"
