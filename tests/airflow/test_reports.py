"""Pages that tasks keep: of every run, and of a DAG run, which stays red."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import fsspec
import pytest
from airflow.sdk import DAG, task

from airflow_mlmonitor.checks import check
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator, MonitorReportOperator

NUMBERS = count()
FAULTY = 3
LIMIT = Bounds({"highest": {"max": 100}})


@check
def highest(now):
    """The fare of the richest passenger."""
    return now["fare"].max


@pytest.fixture
def fares(tmp_path: Path) -> Files:
    """Four days of fares; those of the third are beyond belief."""
    for day in range(1, 5):
        top = 900 if day == FAULTY else 90
        (tmp_path / f"2013-02-0{day}.csv").write_text("fare\n" + "".join(f"{row}.5\n" for row in (1, 2, top)))
    return Files(f"{tmp_path}/{{{{ window.label }}}}.csv")


def dag() -> DAG:
    return DAG(f"reports_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 2, 1, tzinfo=UTC))


def after(day: int) -> datetime:
    return datetime(2013, 2, day + 1, tzinfo=UTC)


def monitor(source: Files, task_id: str = "look", **kwargs: Any) -> MonitorOperator:
    return MonitorOperator(
        **{"task_id": task_id, "model": "fares", "source": source, "checks": [highest], "bounds": LIMIT}
        | kwargs
    )


@pytest.mark.usefixtures("store")
class TestEveryRun:
    def test_its_page_is_kept_whatever_its_outcome(self, run_dag, fares, tmp_path):
        with dag() as one:
            monitor(fares, report=f"{tmp_path}/pages/{{{{ window.label }}}}.html")
        quiet, failed = (run_dag(one, "scheduled", after(day)) for day in (2, FAULTY))
        assert [quiet.state("look"), failed.state("look")] == ["success", "failed"]
        places = [run.xcom("look")["report"] for run in (quiet, failed)]
        assert places == [f"{tmp_path}/pages/2013-02-0{day}.html" for day in (2, FAULTY)]
        calm, alarmed = (Path(place).read_text("utf-8") for place in places)
        assert "data of Sat 2 Feb 2013" in calm
        assert 'class="card verdict is-learning"' in calm
        assert "highest" in alarmed
        assert 'class="card verdict is-fail"' in alarmed
        assert quiet.rendered("look")["report"] == places[0]

    def test_a_failure_callback_finds_the_page(self, run_dag, fares, tmp_path):
        heard: list[str] = []
        with dag() as one:
            monitor(
                fares,
                report=f"{tmp_path}/page.html",
                on_failure_callback=lambda context: heard.append(
                    context["ti"].xcom_pull(task_ids="look")["report"]
                ),
            )
        run_dag(one, "scheduled", after(FAULTY))
        assert heard == [f"{tmp_path}/page.html"]

    def test_what_cannot_be_written_is_logged_and_fails_nothing(self, run_dag, fares, tmp_path, capsys):
        (tmp_path / "file").write_text("")
        with dag() as one:
            monitor(fares, report=f"{tmp_path}/file/page.html")
        run = run_dag(one, "scheduled", after(2))
        assert run.state("look") == "success"
        assert "report" not in run.xcom("look")
        assert "could not be kept" in capsys.readouterr().out

    def test_a_page_goes_where_its_connection_leads(self, run_dag, fares, monkeypatch):
        monkeypatch.setenv("AIRFLOW_CONN_LAKE", '{"conn_type": "generic"}')
        with dag() as one:
            monitor(fares, report="memory://pages/{{ window.label }}.html", report_conn_id="lake")
        assert run_dag(one, "scheduled", after(2)).xcom("look")["report"] == "memory://pages/2013-02-02.html"
        with fsspec.open("memory://pages/2013-02-02.html", "rt", encoding="utf-8") as file:
            assert "data of Sat 2 Feb 2013" in file.read()

    def test_links_lead_into_airflow_where_its_address_is_known(self, run_dag, fares, tmp_path, monkeypatch):
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
        with dag() as one:
            monitor(fares, report=f"{tmp_path}/page.html")
        run_dag(one, "scheduled", after(FAULTY))
        page = (tmp_path / "page.html").read_text("utf-8")
        assert 'href="https://airflow.example.com/team/plugin/mlmonitor/incident/1"' in page


@pytest.mark.usefixtures("store")
class TestADagRun:
    def test_a_run_whose_monitor_failed_stays_red_and_has_its_page(self, run_dag, fares, tmp_path, capsys):
        with dag() as one:

            @task
            def score():
                return 1

            rows = monitor(fares, "rows", bounds=None)
            look = monitor(fares)
            report = MonitorReportOperator(
                task_id="report", path=f"{tmp_path}/{{{{ window.label }}}}.html", retries=2
            )
            rows >> look >> score() >> report
        run = run_dag(one, "scheduled", after(FAULTY))
        assert [run.state(name) for name in ("rows", "look", "score", "report")] == [
            *("success", "failed", "upstream_failed", "failed")
        ]
        assert run.tries("report") == 1, "the same run again would be as red"
        told = run.xcom("report")
        assert told["report"] == f"{tmp_path}/2013-02-03.html"
        assert told["failed"] == ["look", "score"]
        assert told["status"] == "fail"
        page = (tmp_path / "2013-02-03.html").read_text("utf-8")
        assert page.index(">rows</") < page.index(">look</")
        assert page.count("start here") == 1
        assert 'id="monitor-1"' in page
        assert "Failed before this task: look, score" in capsys.readouterr().out

    def test_a_quiet_run_is_green(self, run_dag, fares, tmp_path):
        with dag() as one:
            monitor(fares) >> MonitorReportOperator(task_id="report", path=f"{tmp_path}/page.html")
        run = run_dag(one, "scheduled", after(2))
        assert run.state("report") == "success"
        assert run.xcom("report")["failed"] == []
        assert 'class="card verdict is-learning"' in (tmp_path / "page.html").read_text("utf-8")

    def test_findings_that_should_not_fail_do_not(self, run_dag, fares, tmp_path):
        with dag() as one:
            monitor(fares, fail_on="never") >> MonitorReportOperator(
                task_id="report", path=f"{tmp_path}/page.html"
            )
        run = run_dag(one, "scheduled", after(FAULTY))
        assert [run.state("look"), run.state("report")] == ["success", "success"]
        assert run.xcom("report")["status"] == "fail"
        assert 'class="card verdict is-fail"' in (tmp_path / "page.html").read_text("utf-8")

    def test_monitors_that_ended_before_they_concluded_stand_in_it(self, run_dag, fares, tmp_path):
        with dag() as one:

            @task
            def load():
                raise RuntimeError("no connection")

            report = MonitorReportOperator(task_id="report", path=f"{tmp_path}/page.html")
            lost = monitor(Files(f"{tmp_path}/nowhere/*.csv"), "lost")
            load() >> monitor(fares, "kept") >> report
            lost >> report
        run = run_dag(one, "scheduled", after(2))
        assert [run.state(name) for name in ("kept", "lost", "report")] == [
            "upstream_failed",
            "failed",
            "failed",
        ]
        assert run.xcom("report")["headline"] == "2 of 2 monitors could not check: lost and kept."
        page = (tmp_path / "page.html").read_text("utf-8")
        assert "The task failed, not for what it found: its log says why." in page
        assert "It did not run: a task before it failed." in page

    def test_mapped_monitors_are_named_as_in_the_grid(self, run_dag, fares, tmp_path):
        with dag() as one:
            looks = MonitorOperator.partial(
                task_id="look_at", model="fares", checks=[highest], bounds=LIMIT
            ).expand(source=[fares, Files(f"{tmp_path}/2013-02-0{FAULTY}.csv")])
            looks >> MonitorReportOperator(task_id="report", path=f"{tmp_path}/page.html")
        run = run_dag(one, "scheduled", after(2))
        assert run.states("look_at") == ["success", "failed"]
        assert run.xcom("report")["failed"] == ["look_at[1]"]
        page = (tmp_path / "page.html").read_text("utf-8")
        assert ">look_at[0]<" in page
        assert ">look_at[1]<" in page

    def test_what_it_could_not_write_is_tried_again(self, run_dag, fares, tmp_path):
        (tmp_path / "file").write_text("")
        with dag() as one:
            monitor(fares) >> MonitorReportOperator(
                task_id="report", path=f"{tmp_path}/file/page.html", retries=1, retry_delay=timedelta(0)
            )
        run = run_dag(one, "scheduled", after(2))
        assert (run.state("report"), run.tries("report")) == ("failed", 2)

    def test_a_monitor_that_is_cleared_and_passes_makes_it_green(self, run_dag, fares, tmp_path):
        with dag() as one:
            monitor(fares) >> MonitorReportOperator(task_id="report", path=f"{tmp_path}/page.html")
        run = run_dag(one, "scheduled", after(FAULTY))
        assert run.state("report") == "failed"
        (tmp_path / f"2013-02-0{FAULTY}.csv").write_text("fare\n1.5\n90.5\n")
        run.clear("look").clear("report").go()
        assert [run.state("look"), run.state("report")] == ["success", "success"]
        assert 'class="card verdict is-fail"' not in (tmp_path / "page.html").read_text("utf-8")
