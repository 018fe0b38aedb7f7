"""Sensors that wait for profiles, numbers and models: poking, rescheduled, deferred, and while the store is away."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from threading import Thread, get_ident
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.data.dependencies.plain_recipe import to_plain
from airflow_mlmonitor.data.model_records import ModelFile, ServedVersion
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, StoreUnavailable
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.sensors import MetricSensor, ModelFreshnessSensor, ProfileSensor
from airflow_mlmonitor.triggers import QuestionTrigger
from airflow_mlmonitor.triggers.metric_question import MetricQuestion

NUMBERS = count()
DAY = Window.parse("2013-03-01")
MORNING_AFTER = datetime(2013, 3, 2, tzinfo=UTC)
PROFILE = Profile(rows=3).encode()


def dag_of(kind: type, **options: Any) -> DAG:
    with DAG(f"waiting_{next(NUMBERS)}", schedule="@daily", start_date=datetime(2013, 3, 1)) as dag:
        kind(**{"task_id": "wait", "poke_interval": 0.05, "timeout": 20, **options})
    return dag


def judged(store: Any, auc: float | None = 0.71, window: Window = DAY, version: str = "v2") -> None:
    metric = Metric(name="auc", value=auc, column="chance", scale="share", family="quality", worse="down")
    store.save(
        Report(
            monitor="flights/quality",
            model="flights",
            model_version=version,
            window=window,
            verdicts=(Verdict(metric=metric, status=Status.OK),),
            started=MORNING_AFTER,
        )
    )


def test_a_profile_that_is_there_is_not_waited_for(run_dag, store):
    store.keep("flights/features", DAY, PROFILE)
    run = run_dag(
        dag_of(ProfileSensor, name="{{ params.model }}/features", params={"model": "flights"}),
        "scheduled",
        MORNING_AFTER,
    )
    assert run.state("wait") == "success"
    assert run.xcom("wait")["profile"] == "flights/features"


def test_a_rescheduled_sensor_gives_its_slot_back_until_the_profile_of_its_window_is_there(run_dag, store):
    store.keep("flights/features", Window.parse("2013-02-28"), PROFILE)
    dag = dag_of(ProfileSensor, name="flights/features", mode="reschedule")
    run = run_dag(dag, "scheduled", MORNING_AFTER, go=False)
    run.step()
    assert run.state("wait") == "up_for_reschedule"
    store.keep("flights/features", DAY, PROFILE)
    time.sleep(0.1)
    assert run.go().state("wait") == "success"


def test_a_pinned_profile_may_have_to_be_of_a_version_or_young(run_dag, store):
    store.pin("flights", "v2", PROFILE, rows=3)
    asked = {"mode": "reschedule", "model": "flights"}
    for options, state in (
        ({}, "success"),
        ({"version": "v2"}, "success"),
        ({"version": "v3"}, "up_for_reschedule"),
        ({"max_age": timedelta(days=1)}, "success"),
    ):
        run = run_dag(dag_of(ProfileSensor, **asked, **options), "scheduled", MORNING_AFTER, go=False)
        run.step()
        assert run.state("wait") == state
    later = datetime(2100, 1, 2, tzinfo=UTC)
    run = run_dag(dag_of(ProfileSensor, **asked, max_age=timedelta(days=1)), "scheduled", later, go=False)
    run.step()
    assert run.state("wait") == "up_for_reschedule"


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, "success"),
        ({"metric": "auc", "column": "chance"}, "success"),
        ({"metric": "auc", "column": "chance", "min": 0.7}, "success"),
        ({"metric": "auc", "column": "chance", "min": 0.75}, "up_for_reschedule"),
        ({"metric": "auc", "column": "chance", "max": 0.7}, "up_for_reschedule"),
        ({"metric": "auc"}, "up_for_reschedule"),
        ({"window": "2013-02-27"}, "up_for_reschedule"),
    ],
)
def test_a_number_of_a_window_or_any_verdict_on_it(run_dag, store, options, state):
    judged(store)
    dag = dag_of(MetricSensor, monitor="flights/quality", mode="reschedule", **options)
    run = run_dag(dag, "scheduled", MORNING_AFTER, go=False)
    run.step()
    assert run.state("wait") == state
    if options.get("min") == 0.7:
        found = run.xcom("wait")
        assert (found["metric"], found["value"], found["status"]) == ("auc", 0.71, "ok")


def test_a_number_that_is_not_known_yet_is_waited_for(run_dag, store):
    judged(store, auc=None)
    dag = dag_of(MetricSensor, monitor="flights/quality", metric="auc", column="chance")
    later = Thread(target=lambda: (time.sleep(0.5), judged(store)))
    later.start()
    run = run_dag(dag, "scheduled", MORNING_AFTER)
    later.join()
    assert run.xcom("wait")["value"] == 0.71


def test_a_sensor_that_waits_too_long_fails_or_skips(run_dag, store):
    for options, state in (({}, "failed"), ({"soft_fail": True}, "skipped")):
        dag = dag_of(MetricSensor, monitor="flights/quality", **{"timeout": 0.2, **options})
        assert run_dag(dag, "scheduled", MORNING_AFTER).state("wait") == state


def test_a_store_that_comes_back_is_asked_again(run_dag, store, store_file, monkeypatch, capsys):
    from airflow_mlmonitor.store.sql import SqlStore

    judged(store)
    real, tries = SqlStore.runs, count()

    def away(self: SqlStore, **wanted: Any) -> Any:
        if next(tries) < 2:
            raise StoreUnavailable("the metrics store is away")
        return real(self, **wanted)

    monkeypatch.setattr(SqlStore, "runs", away)
    run = run_dag(dag_of(MetricSensor, monitor="flights/quality"), "scheduled", MORNING_AFTER)
    assert run.state("wait") == "success"
    assert next(tries) > 3
    assert "cannot be looked at now: the metrics store is away" in capsys.readouterr().out


def test_a_store_that_stays_away_ends_with_the_timeout(run_dag, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", "postgresql://me:hunter2@127.0.0.1:1/nowhere")
    dag = dag_of(MetricSensor, monitor="flights/quality", metrics_conn_id="away", timeout=0.2)
    assert run_dag(dag, "scheduled", MORNING_AFTER).state("wait") == "failed"


def test_a_connection_that_is_not_defined_fails_at_once(run_dag):
    dag = dag_of(MetricSensor, monitor="flights/quality", metrics_conn_id="nowhere_at_all", retries=3)
    run = run_dag(dag, "scheduled", MORNING_AFTER)
    assert (run.state("wait"), run.tries("wait")) == ("failed", 1)


def test_a_model_file_that_is_still_to_come_is_waited_for(run_dag, tmp_path):
    path = tmp_path / "flights.json"
    record = ModelFile(f"{tmp_path}/{{{{ params.model }}}}.json")
    options = {"record": record, "max_age": timedelta(days=7), "mode": "reschedule"}
    dag = dag_of(ModelFreshnessSensor, **options, params={"model": "flights"})
    run = run_dag(dag, "scheduled", MORNING_AFTER, go=False)
    for written in (None, '{"trained_at": "2013-02-01"}'):
        if written:
            path.write_text(written)
        run.step()
        assert run.state("wait") == "up_for_reschedule"
        time.sleep(0.1)
    path.write_text('{"version": 3, "trained_at": "2013-02-27T04:00Z"}')
    assert run.go().state("wait") == "success"
    assert run.xcom("wait") == {
        "version": "3",
        "trained_at": "2013-02-27T04:00:00+00:00",
        "training_data_until": None,
    }


def test_a_version_that_has_to_serve_is_waited_for(run_dag, store):
    judged(store)
    dag = dag_of(
        ModelFreshnessSensor, record=ServedVersion("flights/quality"), version="v3", mode="reschedule"
    )
    run = run_dag(dag, "scheduled", MORNING_AFTER, go=False)
    run.step()
    assert run.state("wait") == "up_for_reschedule"
    judged(store, window=Window.parse("2013-03-02"), version="v3")
    time.sleep(0.1)
    assert run.go().xcom("wait")["version"] == "v3"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (ProfileSensor, {"name": "flights/features"}),
        (MetricSensor, {"monitor": "flights/quality", "metric": "auc", "column": "chance", "min": 0.5}),
        (ModelFreshnessSensor, {"record": ServedVersion("flights/quality"), "version": "v2"}),
    ],
)
def test_a_deferred_sensor_leaves_a_trigger_that_is_answered(run_dag, store, kind, options):
    dag = dag_of(kind, deferrable=True, **options)
    run = run_dag(dag, "scheduled", MORNING_AFTER, go=False)
    run.step()
    assert run.state("wait") == "deferred"
    trigger = trigger_of(run)
    store.keep("flights/features", DAY, PROFILE)
    judged(store)
    event = finished(trigger)
    (task,) = dag.tasks
    assert task.execute_complete({}, event) == event["answer"]
    assert "window" in event["answer"] or event["answer"]["version"] == "v2"


def test_a_deferred_sensor_whose_answer_is_there_does_not_defer(run_dag, store):
    judged(store)
    run = run_dag(
        dag_of(MetricSensor, monitor="flights/quality", deferrable=True), "scheduled", MORNING_AFTER
    )
    assert run.state("wait") == "success"
    assert run.xcom("wait")["status"] == "ok"


def trigger_of(run: Any) -> QuestionTrigger:
    """The trigger that a deferred task left, made as the triggerer makes it."""
    from airflow.models.trigger import Trigger
    from airflow.utils.session import create_session

    (ti,) = run._instances("wait")
    with create_session() as session:
        found = session.get(Trigger, ti.trigger_id)
        path, kwargs = found.classpath, found.kwargs
    assert path == "airflow_mlmonitor.triggers.question_trigger.QuestionTrigger"
    return QuestionTrigger(**kwargs)


def finished(trigger: QuestionTrigger, within: float = 20) -> Any:
    async def first() -> Any:
        return (await anext(trigger.run())).payload

    return asyncio.run(asyncio.wait_for(first(), within))


def question(**options: Any) -> MetricQuestion:
    start, end = DAY.start.isoformat(), DAY.end.isoformat()
    return MetricQuestion(monitor="flights/quality", start=start, end=end, **options)


def test_a_trigger_never_blocks_the_event_loop(monkeypatch):
    asked: list[int] = []

    def slow(self: MetricQuestion) -> Any:
        asked.append(get_ident())
        time.sleep(0.5)
        return {"status": "ok"} if len(asked) == 2 else None

    monkeypatch.setattr(MetricQuestion, "answer", slow)
    beats: list[float] = []

    async def beside() -> Any:
        async def beat() -> None:
            while True:
                beats.append(asyncio.get_running_loop().time())
                await asyncio.sleep(0.01)

        beating = asyncio.create_task(beat())
        event = await anext(QuestionTrigger(to_plain(question()), 0.01).run())
        beating.cancel()
        return event.payload

    assert asyncio.run(beside()) == {"answer": {"status": "ok"}}
    assert len(asked) == 2
    assert get_ident() not in asked
    assert max(later - earlier for earlier, later in pairwise(beats)) < 0.4


@pytest.mark.usefixtures("store_file")
def test_a_trigger_goes_on_while_the_store_is_away_and_ends_where_waiting_is_vain(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", "postgresql://me:hunter2@127.0.0.1:1/nowhere")
    with pytest.raises(TimeoutError):
        finished(QuestionTrigger(to_plain(question(metrics_conn_id="away")), 0.05), within=1)
    vain = finished(QuestionTrigger(to_plain(question(metrics_conn_id="nowhere_at_all")), 0.05))
    assert "nowhere_at_all" in vain["error"]


def test_what_makes_no_sense_is_refused_when_the_dag_is_parsed():
    for kind, options in (
        (ProfileSensor, {}),
        (ProfileSensor, {"name": "a", "model": "b"}),
        (MetricSensor, {"monitor": "a", "max": 1.0}),
        (ModelFreshnessSensor, {"record": ServedVersion("a")}),
    ):
        with pytest.raises(ConfigurationError):
            kind(task_id="wait", **options)


def test_parsing_the_sensors_loads_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys; import airflow.sdk; from airflow.sdk import BaseSensorOperator; old = set(sys.modules); "
        "import airflow_mlmonitor.sensors, airflow_mlmonitor.triggers, airflow_mlmonitor.data.model_records; "
        "print(sorted({'numpy', 'pyarrow', 'scipy', 'mlflow', 'pandas'} & (set(sys.modules) - old)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ},
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_airflow_finds_sensors_and_triggers_through_the_provider():
    from importlib import import_module

    from airflow_mlmonitor.provider import get_provider_info

    found = {
        name
        for kind in ("sensors", "triggers")
        for entry in get_provider_info()[kind]
        for module in entry["python-modules"]
        for name in import_module(module).__all__
    }
    assert {"MetricSensor", "ModelFreshnessSensor", "ProfileSensor", "QuestionTrigger"} <= found
