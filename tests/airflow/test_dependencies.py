"""Changed dependencies in real Airflow: databases, files and assets, looked at by tasks and waited for by sensors."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from airflow.sdk import DAG, Asset, Metadata, task

from airflow_mlmonitor.data.dependencies import (
    Artifact,
    ConfigFile,
    Endpoint,
    FileContent,
    Fingerprint,
    Stated,
    TableSchema,
    UpstreamTable,
)
from airflow_mlmonitor.data.dependencies.plain_recipe import to_plain
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators import DependencyChangeOperator
from airflow_mlmonitor.sensors import DependencyChangeSensor
from airflow_mlmonitor.triggers import DependencyTrigger
from tests.data.sql.conftest import run_server

NUMBERS = count()


def at(day: int) -> datetime:
    return datetime(2013, 2, day, tzinfo=UTC)


def dag_of(*dependencies: Any, **options: Any) -> DAG:
    with DAG(f"dependencies_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        DependencyChangeOperator(task_id="upstream", model="fares", dependencies=dependencies, **options)
    return dag


def findings(run: Any) -> list[str]:
    return [finding["why"] for finding in run.xcom("upstream")["findings"]]


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A way to change a warehouse of each kind, to which Airflow has the connection ``shop``."""
    if request.param == "sqlite":
        path = tmp_path / "shop.db"
        monkeypatch.setenv("AIRFLOW_CONN_SHOP", f"sqlite:///{path}")

        def run(*statements: str) -> None:
            with closing(sqlite3.connect(path)) as connection, connection:
                for statement in statements:
                    connection.execute(statement)

        return run
    url = request.getfixturevalue("postgres_database" if request.param == "postgresql" else "mysql_database")
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", url)
    return lambda *statements: run_server(url, *statements)


@pytest.mark.usefixtures("store")
def test_a_column_that_changed_its_type_upstream_fails_the_task_and_is_named(run_dag, shop):
    shop("CREATE TABLE fares (fare INTEGER, paid TIMESTAMP NULL)")
    dag = dag_of(
        TableSchema("fares", conn_id="shop", name="fares", policy="fail"),
        UpstreamTable("fares", conn_id="shop", timestamp="paid"),
    )
    assert run_dag(dag, "scheduled", at(2)).state("upstream") == "success"
    shop("DROP TABLE fares", "CREATE TABLE fares (fare VARCHAR(20), paid TIMESTAMP NULL)")
    run = run_dag(dag, "scheduled", at(3))
    assert run.state("upstream") == "failed"
    (said,) = findings(run)
    assert said.startswith("column fare was INTEGER")
    assert ", is VARCHAR(20)" in said
    assert said.endswith("; last as it was in the run of 2013-02-01")
    assert run.tries("upstream") == 1


def test_a_changed_setting_warns_once_and_an_accepted_one_is_quiet(run_dag, store, tmp_path):
    path, told = tmp_path / "model.yaml", []
    dag = dag_of(
        ConfigFile(f"{tmp_path}/{{{{ params.name }}}}.yaml", name="settings"),
        params={"name": "model"},
        on_warn_callback=lambda context: told.append(context["ti"].task_id),
    )
    runs = []
    for day, rate in enumerate([1, 1, 2, 2], 2):
        path.write_text(f"rate: {rate}\n")
        runs.append(run_dag(dag, "scheduled", at(day)))
    assert [run.state("upstream") for run in runs] == ["success"] * 4
    assert [run.xcom("upstream")["status"] for run in runs] == ["ok", "ok", "warn", "warn"]
    assert findings(runs[2]) == [
        "rate was 1, is 2; last as it was in the run of 2013-02-02, unchanged since 2013-02-01"
    ]
    assert told == ["upstream"]
    (incident,) = store.incidents()
    store.accept(incident.id, who="ana")
    assert run_dag(dag, "scheduled", at(6)).xcom("upstream")["status"] == "ok"


@pytest.mark.usefixtures("store")
def test_the_wrong_model_fails_the_task(run_dag, tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"v3")
    digest = hashlib.sha256(b"v3").hexdigest()
    dag = dag_of(Artifact(str(path), name="model", digest=digest, version="v3"))
    assert run_dag(dag, "scheduled", at(2)).state("upstream") == "success"
    path.write_bytes(b"another")
    run = run_dag(dag, "scheduled", at(3))
    assert run.state("upstream") == "failed"
    assert findings(run)[0].startswith(
        f"the wrong model is in production: version v3 has sha256 {digest[:12]}…"
    )


