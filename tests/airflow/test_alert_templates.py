"""The templates of docs/alerts.md, sent by Airflow's own notifier from runs that failed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Shape
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator
from tests.listening import Mailbox, html_of

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text("utf-8")
SUBJECT, MAIL = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
NUMBERS = count()


@pytest.fixture
def fail(run_dag: Any, store: Any, tmp_path: Path) -> Any:
    """Run a monitor that fails, and return its DAG."""

    def run(rows: str | None) -> DAG:
        if rows is not None:
            (tmp_path / "fares.csv").write_text(rows)
        tell = SmtpNotifier(to="ana@example.com", subject=SUBJECT.strip(), html_content=MAIL)
        with DAG(f"templates_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 2, 1)) as dag:
            MonitorOperator(
                task_id="look",
                model="fares",
                source=Files(f"{tmp_path}/fares.csv"),
                checks=[Shape()],
                bounds=Bounds({"rows": {"min": 3}}),
                on_failure_callback=tell,
            )
        assert run_dag(dag, "scheduled", datetime(2013, 2, 8, tzinfo=UTC)).state("look") == "failed"
        return dag

    return run


def test_they_say_what_was_found_and_where_to_look(fail, mailbox: Mailbox):
    dag = fail("fare\n1.5\n2.5\n")
    (mail,) = mailbox.mails
    assert mail["Subject"].strip() == (
        "[fail] fares: rows is 2, expected at least 3 (fares/look on 2013-02-07)."
    )
    page = html_of(mail)
    assert "<td>rows</td><td>rows is 2; the bound is at least 3</td>" in page
    assert "<code>mlmonitor ack 1</code>" in page
    assert re.search(rf'href="[^"]*/dags/{dag.dag_id}/runs/[^"]+/tasks/look/plugin/mlmonitor_task"', page)


def test_they_say_what_went_wrong_where_nothing_could_be_found(fail, mailbox: Mailbox):
    fail(None)
    (mail,) = mailbox.mails
    assert mail["Subject"].strip().startswith("[failed] templates_")
    assert "fares.csv" in html_of(mail)
    assert "mlmonitor ack" not in html_of(mail)
