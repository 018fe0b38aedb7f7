from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Inspected, Inspection, Metric, Scene, Shape
from airflow_mlmonitor.data import Files, Frame, Query, Table, read
from airflow_mlmonitor.operators import MonitorOperator, ProfileOperator

NUMBERS = count()


@pytest.fixture
def days(tmp_path: Path) -> Path:
    """One file a day, one row longer each day."""
    for day in range(1, 6):
        rows = "\n".join(f"{row}.5" for row in range(10 + day))
        (tmp_path / f"2013-02-0{day}.csv").write_text(f"fare\n{rows}\n")
    return tmp_path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The connection of a database with one fare a day."""
    rows = [(f"2013-02-0{day}", day) for day in range(1, 9)]
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE fares (day TEXT, fare REAL)")
        database.executemany("INSERT INTO fares VALUES (?, ?)", rows)
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", f"sqlite:///{tmp_path}/shop.db")
    return "shop"


def dag_of(operator: type, source: Any, **kwargs: Any) -> DAG:
    more = {} if operator is ProfileOperator else {"checks": [Shape()]}
    with DAG(
        f"rendering_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)
    ) as dag:
        operator(task_id="look", model="fares", source=source, **more, **kwargs)
    return dag


def at(day: int) -> datetime:
    return datetime(2013, 2, day, tzinfo=UTC)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("operator", [MonitorOperator, ProfileOperator])
def test_each_run_renders_the_template_again(run_dag, days, operator):
    dag = dag_of(operator, Files(f"{days}/{{{{ ds }}}}.csv"))
    runs = [run_dag(dag, "scheduled", at(day)) for day in (2, 3)]
    assert [run.xcom("look")["rows"] for run in runs] == [12, 13]
    assert dag.get_task("look").source == Files(f"{days}/{{{{ ds }}}}.csv")


@pytest.mark.usefixtures("store")
def test_the_rendered_source_is_shown_without_what_is_left_at_its_default(run_dag, days):
    dag = dag_of(
        MonitorOperator, Files(f"{days}/{{{{ ds }}}}.csv", where="fare < {{ dag_run.run_after.day }}0")
    )
    shown = run_dag(dag, "scheduled", at(2)).rendered("look")
    assert shown["source"] == {"Files": {"paths": [f"{days}/2013-02-02.csv"], "where": "fare < 20"}}
    assert shown["model"] == "fares"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("kind", ["scheduled", "asset_triggered", "manual"])
def test_templates_know_the_window_in_every_kind_of_run(run_dag, days, kind):
    dag = dag_of(MonitorOperator, Files(f"{days}/{{{{ window.label }}}}.csv"))
    assert run_dag(dag, kind, at(5)).xcom("look")["rows"] == 14


@pytest.mark.usefixtures("store")
def test_templates_know_the_window_that_the_task_was_given(run_dag, days):
    dag = dag_of(MonitorOperator, Files(f"{days}/{{{{ window.start | ds }}}}.csv"), window="{{ ds }}")
    assert run_dag(dag, "scheduled", at(5)).xcom("look")["rows"] == 15


@pytest.mark.usefixtures("store")
def test_a_name_that_a_run_does_not_have_fails_at_once_and_says_what_to_write(run_dag, days, capsys):
    dag = dag_of(MonitorOperator, Files(f"{days}/{{{{ ds }}}}.csv"), retries=2, retry_delay=timedelta(0))
    assert run_dag(dag, "asset_triggered", at(5)).state("look") == "failed"
    said = capsys.readouterr().out
    assert "'ds' is undefined" in said
    assert "window.start and window.label are always there" in said


@pytest.mark.usefixtures("store")
def test_sources_of_a_mapped_task_are_rendered_each(run_dag, days):
    with DAG(f"rendering_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        MonitorOperator.partial(task_id="look", model="fares", checks=[Shape()]).expand(
            source=[Files(f"{days}/{{{{ ds }}}}.csv"), Files(f"{days}/{{{{ window.label }}}}.csv")]
        )
    runs = [run_dag(dag, "scheduled", at(day)) for day in (2, 3)]
    assert [[run.xcom("look", index)["rows"] for index in (0, 1)] for run in runs] == [[12, 11], [13, 12]]
    assert runs[1].rendered("look", 1)["source"] == {"Files": {"paths": [f"{days}/2013-02-02.csv"]}}


@pytest.mark.usefixtures("store")
def test_rows_in_memory_are_read_and_not_shown(run_dag):
    dag = dag_of(
        MonitorOperator, Frame({"fare": [1.5, 2.5], "town": ["{{ ds }}", "Ulm"]}, where="fare < {{ ds[:1] }}")
    )
    run = run_dag(dag, "scheduled", at(2))
    assert run.xcom("look")["rows"] == 1
    assert run.rendered("look")["source"] == {"Frame": {"data": "dict in memory", "where": "fare < 2"}}


@pytest.mark.usefixtures("store")
def test_a_function_is_called_when_the_task_runs(run_dag):
    def fares(start: datetime) -> dict[str, list[float]]:
        return {"fare": [1.5] * start.day}

    run = run_dag(dag_of(MonitorOperator, Frame(fares)), "scheduled", at(5))
    assert run.xcom("look")["rows"] == 4
    assert run.rendered("look")["source"] == {"Frame": {"data": "what fares() returns"}}


@pytest.mark.usefixtures("store")
def test_a_query_in_a_file_is_rendered(run_dag, tmp_path, shop):
    (tmp_path / "fares.sql").write_text("SELECT fare FROM fares WHERE day < '{{ ds }}' AND fare > 2")
    dag = dag_of(MonitorOperator, Query("fares.sql", conn_id=shop))
    dag.template_searchpath = [str(tmp_path)]
    run = run_dag(dag, "scheduled", at(6))
    assert run.xcom("look")["rows"] == 3
    assert "day < '2013-02-06'" in run.rendered("look")["source"]["Query"]["sql"]


@pytest.mark.usefixtures("store")
def test_a_table_is_read_through_its_connection(run_dag, shop):
    dag = dag_of(MonitorOperator, Table("fares", conn_id=shop, where="day = '{{ window.label }}'"))
    assert run_dag(dag, "asset_triggered", at(6)).xcom("look")["rows"] == 1


@pytest.mark.usefixtures("store")
def test_native_rendering_leaves_texts_texts(run_dag, tmp_path):
    (tmp_path / "20130202").write_text("fare\n1.5\n")
    dag = dag_of(MonitorOperator, Files(f"{tmp_path}/{{{{ ds_nodash }}}}", format="csv"))
    dag.render_template_as_native_obj = True
    assert run_dag(dag, "scheduled", at(2)).xcom("look")["rows"] == 1


@dataclass(frozen=True, kw_only=True)
class Lines(Inspection):
    """How long is a file that no operator reads?"""

    file: Files

    def inspect(self, scene: Scene) -> Inspected:
        rows = read(self.file, connections=scene.connections).rows
        return Inspected(metrics=[Metric(name="lines", value=float(rows), scale="count")])


@pytest.mark.usefixtures("store")
def test_a_check_that_looks_for_itself_is_rendered_for_each_run_and_needs_no_source(run_dag, days, store):
    lines = Lines(file=Files(f"{days}/{{{{ window.label }}}}.csv"))
    with DAG("looks_itself", schedule="@daily", start_date=datetime(2013, 1, 1, tzinfo=UTC)) as dag:
        MonitorOperator(task_id="look", model="fares", checks=[lines])
    runs = [run_dag(dag, "scheduled", at(day)) for day in (2, 3)]
    assert [run.state("look") for run in runs] == ["success", "success"]
    history = store.history("fares/look", asof=at(9))
    assert history.values("lines").tolist() == [11.0, 12.0]
    assert runs[1].rendered("look")["checks"] == [
        {"Lines": {"file": {"Files": {"paths": [f"{days}/2013-02-02.csv"]}}}}
    ]