def test_an_assets_extra_is_a_dependency(run_dag, store):
    rates = Asset(f"rates_{next(NUMBERS)}")
    versions = iter(["1", "1", "2"])
    with DAG(f"making_{next(NUMBERS)}", schedule=None) as making:

        @task(outlets=[rates])
        def make():
            yield Metadata(rates, {"version": next(versions), "api_token": "hunter2"})

        make()
    dag = dag_of(assets=[rates])
    found = []
    for day in (2, 3, 4):
        assert run_dag(making, "manual", at(day)).state("make") == "success"
        found.append(run_dag(dag, "scheduled", at(day)))
    assert [run.xcom("upstream")["status"] for run in found] == ["ok", "ok", "warn"]
    assert findings(found[2])[0].startswith("extra version was 1, is 2; last as it was")
    assert found[2].xcom("upstream")["findings"][0]["column"] == f"asset {rates.name}"
    remembered = store.facts("fares/upstream", store.runs(last=1)[0].window)[
        f"dependency: asset {rates.name}"
    ]
    assert "extra api_token" in remembered
    assert "hunter2" not in remembered


@pytest.mark.usefixtures("store")
def test_an_asset_without_any_event_says_nothing(run_dag):
    run = run_dag(
        dag_of(Stated("1", name="flag"), assets=[Asset(f"new_{next(NUMBERS)}")]), "scheduled", at(2)
    )
    assert run.xcom("upstream")["status"] == "ok"


@pytest.mark.usefixtures("store")
def test_a_mapped_operator_looks_for_every_model(run_dag):
    flag, rates = Stated("{{ ds }}", name="flag", policy="info"), Asset(f"rates_{next(NUMBERS)}")
    with DAG(f"dependencies_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        DependencyChangeOperator.partial(task_id="upstream", dependencies=[flag], assets=[rates]).expand(
            model=["a", "b"]
        )
    runs = [run_dag(dag, "scheduled", at(day)) for day in (2, 3)]
    assert [run.states("upstream") for run in runs] == [["success"] * 2] * 2
    assert runs[1].xcom("upstream", 1)["model"] == "b"


def test_an_operator_needs_something_to_look_at():
    with pytest.raises(ConfigurationError, match="needs dependencies or assets"):
        DependencyChangeOperator(task_id="upstream", model="fares")


def sensor_of(dependency: Any, **options: Any) -> DAG:
    with DAG(f"waiting_{next(NUMBERS)}", schedule="@daily", start_date=at(1)) as dag:
        DependencyChangeSensor(task_id="wait", dependencies=[dependency], **options)
    return dag


def test_a_sensor_waits_until_what_a_monitor_saw_is_another(run_dag, store, tmp_path):
    path = tmp_path / "labels.csv"
    labels = FileContent(str(tmp_path / "{{ params.name }}.csv"), name="labels")
    path.write_text("a")
    run_dag(dag_of(labels, params={"name": "labels"}), "scheduled", at(2))
    waiting = sensor_of(
        labels, monitor="fares/upstream", mode="reschedule", poke_interval=0.01, params={"name": "labels"}
    )
    run = run_dag(waiting, "scheduled", at(3), go=False)
    run.step()
    assert run.state("wait") == "up_for_reschedule"
    path.write_text("b")
    run = run_dag(waiting, "scheduled", at(4))
    assert run.state("wait") == "success"
    assert list(run.xcom("wait")) == ["labels"]
    assert "labels.csv was sha256:" in run.xcom("wait")["labels"][0]


@pytest.mark.usefixtures("store")
def test_a_sensor_that_no_run_can_help_fails_at_once(run_dag, tmp_path):
    (tmp_path / "labels.csv").write_text("a")
    labels = FileContent(str(tmp_path / "labels.csv"), name="labels")
    run = run_dag(sensor_of(labels, monitor="nobody", retries=3), "scheduled", at(2))
    assert (run.state("wait"), run.tries("wait")) == ("failed", 1)


