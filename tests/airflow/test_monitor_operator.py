from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, BaseNotifier, BaseOperator

from airflow_mlmonitor.checks import Drift, Quality, Shape, Skew, Values, check, standard_checks
from airflow_mlmonitor.data import Files
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Bounds, Status
from airflow_mlmonitor.operators import MonitorOperator, PredictionQualityOperator
from airflow_mlmonitor.store import State

NUMBERS = count()
HIGH = Bounds({"highest": {"max": 100}})
ODD = Bounds({"highest": {"max": 100, "severity": "warn"}})


@check
def highest(now):
    """The fare of the richest passenger."""
    return now["fare"].max


@check
def stumbling(now):
    raise ZeroDivisionError("nobody paid")


@pytest.fixture
def fares(tmp_path: Path) -> Files:
    """Fares of a day; those of the 2nd of February are beyond belief."""
    for day in range(1, 10):
        top = 900 if day == 2 else 90
        (tmp_path / f"2013-02-0{day}.csv").write_text(
            "fare\n" + "".join(f"{row}.5\n" for row in [*range(40), top])
        )
    return Files(f"{tmp_path}/{{{{ window.label }}}}.csv")


def dag_of(source: Any, checks: Any = (highest,), **kwargs: Any) -> DAG:
    with DAG(f"monitor_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        MonitorOperator(task_id="look", model="fares", source=source, checks=checks, **kwargs)
    return dag


def at(day: int) -> datetime:
    return datetime(2013, 2, day, tzinfo=UTC)


def after(day: int) -> datetime:
    """When the run that looks at a day is due."""
    return at(day + 1)


def test_a_quiet_run_succeeds_and_its_summary_is_in_xcom(run_dag, store, fares):
    run = run_dag(dag_of(fares, model_version="v{{ 1 + 2 }}"), "scheduled", after(1))
    summary = run.xcom("look")
    assert run.state("look") == "success"
    assert summary["status"] == "learning"
    assert (summary["monitor"], summary["model_version"], summary["rows"]) == ("fares/look", "v3", 41)
    assert summary["window"] == ["2013-02-01T00:00:00+00:00", "2013-02-02T00:00:00+00:00"]
    (stored,) = store.runs(model="fares")
    assert (stored.window.label, stored.tags.task_id, stored.state) == ("2013-02-01", "look", State.CLEAN)


def test_a_failing_run_fails_without_retries_and_its_summary_is_in_xcom(run_dag, store, fares, capsys):
    run = run_dag(dag_of(fares, bounds=HIGH, retries=3, retry_delay=timedelta(0)), "scheduled", after(2))
    assert run.state("look") == "failed"
    assert run.xcom("look")["findings"][0]["metric"] == "highest"
    assert run.tries("look") == 1
    assert store.runs(model="fares")[0].status is Status.FAIL
    said = capsys.readouterr().out
    assert "the bound is at most 100" in said
    assert "mlmonitor history fares highest" in said


def test_what_a_failing_task_found_is_readable_in_its_failure_callback(run_dag, store, fares):
    heard = []
    dag = dag_of(fares, bounds=HIGH, on_failure_callback=lambda context: heard.append(told(context)))
    run_dag(dag, "scheduled", after(2))
    ((summary, exception),) = heard
    assert summary["status"] == "fail"
    assert "fares/look on 2013-02-02" in exception


def told(context: Any) -> tuple[Any, str]:
    ti = context["ti"]
    return ti.xcom_pull(task_ids=ti.task_id), str(context["exception"])


def test_a_warning_leaves_the_task_green_and_calls_back(run_dag, store, fares):
    heard: list[Any] = []

    class Notifier(BaseNotifier):
        def notify(self, context: Any) -> None:
            heard.append(context["ti"].xcom_pull(task_ids="look")["status"])

    def broken(context: Any) -> None:
        raise RuntimeError("the pager is out of battery")

    dag = dag_of(fares, bounds=ODD, on_warn_callback=[broken, Notifier()])
    run = run_dag(dag, "scheduled", after(2))
    assert run.state("look") == "success"
    assert heard == ["warn"]
    run_dag(dag, "scheduled", after(3))
    assert heard == ["warn"]


def test_one_callback_needs_no_list(run_dag, store, fares):
    heard: list[str] = []
    dag = dag_of(fares, bounds=ODD, on_warn_callback=lambda context: heard.append(context["ti"].task_id))
    run_dag(dag, "scheduled", after(2))
    assert heard == ["look"]


def test_a_callback_that_fails_is_logged(run_dag, store, fares, capsys):
    def broken(context: Any) -> None:
        raise RuntimeError("the pager is out of battery")

    assert (
        run_dag(dag_of(fares, bounds=ODD, on_warn_callback=broken), "scheduled", after(2)).state("look")
        == "success"
    )
    assert "the pager is out of battery" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bounds", "fail_on", "state"),
    [
        (ODD, "warn", "failed"),
        (ODD, "fail", "success"),
        (HIGH, "warn", "failed"),
        (HIGH, "never", "success"),
    ],
)
def test_fail_on_says_which_findings_fail_the_task(run_dag, store, fares, bounds, fail_on, state):
    heard: list[str] = []
    dag = dag_of(
        fares, bounds=bounds, fail_on=fail_on, on_warn_callback=lambda context: heard.append("warned")
    )
    assert run_dag(dag, "scheduled", after(2)).state("look") == state
    assert heard == (["warned"] if state == "success" else [])


