from __future__ import annotations

import pytest

from tests.ui.asking import about, address


@pytest.fixture
def fares(ran, store):
    return about(ran, store, "fares", "look", "fares/look")


WRONG = {
    "api/report": ["dag_id", "run_id", "task_id"],
    "api/report?dag_id=fares&run_id=x&task_id=look&map_index=some": ["map_index"],
    "api/report?dag_id=fares&run_id=x&task_id=look&map_index=-2": ["map_index"],
    "api/report?dag_id=&run_id=x&task_id=look": ["dag_id"],
    "api/run?dag_id=fares": ["run_id"],
    "api/dag": ["dag_id"],
    "api/dag?dag_id=fares&days=0": ["days"],
    "api/dag?dag_id=fares&days=much": ["days"],
    "api/series?monitor=fares/look": ["metric"],
    "api/series?monitor=fares/look&metric=rows&begin=2013-02-01T00:00:00": ["begin"],
    "api/series?monitor=fares/look&metric=rows&begin=2013-02-02T00:00:00Z&end=2013-02-01T00:00:00Z": [
        "begin"
    ],
    "api/series/names": ["monitor", "dag_id"],
    "api/models?state=angry": ["state"],
    "api/models?limit=0": ["limit"],
    "api/models?offset=-1": ["offset"],
    "api/incident/0": ["number"],
    "api/incident/one": ["number"],
    f"api/dag?dag_id={'x' * 1001}": ["dag_id"],
}


@pytest.mark.parametrize("asked", WRONG)
def test_a_question_that_cannot_be_answered_is_told_so_by_name(asked, client_of):
    answer = client_of("vic").get(f"/mlmonitor/{asked}")
    assert answer.status_code == 422
    said = answer.json()
    assert said["kind"] == "request"
    assert all(name in said["message"] + said["hint"] for name in WRONG[asked])


UNKNOWN = (
    "api/report?dag_id=fares&run_id=none&task_id=look",
    "api/report?dag_id=fares&run_id={run_id}&task_id=nothing",
    "api/report?dag_id=fares&run_id={run_id}&task_id=look&map_index=7",
    "api/run?dag_id=fares&run_id=none",
    "api/dag?dag_id=none",
    "api/series?monitor=fares/none&metric=rows",
    "api/series/names?monitor=fares/none",
    "api/incident/99999",
    "api/nothing",
    "nothing",
    "static/nothing.js",
)


@pytest.mark.parametrize("asked", UNKNOWN)
def test_what_does_not_exist_is_told_so(asked, client_of, fares):
    url = f"/mlmonitor/{asked}".replace("{run_id}", fares["run_id"].replace("+", "%2B"))
    answer = client_of("vic").get(url)
    assert answer.status_code == 404
    said = answer.json()
    assert said["kind"] == "unknown"
    assert said["message"]
    assert said["hint"]


def test_no_route_takes_another_method(client_of):
    answer = client_of("admin").delete("/mlmonitor/api/incident/1")
    assert answer.status_code == 405
    assert answer.json()["kind"] == "request"


def test_what_airflow_leaves_in_a_link_of_an_unmapped_task_is_read_as_unmapped(client_of, fares):
    url = address("/api/report", fares)
    unmapped = client_of("vic").get(url).json()
    for said in ("-1", "{MAP_INDEX}", "%7BMAP_INDEX%7D", ""):
        assert client_of("vic").get(f"{url}&map_index={said}").json() == unmapped


def test_each_instance_of_a_mapped_task_has_its_own_page(client_of, fares):
    each = fares | {"task_id": "each"}
    url = address("/api/report", each)
    pages = [client_of("vic").get(f"{url}&map_index={index}").json() for index in (0, 1)]
    assert [page["verdict"]["model_version"] for page in pages] == ["v1", "v2"]


def test_the_page_of_a_failed_task_says_what_it_found(client_of, fares):
    page = client_of("vic").get(address("/api/report", fares)).json()
    assert page["verdict"]["status"] == "fail"
    assert page["incident"]["id"] == fares["incident"]
    assert page["findings"][0]["series"] == {
        "monitor": "fares/look",
        "metric": "rows",
        "column": "",
        "slice": "",
    }
    assert page["task_state"] == "failed"


def test_monitors_of_a_run_stand_in_the_order_of_the_pipeline(client_of, fares):
    page = client_of("vic").get(address("/api/run", fares)).json()
    assert [(row["task_id"], row["map_index"]) for row in page["monitors"]] == [
        ("look", -1),
        ("each", 0),
        ("each", 1),
    ]
    assert [row["position"] for row in page["monitors"]] == [1, 2, 3]


def test_the_page_of_a_task_that_runs_no_monitor_says_so(client_of, fares):
    load = fares | {"task_id": "z_load"}
    page = client_of("vic").get(address("/api/report", load)).json()
    assert page["verdict"]["status"] == "none"
    assert page["verdict"]["headline"] == "This task runs no monitor."


def test_documents_are_described_to_those_who_are_logged_in(client_of):
    described = client_of("vic").get("/mlmonitor/openapi.json").json()
    assert "/api/report" in described["paths"]
    assert described["info"]["title"] == "ML Monitor"


def test_models_say_what_only_airflow_knows(client_of):
    page = client_of("vic").get("/mlmonitor/api/models").json()
    rows = {row["model"]: row for row in page["models"]}
    assert set(rows) == {"fares", "payroll"}
    assert rows["fares"]["due_at"] is not None
    searched = client_of("vic").get("/mlmonitor/api/models?q=pay&limit=1").json()
    assert [row["model"] for row in searched["models"]] == ["payroll"]


@pytest.mark.parametrize("task_id", ["look", "each"])
def test_the_button_on_a_tasks_details_leads_to_its_page(task_id, client_of, fares, ran):
    """Airflow's own route gives what the worker computed; a browser reads it relative to Airflow's address."""
    map_index = 0 if task_id == "each" else -1
    client = client_of("vic")
    url = f"/api/v2/dags/fares/dagRuns/{fares['run_id']}/taskInstances/{task_id}/links?map_index={map_index}"
    links = client.get(url).json()["extra_links"]
    page = client.get(f"/{links['ML Monitor']}")
    assert page.status_code == 200
    assert "Failed" in page.text
