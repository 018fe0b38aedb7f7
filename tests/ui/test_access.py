from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from tests.ui.asking import ACTIONS, DECIDES, OF_A_DAG, OTHERS, READS, about, address

SECRETS = ("secret", "covert", "payroll", "salaries")
"""Names that nobody may read who may not read the DAG."""


@pytest.fixture
def fares(ran, store):
    return about(ran, store, "fares", "look", "fares/look")


@pytest.fixture
def secret(ran, store):
    return about(ran, store, "secret", "covert", "fares/covert")


def test_the_routes_that_are_tested_are_all_there_are(application):
    found = {(route.path, *sorted(route.methods)) for route in application.routes}
    assert found == {*((path, "GET") for path in (*READS, *OTHERS)), (DECIDES, "POST")}


def test_nothing_describes_the_application_to_those_who_are_not_logged_in(application):
    assert (application.docs_url, application.redoc_url, application.openapi_url) == (None, None, None)


@pytest.mark.parametrize("route", [*READS, *OTHERS])
def test_without_a_login_nothing_is_read(route, client_of, fares):
    answer = client_of().get(address(route, fares))
    assert answer.status_code == 401
    assert "not logged in" in answer.text


def test_a_page_leads_to_the_login_and_back(client_of, fares):
    asked = address("/report", fares)
    text = client_of().get(asked).text
    (login,) = [found for found in re.findall(r'href="([^"]*)"', text) if "/auth/login" in found]
    assert unquote(login.partition("next=")[2]) == f"http://testserver{asked}"


@pytest.mark.parametrize("route", [*READS, *OTHERS])
def test_with_a_login_that_is_none_of_airflows_nothing_is_read(route, client_of, fares):
    client = client_of()
    answer = client.get(address(route, fares), headers={"Authorization": "Bearer of.bad.news"})
    assert answer.status_code == 403
    client.cookies.set("_token", "of.bad.news")
    assert client.get(address(route, fares)).status_code in (401, 403)


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_login_nothing_is_decided(action, client_of, fares, store):
    before = store.incident(fares["incident"])
    url = f"/mlmonitor/api/incident/{fares['incident']}/{action}"
    assert client_of().post(url, json=ACTIONS[action]).status_code == 401
    assert store.incident(fares["incident"]) == before


@pytest.mark.parametrize("route", READS)
@pytest.mark.parametrize("name", ["vic", "uwe", "olga", "admin"])
def test_whoever_may_read_the_dag_reads(name, route, client_of, fares):
    answer = client_of(name).get(address(route, fares))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_a_bearer_token_is_as_good_as_a_cookie(client_of, fares):
    token = client_of("vic").cookies["_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client_of().get(address("/api/report", fares), headers=headers).status_code == 200


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_only_read_decides_nothing(action, client_of, fares, store):
    before = store.incident(fares["incident"])
    url = f"/mlmonitor/api/incident/{fares['incident']}/{action}"
    answer = client_of("vic").post(url, json=ACTIONS[action])
    assert answer.status_code == 403
    assert answer.json()["kind"] == "permission"
    assert "right to edit the DAG" in answer.json()["hint"]
    assert store.incident(fares["incident"]) == before


@pytest.mark.parametrize("route", OF_A_DAG)
@pytest.mark.parametrize("name", ["rita", "rena"])
def test_who_may_not_read_the_dag_is_told_what_is_missing_and_nothing_else(name, route, client_of, secret):
    answer = client_of(name).get(address(route, secret))
    assert answer.status_code == 403
    assert "right to read the DAG" in answer.text
    assert not any(word in answer.text for word in SECRETS)


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_not_read_the_dag_decides_nothing(action, client_of, secret, store):
    before = store.incident(secret["incident"])
    url = f"/mlmonitor/api/incident/{secret['incident']}/{action}"
    answer = client_of("rita").post(url, json=ACTIONS[action])
    assert answer.status_code == 403
    assert store.incident(secret["incident"]) == before
    unknown = client_of("rita").post(f"/mlmonitor/api/incident/99999/{action}", json=ACTIONS[action])
    assert (unknown.status_code, unknown.json()) == (answer.status_code, answer.json())


@pytest.mark.parametrize("route", OF_A_DAG)
def test_what_is_hidden_looks_like_what_does_not_exist(route, client_of, secret):
    rita = client_of("rita")
    nowhere = secret | {"incident": 99999, "monitor": "fares/nothing"}
    hidden, unknown = rita.get(address(route, secret)), rita.get(address(route, nowhere))
    assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text)


@pytest.mark.parametrize("name", ["rita", "rena"])
def test_lists_leave_out_what_is_hidden(name, client_of, fares):
    client = client_of(name)
    for route in ("/api/models", "/models", "/api/banner", "/api/dag", "/api/run", "/api/report"):
        text = client.get(address(route, fares)).text
        assert not any(word in text for word in SECRETS), route
    everything = client_of("vic").get("/mlmonitor/api/models").text
    assert "payroll" in everything


@pytest.mark.parametrize("route", ["/api/series/names", "/api/incident/{number}", "/incident/{number}"])
def test_pages_of_a_model_leave_out_its_hidden_monitors(route, client_of, fares):
    text = client_of("rita").get(address(route, fares)).text
    assert not any(word in text for word in SECRETS)


def test_counts_of_the_banner_are_of_what_may_be_read(client_of):
    everything = client_of("vic").get("/mlmonitor/api/banner").json()
    shown = client_of("rita").get("/mlmonitor/api/banner").json()
    assert shown["open"] < everything["open"]


def test_what_one_may_read_is_not_kept_for_another(client_of, secret):
    assert client_of("vic").get(address("/api/report", secret)).status_code == 200
    assert client_of("rita").get(address("/api/report", secret)).status_code == 403
    assert "covert" in client_of("vic").get("/mlmonitor/api/series/names?dag_id=secret").text
    assert client_of("rita").get("/mlmonitor/api/series/names?dag_id=secret").status_code == 403


@pytest.mark.parametrize(("name", "can_edit"), [("vic", False), ("uwe", True), ("admin", True)])
def test_a_page_says_whether_its_reader_may_decide(name, can_edit, client_of, fares):
    for route in ("/api/report", "/api/run", "/api/dag", "/api/incident/{number}"):
        assert client_of(name).get(address(route, fares)).json()["can_edit"] is can_edit, route


def test_runs_of_the_command_line_are_nobodys(client_of, store):
    from tests.store import making

    store.save(making.report(monitor="terminal/look", model="terminal", tags=making.Tags()))
    admin = client_of("admin")
    assert "terminal" not in admin.get("/mlmonitor/api/models").text
    assert admin.get("/mlmonitor/api/series?monitor=terminal/look&metric=psi").status_code == 404
