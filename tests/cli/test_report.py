from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command
from tests.cli.test_history import keep


@pytest.fixture
def store(folder: Path) -> SqlStore:
    """Two quiet days of a monitor, then one on which temperatures are missing, and a second monitor."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day, share in enumerate((0.0, 0.01, 0.318)):
        keep(store, day, share)
    keep(store, 1, 0.0, monitor="taxi/labels")
    return store


@pytest.mark.usefixtures("store")
def test_the_latest_run_in_words(mlmonitor: Command) -> None:
    said = mlmonitor("report", "taxi/skew")
    assert (said.status, said.err) == (1, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("taxi/skew: Failed. temp is missing")
    assert "902 rows · data of Sun 3 Feb 2013 (UTC) · model v3" in said.out
    assert "Incident 1: open, nobody on it yet." in said.out
    assert "31.8% rows without temp; expected 0–1.2%" in said.out


@pytest.mark.usefixtures("store")
def test_the_run_of_a_day(mlmonitor: Command) -> None:
    said = mlmonitor("report", "taxi/skew", "--window", "2013-02-02")
    assert said.status == 0
    assert said.out.startswith("taxi/skew: OK. Nothing unusual.")
    assert "data of Sat 2 Feb 2013" in said.out


@pytest.mark.usefixtures("store")
def test_a_model_is_all_its_monitors_the_gravest_first(mlmonitor: Command, folder: Path) -> None:
    said = mlmonitor("report", "taxi")
    assert said.status == 1
    assert said.out.index("taxi/skew: Failed.") < said.out.index("taxi/labels: OK.")
    mlmonitor("report", "taxi", "--out", "both.html")
    page = (folder / "both.html").read_text("utf-8")
    assert page.index(">taxi/skew</h2>") < page.index(">taxi/labels</h2>")


@pytest.mark.usefixtures("store")
def test_a_page_to_send(mlmonitor: Command, folder: Path) -> None:
    said = mlmonitor("report", "taxi/skew", "--out", "sent/report.html")
    assert (said.status, said.err) == (1, "")
    page = (folder / "sent" / "report.html").read_text("utf-8")
    assert said.out == f"Wrote sent/report.html ({len(page.encode()) / 1000:,.0f} kB).\n"
    assert "<script" not in page
    assert "31.8%" in page
    assert "mlmonitor ack 1" in page
    mlmonitor("report", "taxi/skew", "--out", "memory://reports/taxi.html")
    with fsspec.open("memory://reports/taxi.html", "rt", encoding="utf-8") as file:
        assert file.read() == page


@pytest.mark.usefixtures("store")
def test_the_documents_as_json(mlmonitor: Command, folder: Path) -> None:
    (report,) = mlmonitor("report", "taxi/skew", "--json", "--out", "report.html").json["reports"]
    assert report["verdict"]["status"] == "fail"
    assert report["findings"][0]["series"]["column"] == "temp"
    assert [point["value"] for point in report["findings"][0]["history"]] == [0.0, 0.01, 0.318]
    assert (folder / "report.html").exists()


@pytest.mark.usefixtures("store")
def test_what_is_not_there_is_told_with_what_is(mlmonitor: Command) -> None:
    said = mlmonitor("report", "taxi/skew", "--window", "2013-02-09")
    assert (said.status, said.out) == (2, "")
    assert said.err == "mlmonitor: taxi/skew has no run of 2013-02-09; its latest is of 2013-02-03.\n"
    assert "No run of a monitor or model 'bus' is stored" in mlmonitor("report", "bus").err
    assert "end it in a name such as report.html" in mlmonitor("report", "taxi", "--out", "pages/").err
