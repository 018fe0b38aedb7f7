"""Incidents that schedule DAGs: what is new, and exactly one run for each, through a triggerer in its own process."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store.sql import SqlStore
from airflow_mlmonitor.triggers import IncidentTrigger
from airflow_mlmonitor.triggers.incident_memory import IncidentMemory
from tests.airflow.conftest import Run, serialised
from tests.airflow.triggerers import eventually, triggerer
from tests.store.making import day, report, verdict

EXAMPLE = Path(__file__).parents[2] / "dags" / "examples" / "retrain_on_incident.py"


def incident(number: int, severity: float = 2.0, *, over: bool = False) -> Incident:
    return Incident(
        id=number,
        monitor="flight_delay/skew",
        model="flight_delay",
        title="temp: missing",
        status=Status.FAIL,
        severity=severity,
        groups=(("temp", "missing"),),
        windows=(day(number),),
        opened=day(number),
        resolved=day(number + 2) if over else None,
    )


def save(
    store: Any, number: int, severity: float = 2.0, monitor: str = "flight_delay/skew", **more: Any
) -> None:
    """Save a run with a finding: it opens an incident of its monitor, or belongs to the open one."""
    found = verdict(
        status=Status.FAIL, severity=severity, upper=0.05, family="missing", why="missing in 30% of rows"
    )
    store.save(report(number, found, monitor=monitor, **more))


def test_what_was_open_before_anybody_watched_is_not_new():
    memory = IncidentMemory.of([incident(1), incident(3, over=True)], 0)
    assert memory.new([incident(1)], 0) == ([], memory)
    new, memory = memory.new([incident(1), incident(4), incident(5)], 0)
    assert [one.id for one in new] == [4, 5]
    assert memory.new([incident(1), incident(4), incident(5)], 0) == ([], memory)


def test_one_that_comes_back_under_its_number_is_not_new():
    memory = IncidentMemory.of([incident(2, over=True)], 0)
    assert memory.new([incident(2)], 0)[0] == []


def test_a_mild_one_counts_when_it_becomes_severe_and_only_then():
    memory = IncidentMemory.of([incident(1, 1.2)], 3)
    assert memory.new([incident(1, 1.2)], 3) == ([], memory)
    new, after = memory.new([incident(1, 3.5), incident(2, 2.9)], 3)
    assert [one.id for one in new] == [1]
    assert after.new([incident(1, 9.0), incident(2, 2.9)], 3)[0] == []
    assert [one.id for one in after.new([incident(1, 9.0), incident(2, 3.0)], 3)[0]] == [2]


def test_a_memory_is_read_as_it_was_written():
    memory = IncidentMemory(7, frozenset({3, 5}))
    assert IncidentMemory.read(memory.plain()) == memory


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DAG:
    """The example, looking five times a second, known to Airflow and switched on."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    monkeypatch.setenv("MLMONITOR_EXAMPLES_DATA", str(tmp_path))
    bag = DagBag(EXAMPLE)
    assert bag.import_errors == {}
    dag = bag.dags["retrain_on_incident"]
    (asset,) = dag.schedule
    (watcher,) = asset.watchers
    watcher.trigger.poke_interval = 0.2
    for _ in range(2):  # a watcher counts once its DAG is switched on
        serialised(dag)
        with create_session() as session:
            session.get(DagModel, dag.dag_id).is_paused = False
    yield dag
    with create_session() as session:
        session.get(DagModel, dag.dag_id).is_paused = True
    serialised(dag)


