"""What the server answers to those who ask with the cookie of Airflow's UI, and to those who have none.

Each function is one thing that holds on the :class:`~tests.e2e.morning.Morning`, named as it is reported.
"""

from __future__ import annotations

import re

from tests.e2e.morning import Morning

API = "/mlmonitor/api"
MISSING = {"temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "visib", "pressure"}


def only_the_ui_can_be_reached_and_only_from_this_machine(morning: Morning) -> None:
    assert morning.airflow.listens_on() == {("127.0.0.1", int(morning.airflow.url.rpartition(":")[2]))}


def the_scheduler_ran_every_day_until_the_one_that_fails(morning: Morning) -> None:
    states = morning.viewer.runs("flight_delay")
    assert states == {
        "2013-03-12": "success",
        "2013-03-13": "success",
        "2013-03-14": "success",
        "2013-03-15": "failed",
    }, morning.airflow.said()


def nothing_is_told_to_who_has_not_logged_in(morning: Morning) -> None:
    nobody = morning.airflow.user("").http
    for path in ("api/models", "api/banner", "api/dag?dag_id=flight_delay", "models", "static/main.js"):
        assert nobody.get(f"/mlmonitor/{path}").status_code == 401, path
    assert nobody.post(f"{API}/incident/1/acknowledge", json={}).status_code == 401


def the_task_says_what_is_wrong_where_how_much_and_since_when(morning: Morning) -> None:
    page = morning.viewer.get(f"{API}/report", **morning.task)
    assert page["verdict"]["monitor"] == "flight_delay/skew"
    assert page["verdict"]["rows"] == 982
    assert page["verdict"]["window_words"] == "Thu 14 Mar 2013"
    first = page["findings"][0]
    assert first["status"] == "fail"
    assert first["value_words"] == "36.3%"
    assert set(first["columns"]) <= MISSING
    assert first["since"]["kind"] == "new"
    assert "EWR" in first["likely"]
    assert first["next"]
    assert first["history"][-1]["run_id"] == morning.run_id


def the_run_names_every_monitor_and_where_to_start(morning: Morning) -> None:
    page = morning.viewer.get(f"{API}/run", dag_id="departures", run_id=morning.departures)
    rows = {row["task_id"]: row for row in page["monitors"]}
    assert [row["task_id"] for row in page["monitors"]][-1] == "features"
    assert set(rows) == {"weather", "flights", "features"}
    assert rows["weather"]["start_here"]
    assert rows["flights"]["status"] == "ok"


def the_dag_shows_its_days_and_its_incident(morning: Morning) -> None:
    page = morning.viewer.get(f"{API}/dag", dag_id="flight_delay", days=90)
    (row,) = page["monitors"]
    assert len(row["cells"]) >= 20
    assert row["cells"][-1]["incident_id"] == morning.incident()
    assert morning.incident() in [lane["id"] for lane in page["incidents"]]


def a_series_has_a_past_that_the_scheduler_did_not_see(morning: Morning) -> None:
    names = morning.viewer.get(f"{API}/series/names", dag_id="flight_delay")
    assert {"temp", "origin"} <= set(names["columns"])
    asked = {"monitor": "flight_delay/skew", "metric": "null_share", "column": "temp"}
    history = morning.viewer.get(f"{API}/series", **asked)["history"]
    assert len(history) >= 20
    assert round(history[-1]["value"], 3) == 0.363


def every_model_is_listed_the_worst_first(morning: Morning) -> None:
    page = morning.viewer.get(f"{API}/models")
    found = {row["model"]: row for row in page["models"]}
    assert set(found) == {"flight_delay", "departures", "cancellations"}
    assert page["models"][-1]["model"] == "cancellations"
    assert found["flight_delay"]["incident"]["id"] == morning.incident()


def the_pages_without_scripts_say_the_same(morning: Morning) -> None:
    headline = morning.viewer.get(f"{API}/report", **morning.task)["verdict"]["headline"]
    http = morning.viewer.http
    report = http.get("/mlmonitor/report", params=morning.task)
    assert report.status_code == 200
    assert headline in re.sub(r"<[^>]+>", "", report.text)
    assert "<script" not in report.text
    assert http.get("/mlmonitor/models").status_code == 200
    assert http.get(f"/mlmonitor/incident/{morning.incident()}").status_code == 200


def the_details_of_the_task_link_to_its_report(morning: Morning) -> None:
    task = f"dags/flight_delay/dagRuns/{morning.run_id}/taskInstances/skew"
    links = morning.viewer.get(f"/api/v2/{task}/links")["extra_links"]
    (address,) = links.values()
    assert morning.viewer.http.get(address).status_code == 200


def who_may_only_read_decides_nothing(morning: Morning) -> None:
    assert morning.viewer.get(f"{API}/report", **morning.task)["can_edit"] is False
    assert morning.admin.get(f"{API}/report", **morning.task)["can_edit"] is True
    refused = morning.viewer.http.post(f"{API}/incident/{morning.incident()}/acknowledge", json={})
    assert refused.status_code == 403
    assert refused.json()["kind"] == "permission"
    assert morning.viewer.get(f"{API}/incident/{morning.incident()}")["incident"]["state"] == "open"


ANSWERS = (
    only_the_ui_can_be_reached_and_only_from_this_machine,
    the_scheduler_ran_every_day_until_the_one_that_fails,
    nothing_is_told_to_who_has_not_logged_in,
    the_task_says_what_is_wrong_where_how_much_and_since_when,
    the_run_names_every_monitor_and_where_to_start,
    the_dag_shows_its_days_and_its_incident,
    a_series_has_a_past_that_the_scheduler_did_not_see,
    every_model_is_listed_the_worst_first,
    the_pages_without_scripts_say_the_same,
    the_details_of_the_task_link_to_its_report,
    who_may_only_read_decides_nothing,
)