def test_a_check_that_breaks_fails_the_task_and_the_others_are_still_measured(run_dag, store, fares):
    run = run_dag(dag_of(fares, checks=[stumbling, highest]), "scheduled", after(1))
    assert run.state("look") == "failed"
    assert run.xcom("look")["metrics"] == 2
    assert run.xcom("look")["findings"][0]["why"] == "ZeroDivisionError: nobody paid"


def test_a_baseline_that_was_never_pinned_fails_the_task_and_says_how_to_pin(run_dag, store, fares):
    run = run_dag(dag_of(fares, checks=[Skew()], retries=2, retry_delay=timedelta(0)), "scheduled", after(1))
    assert (run.state("look"), run.tries("look")) == ("failed", 1)
    assert "ProfileOperator with pin=" in run.xcom("look")["findings"][0]["why"]


def test_many_days_become_a_history_and_a_day_that_differs_is_found(run_dag, store, tmp_path):
    for day in range(1, 10):
        shift = 60 if day == 9 else 0
        (tmp_path / f"2013-02-0{day}.csv").write_text(
            "fare\n" + "".join(f"{row % 50 + shift}\n" for row in range(900))
        )
    dag = dag_of(
        Files(f"{tmp_path}/{{{{ window.label }}}}.csv"), [Shape(), Values(), Drift()], fail_on="warn"
    )
    states = [run_dag(dag, "scheduled", after(day)).state("look") for day in range(1, 10)]
    assert states == ["success"] * 8 + ["failed"]
    history = store.history("fares/look", asof=at(9), metric="mean", column="fare")
    assert list(history.values("mean", "fare")) == [24.5] * 8


def test_clearing_a_task_replaces_its_run(run_dag, store, fares):
    run = run_dag(dag_of(fares), "scheduled", after(1))
    Path(fares.paths[0].replace("{{ window.label }}", "2013-02-01")).write_text("fare\n7.5\n")
    run.clear("look").go()
    (stored,) = store.runs(model="fares")
    assert (stored.rows, stored.tags.try_number) == (1, 2)


def test_scheduled_manual_and_backfill_runs_of_one_day_keep_one_run(run_dag, store, fares):
    dag = dag_of(fares)
    run_dag(dag, "scheduled", after(1))
    run_dag(dag, "manual", after(1) + timedelta(hours=14, minutes=37))
    run_dag(dag, "asset_triggered", after(1) + timedelta(hours=3))
    assert [run.window.label for run in store.runs(model="fares")] == ["2013-02-01"]


