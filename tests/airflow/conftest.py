"""A real Airflow on SQLite, and runs of every kind in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.sdk import DAG

    from airflow_mlmonitor.store.store import MetricsStore

RunDag = Callable[..., "Run"]

HERE = Path(__file__).parent
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings are errors where this package gives a reason for them; Airflow's own libraries have theirs."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore", "error:::airflow_mlmonitor"))


@pytest.fixture(scope="session", autouse=True)
def _airflow_database() -> None:
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.utils.db import initdb

    initdb()
    DagBundlesManager().sync_bundles_to_db()


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The SQLite file of the default metrics store, empty."""
    path = tmp_path / "metrics.db"
    monkeypatch.setenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", f'{{"conn_type": "sqlite", "host": "{path}"}}')
    return path


@pytest.fixture
def store(store_file: Path) -> MetricsStore:
    """The default metrics store, opened beside the tasks."""
    from airflow_mlmonitor.store import open_store

    return open_store(f"sqlite:///{store_file}")


class Run:
    """One run of a DAG, for tests: its task instances can be run, looked at and run again."""

    def __init__(self, dag: DAG, scheduler_dag: Any, run: DagRun) -> None:
        self._dag, self._scheduler_dag, self._run = dag, scheduler_dag, run
        self.callback: Any = None
        """What the scheduler asked the DAG processor for when the run ended: to call the DAG's callbacks."""

    def go(self) -> Run:
        """Run every task that can run, until none can."""
        while (
            self.step() or self.step()
        ):  # what one look marks as upstream_failed lets others run at the next
            pass
        return self

    def step(self) -> bool:
        """Run every task that can run now, once; tell whether there was one."""
        from airflow.sdk.execution_time.supervisor import run_task_in_process

        ready = self._ready()
        for ti in ready:
            run_task_in_process(ti=described(ti), task=self._dag.task_dict[ti.task_id])
        return bool(ready)

    def work(self, file: str, *, logs: str | None = None) -> Run:
        """Run every task that can run now in a process of its own, as a worker does: from a file of the DAG folder.

        ``logs`` is a folder below that of Airflow's logs, which gets a file for each task.
        """
        from airflow.executors.workloads import BundleInfo
        from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor, supervise_task

        for ti in self._ready():
            supervise_task(
                ti=described(ti),
                bundle_info=BundleInfo(name="dags-folder"),
                dag_rel_path=file,
                token="",
                client=InProcessTestSupervisor._api_client(self._dag),
                log_path=logs and f"{logs}/{ti.task_id}.log",
            )
        return self

    def clear(self, task_id: str) -> Run:
        """Clear a task, as a person does in the UI."""
        from airflow.utils.session import create_session

        with create_session() as session:
            self._scheduler_dag.clear(task_ids=[task_id], run_id=self._run.run_id, session=session)
            session.flush()
        return self

    def _ready(self) -> list[TaskInstance]:
        from airflow.utils.session import create_session

        with create_session() as session:
            run = session.merge(self._run)
            run.dag = self._scheduler_dag
            ready, asked = run.update_state(session=session, execute_callbacks=False)
            self.callback = asked or self.callback
            for ti in ready:
                ti.try_number += 1
                ti.state = "queued"
            session.flush()
            session.expunge_all()
        return ready

    def _instances(self, task_id: str) -> list[TaskInstance]:
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import select

        with create_session() as session:
            wanted = select(TaskInstance).where(
                TaskInstance.dag_id == self._run.dag_id,
                TaskInstance.run_id == self._run.run_id,
                TaskInstance.task_id == task_id,
            )
            found = sorted(session.scalars(wanted).unique(), key=lambda ti: ti.map_index)
            session.expunge_all()
        return found

    def states(self, task_id: str) -> list[str]:
        """The states of a task's instances, by map index."""
        return [str(ti.state) for ti in self._instances(task_id)]

    def state(self, task_id: str) -> str:
        """The state of a task."""
        (state,) = self.states(task_id)
        return state

    def tries(self, task_id: str) -> int:
        """How often a task was tried."""
        (ti,) = self._instances(task_id)
        return ti.try_number

    def xcom(self, task_id: str, map_index: int = -1) -> Any:
        """What a task pushed as its return value; None if nothing."""
        from airflow.models.xcom import XComModel
        from airflow.utils.session import create_session

        with create_session() as session:
            wanted = XComModel.get_many(
                run_id=self._run.run_id,
                key="return_value",
                task_ids=task_id,
                dag_ids=self._run.dag_id,
                map_indexes=map_index,
            )
            found = session.scalars(wanted).first()
            return None if found is None else XComModel.deserialize_value(found)

    def rendered(self, task_id: str, map_index: int = -1) -> dict[str, Any]:
        """What the Rendered Templates tab shows."""
        from airflow.models.renderedtifields import RenderedTaskInstanceFields

        ti = next(ti for ti in self._instances(task_id) if ti.map_index == map_index)
        fields = RenderedTaskInstanceFields.get_templated_fields(ti)
        assert fields is not None
        return fields


