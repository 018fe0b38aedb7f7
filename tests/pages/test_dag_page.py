"""The page of a DAG: its monitors over time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages import dag_page as dag_page_module
from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.documents import DagPage
from airflow_mlmonitor.store import MemoryStore, MetricsStore, State
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, after, missing, quiet, saved
from tests.store.making import FIRST_DAY, day, verdict


def shown(store: MetricsStore, *, dag_id: str = DAG, days: int = 90, now: datetime | None = None) -> DagPage:
    document = dag_page(store, dag_id=dag_id, days=days, now=now)
    conforms(document, DagPage)
    return document


def test_no_run_yet(store: MetricsStore) -> None:
    document = shown(store)
    assert (document["status"], document["days"], document["monitors"]) == ("none", [], [])
    assert document["headline"] == "No monitor of this DAG has run yet."


def test_the_headline_names_what_failed_in_the_last_run(store: MetricsStore) -> None:
    for number in (0, 1):
        bad = [missing()] if number else []
        for minute, task in enumerate(["check_flights", "check_weather", "check_features"]):
            saved(store, number, *(bad if task != "check_flights" else []), task=task, minute=minute)
    document = shown(store, now=after(1))
    assert document["headline"] == "2 of 3 monitors failed in the last run: check_weather and check_features."
    assert document["status"] == "fail"
    assert [row["task_id"] for row in document["monitors"]] == [
        "check_flights",
        "check_weather",
        "check_features",
    ]
    assert [row["status"] for row in document["monitors"]] == ["ok", "fail", "fail"]
    assert document["detail"] == "2 incidents in 90 days, 2 with a failure. 2 are open."
    assert document["incident"] is not None
    assert document["incident"]["dag_id"] == DAG


def test_a_cell_says_how_unusual_its_run_was_and_what_it_found(store: MetricsStore) -> None:
    saved(store, 0, score=1.0, threshold=4.0)
    saved(store, 1, missing(status=Status.WARN), score=6.0, threshold=4.0)
    saved(store, 2, quiet(), score=None, threshold=None)
    saved(store, 3, missing(status=Status.FAIL), score=None, threshold=None)
    cells = shown(store, now=after(3))["monitors"][0]["cells"]
    assert [cell["ratio"] for cell in cells] == [0.25, 3.5, None, 3.5]
    assert [cell["status"] for cell in cells] == ["ok", "warn", "ok", "fail"]
    assert [cell["day"] for cell in cells] == ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04"]
    assert cells[1]["top"] == "temp: missing in 36.0% of 981 rows"
    assert (cells[0]["top"], cells[0]["incident_id"]) == ("", None)
    assert cells[1]["incident_id"] == cells[3]["incident_id"] == 1
    assert cells[0]["run_id"] == "scheduled__2013-01-01"


def test_a_run_over_a_limit_of_its_own_is_over_the_line_whatever_its_score(store: MetricsStore) -> None:
    saved(store, 0, missing(status=Status.FAIL), score=0.4, threshold=4.0)
    (cell,) = shown(store, now=after(0))["monitors"][0]["cells"]
    assert cell["ratio"] == 3.5


@pytest.mark.parametrize(
    ("statuses", "status", "headline"),
    [
        ([Status.WARN, Status.OK], "warn", "1 of 2 monitors warned in the last run: a."),
        ([Status.BROKEN, Status.WARN], "broken", "1 of 2 monitors could not check in the last run: a."),
        ([Status.LEARNING, Status.LEARNING], "learning", "All 2 monitors are still learning what is usual."),
        (
            [Status.OK, Status.LEARNING],
            "ok",
            "Nothing unusual in the last run: 1 of 2 monitors is OK, 1 is still learning.",
        ),
        ([Status.OK, Status.OK], "ok", "Nothing unusual in the last run: all 2 monitors are OK."),
        ([Status.LEARNING], "learning", "a is still learning what is usual."),
        ([Status.FAIL], "fail", "a failed in the last run."),
        ([Status.OK], "ok", "Nothing unusual in the last run: a is OK."),
    ],
)
def test_every_way_to_come_out_has_a_sentence(
    store: MetricsStore, statuses: list[Status], status: str, headline: str
) -> None:
    for minute, (task, its) in enumerate(zip("ab", statuses, strict=False)):
        saved(store, 0, verdict(status=its, severity=2.0, said="so"), task=task, minute=minute)
    document = shown(store, now=after(0))
    assert (document["status"], document["headline"]) == (status, headline)


def test_marks_of_people_are_in_the_cells(store: MetricsStore) -> None:
    saved(store, 0, missing())
    store.mark("flight_delay/check_features", day(0), State.BAD, who="ana", note="the feed was down")
    (cell,) = shown(store, now=after(0))["monitors"][0]["cells"]
    assert (cell["state"], cell["status"]) == ("bad", "fail")


def test_days_end_where_a_run_of_the_present_would_be(store: MetricsStore) -> None:
    for number in range(3):
        saved(store, number)
    assert shown(store, now=after(2))["days"][-1] == "2013-01-03"
    assert len(shown(store, now=after(2))["days"]) == 90
    # Ten days without a run are ten columns without a cell, so that a pipeline which stands still is seen.
    assert shown(store, now=after(12))["days"][-1] == "2013-01-13"
    # One that came to rest long ago is shown as it was then; an empty map would say that nothing is monitored.
    assert shown(store, now=after(400))["days"][-1] == "2013-01-03"
    assert shown(store, now=after(400))["monitors"]


def test_days_end_with_the_last_run_where_that_looked_at_old_data(store: MetricsStore) -> None:
    saved(store, 0, started=datetime.fromisoformat("2026-11-20T03:00+00:00"))
    later = datetime.fromisoformat("2026-12-24T03:00+00:00")
    assert shown(store, now=later)["days"][-1] == "2013-01-01"


def test_a_monitor_that_has_gone_stays_visible_and_counts_no_more(store: MetricsStore) -> None:
    saved(store, 0, missing(), task="old_check")
    for number in range(1, 8):
        saved(store, number, task="check")
    document = shown(store, now=after(7))
    assert [(row["task_id"], row["status"]) for row in document["monitors"]] == [
        ("check", "ok"),
        ("old_check", "none"),
    ]
    assert document["headline"] == "Nothing unusual in the last run: check is OK."


def test_a_monitor_of_quality_that_has_no_run_yet_waits_for_labels(store: MetricsStore) -> None:
    labelled = verdict("labelled_share", 1.0, "chance", scale="share", family="quality")
    for number in range(3):
        saved(store, number, task="features")
        if number < 2:
            saved(store, number, labelled, task="quality", minute=5)
    document = shown(store, now=after(2))
    assert {row["task_id"]: row["status"] for row in document["monitors"]} == {
        "features": "ok",
        "quality": "waiting",
    }
    assert document["headline"] == (
        "Nothing unusual in the last run: 1 of 2 monitors is OK, 1 is waiting for labels."
    )


def test_model_versions_are_events_and_the_first_is_none(store: MetricsStore) -> None:
    for number, version in enumerate(["v6", "v6", "v7", "v6", "v7"]):
        for task in ("a", "b"):
            saved(store, number, task=task, model_version=version)
    events = shown(store, now=after(4))["events"]
    assert [(event["at"][:10], event["label"], event["kind"]) for event in events] == [
        ("2013-01-03", "model v7", "model_version"),
        ("2013-01-04", "model v6", "model_version"),
        ("2013-01-05", "model v7", "model_version"),
    ]


def test_incidents_lie_below_and_end_with_their_last_run(store: MetricsStore) -> None:
    for number in range(8):
        saved(store, number, *([missing()] if number in (1, 2) else []))
    document = shown(store, now=after(7))
    (lane,) = document["incidents"]
    assert (lane["opened_at"][:10], (lane["resolved_at"] or "")[:10]) == ("2013-01-02", "2013-01-04")
    assert lane["monitors"] == ["flight_delay/check_features"]
    assert document["incident"] is None
    assert document["detail"] == "1 incident in 90 days, with a failure."


def test_incidents_and_runs_of_other_dags_are_not_shown(store: MetricsStore) -> None:
    saved(store, 0, missing(), monitor="m", dag_id="payroll")
    saved(store, 1, monitor="m")
    saved(store, 1, missing(), task="other", dag_id="payroll")
    document = shown(store, now=after(1))
    assert document["incidents"] == []
    assert document["incident"] is None
    assert [len(row["cells"]) for row in document["monitors"]] == [1]
    assert "payroll" not in str(document)


def test_four_hundred_days() -> None:
    store = MemoryStore()
    for number in range(420):
        saved(store, number, *([missing()] if number % 50 == 0 else []))
    document = shown(store, days=1_000, now=after(419))
    assert len(document["days"]) == len(document["monitors"][0]["cells"]) == 400
    assert len(shown(store, days=30, now=after(419))["monitors"][0]["cells"]) == 30
    assert shown(store, days=-5, now=after(419))["days"] == ["2014-02-24"]


def test_of_many_hourly_runs_the_worst_of_each_slot_stays() -> None:
    store, hour = MemoryStore(), timedelta(hours=1)
    for number in range(90 * 24):
        window = Window(FIRST_DAY + number * hour, FIRST_DAY + (number + 1) * hour)
        bad = [missing()] if number == 100 else []
        saved(store, 0, *bad, window=window, started=window.end, run_id=str(number), score=number % 6 / 10)
    document = shown(store, now=FIRST_DAY + 90 * 24 * hour)
    cells = document["monitors"][0]["cells"]
    assert len(cells) == 360
    assert [cell["run_id"] for cell in cells if cell["status"] == "fail"] == ["100"]
    assert {cell["ratio"] for cell in cells if cell["status"] == "ok"} == {0.125}
    assert document["detail"] == (
        "1 incident in 90 days, with a failure. "
        "Where there are more than 400 runs, a cell is the worst run of 6 hours."
    )
    assert len(document["days"]) == 90


def test_of_too_many_runs_whole_days_are_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dag_page_module, "MOST_RUNS", 25)
    store = MemoryStore()
    for number in range(20):
        for task in ("a", "b"):
            saved(store, number, *([missing()] if number in (2, 15) else []), task=task)
    document = shown(store, now=after(19))
    # Of the day of the oldest run that was read the other monitor's may be missing.
    assert (document["days"][0], document["days"][-1]) == ("2013-01-09", "2013-01-20")
    assert [len(row["cells"]) for row in document["monitors"]] == [12, 12]
    assert document["detail"] == (
        "2 incidents in 12 days, 2 with a failure. Runs before 9 Jan are too many to be shown."
    )
    monkeypatch.setattr(dag_page_module, "MOST_RUNS", 1)
    assert shown(store, now=after(19))["days"] == ["2013-01-20"]


def test_mapped_tasks_are_named_with_their_index(store: MetricsStore) -> None:
    for index in range(2):
        saved(store, 0, *([missing()] if index else []), monitor=f"m{index}", task="check", map_index=index)
    document = shown(store, now=after(0))
    assert document["headline"] == "1 of 2 monitors failed in the last run: check[1]."


def test_ugly_names_and_a_check_that_broke(store: MetricsStore) -> None:
    broken = verdict(
        "lo\nst", None, None, status=Status.BROKEN, family="check", severity=1.0, said="no\x1b[31m file"
    )
    saved(store, 0, broken, missing("a\nb"), task="t\u202eask\n", dag_id="d")
    document = shown(store, dag_id="d", now=after(0))
    assert document["headline"].isprintable()
    assert document["monitors"][0]["cells"][0]["top"].isprintable()


def test_few_statements_whatever_the_number_of_runs(
    store: MetricsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        for task in ("a", "b", "c"):
            saved(store, number, *([missing()] if number % 3 == 0 else []), task=task)
    asked: list[str] = []
    for name in (
        "runs",
        "run",
        "alerts",
        "alerts_of_runs",
        "incidents",
        "latest_runs",
        "series_of",
        "verdicts",
        "history",
        "facts",
    ):
        own = getattr(store, name)
        monkeypatch.setattr(
            store, name, lambda *a, _own=own, _name=name, **k: (asked.append(_name), _own(*a, **k))[1]
        )
    shown(store, now=after(5))
    assert sorted(asked) == ["alerts_of_runs", "incidents", "runs", "runs", "series_of"]