def test_a_backfill_in_any_order_sees_only_the_past(run_dag, store, fares):
    dag = dag_of(fares, checks=[Shape()])
    for day in (3, 1, 2):
        run_dag(dag, "backfill", after(day))
    assert [run.window.label for run in store.history("fares/look", asof=at(3)).runs] == [
        "2013-02-01",
        "2013-02-02",
    ]


def test_two_tasks_that_claim_one_monitor_are_named(run_dag, store, fares, capsys):
    with DAG(f"monitor_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        first, second = (
            MonitorOperator(
                task_id=name, model="fares", source=fares, checks=[highest], monitor="fares/served", retries=1
            )
            for name in ("one", "two")
        )
        first >> second
    run = run_dag(dag, "scheduled", after(1))
    assert (run.state("one"), run.state("two")) == ("success", "failed")
    said = capsys.readouterr().out
    assert "task one of DAG" in said
    assert "task two of DAG" in said


@pytest.mark.parametrize("retries", [0, 1])
def test_a_store_that_is_away_leaves_retries_their_chance(run_dag, monkeypatch, fares, retries):
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", "postgres://nobody@127.0.0.1:9/metrics")
    dag = dag_of(fares, retries=retries, retry_delay=timedelta(hours=1))
    assert run_dag(dag, "scheduled", after(1)).state("look") == ("up_for_retry" if retries else "failed")


def test_a_store_that_comes_back_gets_the_run_of_the_second_try(
    run_dag, monkeypatch, store, store_file, fares
):
    dag = dag_of(fares, retries=1, retry_delay=timedelta(0))
    with monkeypatch.context() as away:
        away.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", "postgres://nobody@127.0.0.1:9/metrics")
        run = run_dag(dag, "scheduled", after(1), go=False)
        run.step()
        assert run.state("look") == "up_for_retry"
    assert run.go().state("look") == "success"
    assert store.runs(model="fares")[0].tags.try_number == 2


def test_findings_are_in_the_log_and_in_xcom_even_if_saving_them_fails(
    run_dag, store, store_file, fares, capsys
):
    store.runs()
    with sqlite3.connect(store_file) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON mlmonitor_run BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    run = run_dag(
        dag_of(fares, bounds=HIGH, retries=1, retry_delay=timedelta(hours=1)), "scheduled", after(2)
    )
    assert run.state("look") == "up_for_retry"
    assert "the bound is at most 100" in capsys.readouterr().out
    assert run.xcom("look")["status"] == "fail"
    assert store.runs() == []


def test_a_store_that_has_to_be_upgraded_fails_at_once_and_names_the_command(
    run_dag, store, store_file, fares, capsys
):
    store.runs()
    with sqlite3.connect(store_file) as database:
        database.execute("UPDATE mlmonitor_version SET version_num = 'of tomorrow'")
    run = run_dag(dag_of(fares, retries=2, retry_delay=timedelta(0)), "scheduled", after(1))
    assert (run.state("look"), run.tries("look")) == ("failed", 1)
    assert "of tomorrow" in capsys.readouterr().out


@pytest.mark.parametrize(("auto_upgrade", "state"), [("False", "failed"), ("True", "success")])
def test_tables_on_a_server_are_made_by_a_task_only_when_the_configuration_says_so(
    run_dag, monkeypatch, postgres_database, fares, capsys, auto_upgrade, state
):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres_database.replace("+psycopg", ""))
    monkeypatch.setenv("AIRFLOW__MLMONITOR__AUTO_UPGRADE", auto_upgrade)
    dag = dag_of(fares, metrics_conn_id="warehouse", retries=2, retry_delay=timedelta(0))
    run = run_dag(dag, "scheduled", after(1))
    assert (run.state("look"), run.tries("look")) == (state, 1)
    assert ("mlmonitor db upgrade" in capsys.readouterr().out) == (state == "failed")


def test_a_file_that_is_not_there_yet_leaves_retries_their_chance(run_dag, store, tmp_path):
    dag = dag_of(Files(f"{tmp_path}/none.csv"), retries=1, retry_delay=timedelta(hours=1))
    assert run_dag(dag, "scheduled", after(1)).state("look") == "up_for_retry"


