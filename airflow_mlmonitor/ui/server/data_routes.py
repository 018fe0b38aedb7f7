"""The documents of pages as JSON, for the scripts of the pages and for anybody who automates."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from airflow_mlmonitor.ui.server.access import AskerDep
from airflow_mlmonitor.ui.server.airflow_records import TaskAddress
from airflow_mlmonitor.ui.server.answers import answer
from airflow_mlmonitor.ui.server.page_reader import ReaderDep
from airflow_mlmonitor.ui.server.parameters import (
    DagId,
    Limit,
    MapIndex,
    Moment,
    Monitor,
    Named,
    Number,
    Offset,
    RunId,
    TaskId,
)
from airflow_mlmonitor.ui.server.problems import Problem

router = APIRouter(prefix="/api")

State = Literal[
    "", "attention", "fail", "warn", "broken", "ok", "learning", "waiting", "late", "running", "none"
]


def readable_dag(asker: AskerDep, dag_id: DagId) -> str:
    """The DAG that is asked about, if they may read it."""
    asker.require_reading(dag_id)
    return dag_id


def readable_task(
    asker: AskerDep, dag_id: DagId, run_id: RunId, task_id: TaskId, map_index: MapIndex = -1
) -> TaskAddress:
    """The task instance that is asked about, if they may read it."""
    asker.require_reading(dag_id)
    return TaskAddress(dag_id, run_id, task_id, map_index)


ReadableDag = Annotated[str, Depends(readable_dag)]
ReadableTask = Annotated[TaskAddress, Depends(readable_task)]


@router.get("/report")
async def report(reader: ReaderDep, asker: AskerDep, task: ReadableTask) -> JSONResponse:
    """One run of one monitor: verdict, findings and quiet columns."""
    return answer(await reader.task(asker, task))


@router.get("/run")
async def run(reader: ReaderDep, asker: AskerDep, dag_id: ReadableDag, run_id: RunId) -> JSONResponse:
    """All monitors of one DAG run, in pipeline order."""
    return answer(await reader.run(asker, dag_id, run_id))


@router.get("/dag")
async def dag(
    reader: ReaderDep,
    asker: AskerDep,
    dag_id: ReadableDag,
    days: Annotated[int, Query(ge=1, le=400, description="Number of days, the last one with a run.")] = 90,
) -> JSONResponse:
    """The monitors of a DAG, day by day, and its incidents."""
    return answer(await reader.dag(asker, dag_id, days))


@router.get("/series")
async def series(
    reader: ReaderDep,
    asker: AskerDep,
    monitor: Monitor,
    metric: Annotated[str, Query(min_length=1, max_length=250)],
    column: Named = "",
    slice_: Annotated[str, Query(alias="slice", max_length=1000)] = "",
    begin: Moment = None,
    end: Moment = None,
) -> JSONResponse:
    """One series over time, with what was expected of it and what happened meanwhile."""
    if begin and end and begin >= end:
        raise Problem("request", 422, "begin is not before end.", "Correct the parameters.")
    return answer(
        await reader.series(asker, monitor, metric=metric, column=column, slice_=slice_, begin=begin, end=end)
    )


@router.get("/series/names")
async def names(reader: ReaderDep, asker: AskerDep, monitor: Named = "", dag_id: Named = "") -> JSONResponse:
    """What series there are, of a monitor or of a DAG."""
    if bool(monitor) == bool(dag_id):
        raise Problem("request", 422, "Of what is not said.", "Give monitor, or dag_id.")
    return answer(await reader.names(asker, monitor=monitor, dag_id=dag_id))


@router.get("/models")
async def models(
    reader: ReaderDep,
    asker: AskerDep,
    q: Named = "",
    state: State = "",
    offset: Offset = 0,
    limit: Limit = 100,
) -> JSONResponse:
    """Every model whose DAG they may read: what needs attention first."""
    return answer(await reader.models(asker, query=q, state=state, offset=offset, limit=limit))


@router.get("/incident/{number}")
async def incident(reader: ReaderDep, asker: AskerDep, number: Number) -> JSONResponse:
    """One problem over time."""
    return answer(await reader.incident(asker, number))


@router.get("/banner")
async def banner(reader: ReaderDep, asker: AskerDep) -> JSONResponse:
    """The worst open incident that nobody has acknowledged."""
    return answer(await reader.banner(asker))