def test_a_sensor_that_remembers_nothing_is_refused():
    with pytest.raises(ConfigurationError, match="give monitor=, or deferrable=True"):
        DependencyChangeSensor(task_id="wait", dependencies=[Stated("1", name="flag")], mode="reschedule")


@pytest.mark.usefixtures("store")
def test_a_deferred_sensor_leaves_a_trigger_that_sees_the_change(run_dag, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("a")
    dag = sensor_of(FileContent(str(path), name="labels"), deferrable=True, poke_interval=0.01)
    run = run_dag(dag, "scheduled", at(2), go=False)
    run.step()
    assert run.state("wait") == "deferred"
    path.write_text("b")
    assert finished(trigger_of(run))["changed"].keys() == {"labels"}


def trigger_of(run: Any) -> DependencyTrigger:
    """The trigger that a deferred task left, made as the triggerer makes it."""
    from airflow.models.trigger import Trigger
    from airflow.utils.session import create_session

    (ti,) = run._instances("wait")
    with create_session() as session:
        found = session.get(Trigger, ti.trigger_id)
        path, kwargs = found.classpath, found.kwargs
    assert path.endswith("DependencyTrigger")
    return DependencyTrigger(**kwargs)


def finished(trigger: DependencyTrigger, within: float = 20) -> Any:
    async def first() -> Any:
        return (await anext(trigger.run())).payload

    return asyncio.run(asyncio.wait_for(first(), within))


def trigger(dependency: Any, before: str) -> DependencyTrigger:
    made = DependencyTrigger([to_plain(dependency)], {dependency.title: before}, 0.01)
    path, kwargs = made.serialize()
    assert path == "airflow_mlmonitor.triggers.dependency_trigger.DependencyTrigger"
    return DependencyTrigger(**kwargs)


def test_a_trigger_never_blocks_the_event_loop(monkeypatch):
    looked_at: list[int] = []

    def look(self: Stated, connections: Any, window: Any) -> Any:
        looked_at.append(get_ident())
        time.sleep(0.8)
        return Fingerprint(parts={"value": str(len(looked_at))})

    monkeypatch.setattr(Stated, "fingerprint", look)
    before = '{"parts": {"value": "1"}, "spells": [["", "", "d", "d"]]}'
    beats: list[float] = []

    async def beside() -> Any:
        async def beat() -> None:
            while True:
                beats.append(asyncio.get_running_loop().time())
                await asyncio.sleep(0.01)

        beating = asyncio.create_task(beat())
        event = await anext(trigger(Stated("1", name="flag"), before).run())
        beating.cancel()
        return event.payload

    assert asyncio.run(beside()) == {"changed": {"flag": ["value was 1, is 2"]}}
    assert get_ident() not in looked_at
    assert max(later - earlier for earlier, later in pairwise(beats)) < 0.7


def test_a_trigger_goes_on_while_a_service_is_away_and_ends_where_waiting_is_vain(tmp_path):
    before = '{"parts": {"version": "1"}, "spells": [["", "", "d", "d"]]}'
    away = trigger(Endpoint("http://127.0.0.1:1/", fields=("version",), name="service"), before)
    with pytest.raises(TimeoutError):
        finished(away, within=0.3)
    nowhere = Endpoint("version", conn_id="nowhere_at_all", fields=("version",), name="service")
    assert "nowhere_at_all" in finished(trigger(nowhere, before))["error"]


@pytest.mark.usefixtures("store")
def test_a_sensor_in_the_mode_poke_compares_with_its_own_first_look(run_dag, tmp_path, monkeypatch):
    versions = iter("1112")
    monkeypatch.setattr(Stated, "fingerprint", lambda *_: Fingerprint(parts={"value": next(versions)}))
    run = run_dag(sensor_of(Stated("x", name="flag"), poke_interval=0.01), "scheduled", at(2))
    assert run.xcom("wait") == {"flag": ["value was 1, is 2"]}


def test_a_sensor_that_waits_too_long_times_out(run_dag, tmp_path):
    quiet = sensor_of(Stated("1", name="flag"), poke_interval=0.01, timeout=timedelta(seconds=0.2))
    assert run_dag(quiet, "scheduled", at(2)).state("wait") == "failed"