@pytest.mark.parametrize(
    "wrong", [{"window": "yesterday"}, {"window": timedelta(0)}, {"metrics_conn_id": "nowhere"}], ids=str
)
def test_what_a_person_wrote_wrongly_fails_without_retries(run_dag, store, fares, wrong):
    run = run_dag(dag_of(fares, retries=1, retry_delay=timedelta(0), **wrong), "scheduled", after(1))
    assert (run.state("look"), run.tries("look")) == ("failed", 1)


def test_fail_on_is_checked_when_the_dag_is_parsed():
    with pytest.raises(
        ConfigurationError, match="fail_on='panic' is not known; write 'fail', 'warn', 'never'"
    ):
        dag_of(Files("fares.csv"), fail_on="panic")


def test_nothing_is_pushed_where_xcom_is_off(run_dag, store, fares):
    run = run_dag(dag_of(fares, bounds=HIGH, do_xcom_push=False), "scheduled", after(2))
    assert (run.state("look"), run.xcom("look")) == ("failed", None)


def test_instances_of_a_mapped_task_have_a_history_each(run_dag, store, tmp_path):
    for name in ("EWR", "JFK"):
        (tmp_path / f"{name}.csv").write_text("fare\n1.5\n")
    with DAG(f"monitor_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        kwargs: dict[str, Any] = {"model": "fares", "checks": [highest, Shape()]}
        sources = [Files(f"{tmp_path}/{name}.csv") for name in ("EWR", "JFK")]
        MonitorOperator.partial(task_id="numbered", **kwargs).expand(source=sources)
        MonitorOperator.partial(
            task_id="named", map_index_template="{{ task.source.label.rpartition('/')[2] }}", **kwargs
        ).expand(source=sources)
        MonitorOperator.partial(task_id="models", source=sources[0], checks=[highest]).expand(
            model=["a", "b"]
        )
    run = run_dag(dag, "scheduled", after(1))
    assert run.states("numbered") + run.states("named") + run.states("models") == ["success"] * 6
    assert sorted(stored.monitor for stored in store.runs()) == [
        "a/models[0]",
        "b/models[1]",
        "fares/named[EWR.csv]",
        "fares/named[JFK.csv]",
        "fares/numbered[0]",
        "fares/numbered[1]",
    ]


def test_models_that_another_task_lists_are_mapped(run_dag, store, tmp_path):
    (tmp_path / "EWR.csv").write_text("fare\n1.5\n")

    class Listing(BaseOperator):
        def execute(self, context: Any) -> list[str]:
            return ["EWR"]

    with DAG(f"monitor_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        airports = Listing(task_id="airports")
        MonitorOperator.partial(
            task_id="look", source=Files(f"{tmp_path}/{{{{ task.model }}}}.csv"), checks=[highest]
        ).expand(model=airports.output)
    assert run_dag(dag, "scheduled", after(1)).xcom("look", 0)["monitor"] == "EWR/look[0]"


def test_a_long_read_says_in_the_log_how_far_it_is(monkeypatch, capsys, run_dag, store, fares):
    monkeypatch.setattr("airflow_mlmonitor.operators.task.PAUSE", 0.0)
    run_dag(dag_of(fares), "scheduled", after(1))
    assert "Read 41" in capsys.readouterr().out


def test_a_monitor_that_names_no_checks_has_the_standard_ones(run_dag: Any, fares: Files, store: Any) -> None:
    dag = dag_of(fares, checks=None)
    assert dag.task_dict["look"].checks == standard_checks()
    run = run_dag(dag, "scheduled", after(1))
    assert run.state("look") == "success"
    assert store.history("fares/look", asof=after(2)).values("p50", "fare")[0] == 20.5


def test_the_named_operator_of_quality_asks_for_rows_and_quality() -> None:
    task = PredictionQualityOperator(
        task_id="quality", model="m", source=Files("x.csv"), prediction="p", label="y", segments=["z"]
    )
    assert list(task.checks) == [Shape(), Quality(prediction="p", label="y", segments=("z",))]
