from __future__ import annotations

from airflow_mlmonitor.pages.documents import DagRunPage
from airflow_mlmonitor.pages.silent_monitors import with_silent
from tests.report.pages_made import dag_run_page

WHY = "The task failed, not for what it found: its log says why."


def told(page: DagRunPage) -> list[tuple[int, str, int, str, bool]]:
    return [
        (row["position"], row["task_id"], row["map_index"], row["status"], row["start_here"])
        for row in page["monitors"]
    ]


def test_a_monitor_that_died_stands_in_its_place_of_a_quiet_run() -> None:
    quiet = dag_run_page(
        status="ok",
        headline="Nothing unusual: check_flights is OK.",
        monitors=dag_run_page()["monitors"][:1],
        detail="",
    )
    page = with_silent(
        quiet, {("load_check", -1): WHY, ("each", 2): WHY}, ["load_check", "check_flights", "each"]
    )
    assert told(page) == [
        (1, "load_check", -1, "broken", True),
        (2, "check_flights", -1, "ok", False),
        (3, "each", 2, "broken", False),
    ]
    assert page["status"] == "broken"
    assert page["headline"] == "2 of 3 monitors could not check: load_check and each[2]."
    assert page["monitors"][0]["sentence"] == WHY


def test_what_failed_stays_the_headline() -> None:
    page = with_silent(dag_run_page(), {("parity", -1): WHY})
    assert page["headline"] == dag_run_page()["headline"]
    assert [row["task_id"] for row in page["monitors"] if row["start_here"]] == ["check_weather"]
    assert "1 could not check: parity." in page["detail"]


def test_what_an_earlier_try_concluded_gives_way() -> None:
    page = with_silent(dag_run_page(), {("check_flights", -1): WHY})
    assert [row["status"] for row in page["monitors"] if row["task_id"] == "check_flights"] == ["broken"]


def test_a_run_without_silent_monitors_stays_as_it_is() -> None:
    assert with_silent(dag_run_page(), {}) == dag_run_page()