def described(ti: TaskInstance) -> Any:
    """A task instance as a worker is told of it."""
    from airflow.executors.workloads.task import TaskInstanceDTO

    return TaskInstanceDTO.model_validate(ti, from_attributes=True)


@pytest.fixture(scope="session")
def run_dag() -> RunDag:
    """Run a DAG once, in this process and through Airflow's own execution API, as a run of a given type.

    ``at`` is the logical date of a scheduled or backfill run, and the moment of triggering of others. (``dag.test()``
    can only make manual runs, of DAGs that lie in a bundle.) An earlier run of the same date is forgotten.
    """
    numbers = count()

    def run(dag: DAG, kind: str, at: datetime, *, go: bool = True, **conf: Any) -> Run:
        made = make_run(dag, kind, at, suffix=f"{next(numbers)}", **conf)
        return made.go() if go else made

    return run


def make_run(dag: DAG, kind: str, at: datetime, *, suffix: str, **conf: Any) -> Run:
    """Make a run of a DAG as the scheduler does; nothing of it has run yet."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import delete

    scheduler_dag = serialised(dag)
    given = dates(scheduler_dag.timetable, kind, at)
    with create_session() as session:
        session.execute(
            delete(DagRun).filter_by(dag_id=dag.dag_id, logical_date=given.get("logical_date", NEVER))
        )
        made = scheduler_dag.create_dagrun(
            run_id=DagRunType(kind).generate_run_id(suffix=suffix),
            run_type=DagRunType(kind),
            state=DagRunState.RUNNING,
            triggered_by=DagRunTriggeredByType.TEST,
            conf=conf or None,
            session=session,
            **given,
        )
        session.flush()
        session.expunge_all()
    return Run(dag, scheduler_dag, made)


def dates(timetable: Any, kind: str, at: datetime) -> dict[str, Any]:
    """The dates that Airflow itself gives a run of a type."""
    import pendulum
    from airflow.timetables.base import TimeRestriction

    moment = pendulum.instance(at)
    if kind in ("scheduled", "backfill"):
        restriction = TimeRestriction(earliest=moment, latest=None, catchup=True)
        info = timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=restriction)
        given = ("logical_date", "data_interval", "run_after", "partition_key", "partition_date")
        return {name: getattr(info, name) for name in given}
    if kind == "manual":
        interval = timetable.infer_manual_data_interval(run_after=moment)
        return {"logical_date": moment, "data_interval": interval, "run_after": moment}
    return {"run_after": moment}


def serialised(dag: DAG) -> Any:
    """Store a DAG as the DAG processor would, and return it as the scheduler knows it."""
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG

    lazy = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db("dags-folder", None, [lazy])
    SerializedDagModel.write_dag(lazy, bundle_name="dags-folder")
    return DagSerialization.from_dict(lazy.data)