def payloads() -> list[dict[str, Any]]:
    """What the events of the asset carried, oldest first."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        wanted = (
            select(AssetEvent.extra)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetModel.name == "flight_delay_incident")
            .order_by(AssetEvent.id)
        )
        return [extra["payload"] for extra in session.scalars(wanted)]


def memory() -> Any:
    """What the watcher keeps with its asset."""
    from airflow.models.asset_state_store import AssetStateStoreModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return session.scalars(select(AssetStateStoreModel.value)).all()


def scheduled(dag: DAG) -> list[Any]:
    """Let the scheduler make the runs it finds due, and return all runs of the DAG."""
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.sqlalchemy import prohibit_commit
    from sqlalchemy import select

    runner = SchedulerJobRunner(Job())
    with create_session() as session, prohibit_commit(session) as guard:
        runner._create_dagruns_for_dags(guard, session)
    with create_session() as session:
        found = session.scalars(select(DagRun).filter_by(dag_id=dag.dag_id).order_by(DagRun.id)).all()
        session.expunge_all()
    return list(found)


def test_each_incident_makes_one_event_and_one_run_also_while_the_triggerer_is_down(example, store, tmp_path):
    log = tmp_path / "triggerer.log"
    save(store, 0, monitor="flight_delay/before")
    with triggerer(log):
        eventually(memory)
        save(store, 0)
        eventually(lambda: len(payloads()) == 1)
        assert len(scheduled(example)) == 1
        save(store, 1)  # the same incident goes on
        save(store, 1, monitor="flight_delay/before")
        save(store, 0, severity=1.2, monitor="flight_delay/mild")
        save(store, 0, monitor="taxi/skew", model="taxi")
        time.sleep(2)
        assert len(scheduled(example)) == 1
    save(store, 0, monitor="flight_delay/labels")
    with triggerer(log):
        eventually(lambda: len(payloads()) == 2)
        time.sleep(2)
    first, second = payloads()
    runs = scheduled(example)
    assert [run.run_type for run in runs] == ["asset_triggered"] * 2
    assert scheduled(example)[1].id == runs[1].id
    assert {name: first[name] for name in ("incident", "monitor", "severity", "columns")} == {
        "incident": 2,
        "monitor": "flight_delay/skew",
        "severity": 2.0,
        "columns": ["temp"],
    }
    assert second["monitor"] == "flight_delay/labels"
    # Airflow's database is that of all tests here: what another one left waiting may fire beside it.
    assert log.read_text().count("TriggerEvent<{'incident'") == 2
    done = Run(example, serialised(example), runs[0]).go()
    assert done.xcom("retrain")["incidents"] == [2]


async def events_of(trigger: IncidentTrigger, number: int) -> list[dict[str, Any]]:
    found = []
    async for event in trigger.run():
        found.append(event.payload)
        if len(found) == number:
            break
    return found


def test_a_store_that_is_away_is_said_once_and_incidents_are_told_when_it_is_back(store, monkeypatch, capsys):
    looks: list[float] = []
    real = SqlStore.runs

    def away(self: SqlStore, **wanted: Any) -> Any:
        from airflow_mlmonitor.errors import StoreUnavailable

        looks.append(time.monotonic())
        if 2 <= len(looks) < 6:
            raise StoreUnavailable("the metrics store is away")
        if len(looks) == 6:
            save(store, 3)
        return real(self, **wanted)

    monkeypatch.setattr(SqlStore, "runs", away)
    trigger = IncidentTrigger(model="flight_delay", poke_interval=0.05)
    (event,) = asyncio.run(asyncio.wait_for(events_of(trigger, 1), 30))
    assert event["opened"][0].startswith("2013-01-04")
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert pauses[4] > 2 * pauses[2] > 0.2
    said = capsys.readouterr().out
    assert (said.count("cannot be looked at"), said.count("after 4 vain looks")) == (1, 1)


def test_a_store_that_nobody_can_reach_does_not_end_the_watcher(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", "postgresql://me:hunter2@127.0.0.1:1/nowhere")
    with pytest.raises(TimeoutError):
        asyncio.run(
            asyncio.wait_for(events_of(IncidentTrigger(metrics_conn_id="away", poke_interval=0.1), 1), 1)
        )


@pytest.mark.usefixtures("store")
def test_a_look_that_hangs_neither_holds_the_event_loop_nor_the_end_of_the_watcher(monkeypatch):
    looking, release = Event(), Event()

    def hang(self: SqlStore, **wanted: Any) -> Any:
        looking.set()
        release.wait(20)
        return []

    monkeypatch.setattr(SqlStore, "runs", hang)
    beats: list[float] = []

    async def watched() -> float:
        loop = asyncio.get_running_loop()
        watching = asyncio.create_task(events_of(IncidentTrigger(), 1))
        while not looking.is_set() or len(beats) < 20:
            beats.append(loop.time())
            await asyncio.sleep(0.01)
        began = loop.time()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        took = loop.time() - began
        release.set()
        return took

    assert asyncio.run(watched()) < 0.5
    assert max(later - earlier for earlier, later in pairwise(beats)) < 0.5


def test_another_process_makes_the_same_trigger():
    from airflow.serialization.encoders import encode_trigger

    trigger = IncidentTrigger(
        model="flight_delay", min_severity=2, poke_interval=5, metrics_conn_id="metrics"
    )
    path, kwargs = trigger.serialize()
    assert path == "airflow_mlmonitor.triggers.incident_trigger.IncidentTrigger"
    again = IncidentTrigger(**kwargs)
    assert again.serialize() == trigger.serialize()
    assert encode_trigger(again) == encode_trigger(trigger)
    assert IncidentTrigger(model="taxi")._key != IncidentTrigger(model="flight_delay")._key
