from __future__ import annotations

import socket
import time

import pytest

from airflow_mlmonitor.ui.server import stores
from tests.ui.asking import DECIDES, READS, about, address

PASSWORD = "w0nt-be-told"  # noqa: S105 - of nothing


@pytest.fixture
def fares(ran, store):
    return about(ran, store, "fares", "look", "fares/look")


@pytest.fixture
def away(fares, monkeypatch):
    """A store whose server does not answer: nothing listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv(
        "AIRFLOW_CONN_MLMONITOR_DEFAULT", f"postgresql://reporter:{PASSWORD}@127.0.0.1:{port}/metrics"
    )
    return port


def test_every_page_says_that_the_store_is_away_and_names_the_connection(away, client_of, fares):
    client = client_of("vic")
    for route in READS:
        answer = client.get(address(route, fares))
        assert answer.status_code == 503, route
        assert "Cannot reach the metrics store" in answer.text
        assert "mlmonitor_default" in answer.text
        for told in (PASSWORD, "reporter", "127.0.0.1", str(away), "psycopg"):
            assert told not in answer.text, route


def test_nothing_is_decided_while_it_is_away(away, client_of, fares):
    url = DECIDES.replace("{number}", "1").replace("{action}", "acknowledge")
    answer = client_of("uwe").post(f"/mlmonitor{url}", json={})
    assert (answer.status_code, answer.json()["kind"]) == (503, "store")


def test_the_page_of_a_task_says_what_the_task_itself_remembers(away, client_of, fares):
    said = client_of("vic").get(address("/api/report", fares)).json()
    assert said["kind"] == "store"
    assert said["summary"]["monitor"] == "fares/look"
    assert said["summary"]["status"] == "fail"
    assert said["summary"]["findings"][0]["metric"] == "rows"
    page = client_of("vic").get(address("/report", fares))
    assert page.status_code == 503
    assert said["summary"]["message"].splitlines()[0] in page.text.replace("&#39;", "'")


def test_not_to_those_who_may_not_see_xcoms(away, client_of, fares):
    answer = client_of("xena").get(address("/api/report", fares))
    assert answer.status_code == 503
    assert "summary" not in answer.json()


def test_who_may_not_read_the_dag_learns_nothing_of_a_store_that_is_away(away, client_of, ran):
    asked = {
        "dag_id": "secret",
        "run_id": ran["secret"][-1]._run.run_id,
        "task_id": "covert",
        "monitor": "fares/covert",
        "incident": 1,
    }
    for route in ("/api/report", "/report", "/api/run", "/api/dag"):
        assert client_of("rita").get(address(route, asked)).status_code == 403


def test_a_store_that_is_back_is_asked_again(away, client_of, fares, application, monkeypatch):
    client = client_of("vic")
    assert client.get(address("/api/report", fares)).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(stores, "LOOKED_UP", 0.0)  # as if that much time had gone by
    application.state.reader.stores._away = (time.monotonic(), "")
    application.state.reader.recent.forget()
    assert client.get(address("/api/report", fares)).status_code == 200


def test_a_connection_that_is_not_defined_is_named(client_of, fares, monkeypatch):
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "warehouse")
    answer = client_of("vic").get(address("/api/banner", fares))
    assert (answer.status_code, answer.json()["kind"]) == (503, "store")
    assert "'warehouse' is not defined in Airflow" in answer.json()["message"]


def test_a_store_of_another_version_says_how_to_upgrade(client_of, fares, monkeypatch, tmp_path):
    from pathlib import Path
    from shutil import copy

    golden = Path(__file__).parents[1] / "golden" / "store_0001.db"
    old = Path(copy(golden, tmp_path / "old.db"))
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", f'{{"conn_type": "sqlite", "host": "{old}"}}')
    answer = client_of("vic").get(address("/api/banner", fares))
    assert answer.status_code == 503
    assert "mlmonitor db upgrade" in answer.json()["hint"]


def test_a_store_that_no_run_has_made_yet_has_nothing_to_show(client_of, fares, monkeypatch, tmp_path):
    none = tmp_path / "none.db"
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", f'{{"conn_type": "sqlite", "host": "{none}"}}')
    assert client_of("vic").get("/mlmonitor/api/banner").json()["open"] == 0
    assert client_of("vic").get("/mlmonitor/api/models").json()["models"] == []


def test_somebody_else_does_not_wait_for_a_store_that_has_just_not_answered(away, client_of, application):
    client = client_of("vic")
    assert client.get("/mlmonitor/api/banner").status_code == 503
    until, said = application.state.reader.stores._away
    assert until > time.monotonic()
    assert "cannot be reached" in said
